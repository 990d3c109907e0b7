import { util } from '@aws-appsync/utils';
import type { Row } from '../batch.ts';
import type { Cursor, Position, Search } from './search.ts';

/** What one facet gave. */
export interface Found {
  rows: Row[];
  /** Where DynamoDB stopped; null: at the end. */
  token: string | null;
}

/** A page, and where the next one starts. */
export interface SearchPage {
  items: Row[];
  nextToken: string | null;
}

/** Rows found by their terms, each once, in order, behind what was shown before. */
function rowsOfTerms({ order, forward, after }: Search, found: Found[]): Row[] {
  const rows: Record<string, Row> = {};
  for (const { rows: some } of found) {
    for (const row of some) {
      rows[`${row[order]}`] = row;
    }
  }
  const keys = Object.keys(rows);
  if (after === null) {
    return inOrder(keys, forward).map((key) => rows[key] as Row);
  }
  // Which keys are behind another, only sorting tells.
  const all = inOrder(rows[after] ? keys : keys.concat([after]), forward);
  return all.slice(all.indexOf(after) + 1).map((key) => rows[key] as Row);
}

/** A page of what was found by terms, all of it. */
export function pageOfTerms(search: Search, found: Found[]): SearchPage {
  const rows = rowsOfTerms(search, found);
  const items = rows.slice(0, search.limit);
  const lastRow = items[items.length - 1];
  return {
    items,
    nextToken: rows.length > items.length && lastRow ? tokenOf(search, [], [], `${lastRow[search.order]}`) : null,
  };
}

function tokenOf({ signature }: Search, facets: string[], cursors: Cursor[], after: string | null): string {
  const position: Position = { signature, facets, cursors, after };
  return util.base64Encode(JSON.stringify(position));
}

/**
 * Merges what the facets gave. Of a facet that was not read to its end nobody knows what comes behind its last row, so
 * nothing behind that is shown either; where it gave none, nothing of the others.
 */
export function pageOf(search: Search, found: Found[]): SearchPage {
  const { order, forward, limit } = search;
  const fresh = found.map(({ rows }, index) => {
    const cursor = search.cursors[index];
    const after = cursor ? cursor.after : null;
    return rows.filter((row) => row[order] !== after);
  });
  const keys = inOrder(
    fresh.flatMap((rows) => rows.map((row) => `${row[order]}`)),
    forward,
  );
  const bound = boundOf(fresh, found, order, forward);
  const safe = bound === null ? keys : bound === '' ? [] : keys.slice(0, keys.lastIndexOf(bound) + 1);
  const shown: Record<string, boolean> = {};
  for (const key of safe.slice(0, limit)) {
    shown[key] = true;
  }
  const rows: Record<string, Row> = {};
  for (const row of fresh.flatMap((each) => each.slice(0, limit))) {
    rows[`${row[order]}`] = row;
  }
  const cursors = fresh.map((each, index) =>
    cursorAfter(each, shown, order, found[index] as Found, search.cursors[index]),
  );
  const done = cursors.every((cursor) => cursor === null);
  const items = safe.slice(0, limit);
  const after = items[items.length - 1] ?? search.after;
  return {
    items: items.map((key) => rows[key] as Row),
    nextToken: done ? null : tokenOf(search, search.facets, cursors, after),
  };
}

/** Sort keys in the order of the list. Texts have no order here but that of `sort`. */
function inOrder(keys: string[], forward: boolean): string[] {
  const sorted = keys.sort();
  return forward ? sorted : sorted.reverse();
}

/**
 * The last key up to which every facet is known: null if all are known to their end, empty if one is not known at all.
 */
function boundOf(fresh: Row[][], found: Found[], order: string, forward: boolean): string | null {
  const unfinished = fresh.filter((_, index) => found[index]?.token);
  if (unfinished.length === 0) {
    return null;
  }
  if (unfinished.some((rows) => rows.length === 0)) {
    return '';
  }
  const lasts = unfinished.map((rows) => `${rows[rows.length - 1]?.[order]}`);
  return `${inOrder(lasts, forward)[0]}`;
}

function cursorAfter(
  rows: Row[],
  shown: Record<string, boolean>,
  order: string,
  found: Found,
  before: Cursor | undefined,
): Cursor {
  const consumed = rows.filter((row) => shown[`${row[order]}`]);
  if (consumed.length === rows.length) {
    return found.token ? { after: null, token: found.token } : null;
  }
  const lastRow = consumed[consumed.length - 1];
  return lastRow ? { after: `${lastRow[order]}`, token: null } : (before ?? null);
}

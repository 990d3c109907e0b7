import type { AggregateName } from '../aggregate.ts';
import { streamIdOf } from '../stream/event.ts';
import type { Listing, OrderKey } from './listing.ts';
import { searchForm } from '../values/searchForm.ts';
import { hash } from './timeShard.ts';
import { isTombstone, type LiveRow, type ViewRow, withoutSince } from './view.ts';

/**
 * One place where a row is found: under a facet, in every order that it has, or by the beginning of a term; or both. An
 * entry carries the whole row, so that a page is read in one go.
 */
export type Entry = LiveRow &
  Partial<Record<OrderKey, string>> & {
    rowKey: string;
    /** Tells the entries of a row apart. */
    entry: string;
    /** Absent where the entry is there for its term alone. */
    facet?: string;
    /** The first character of the term; both absent where the row has no more terms than entries. */
    initial?: string;
    term?: string;
    /**
     * Seconds since the epoch: a condition that ends by itself has ended then, and the table removes the entry. Lists
     * pass it by from the moment itself.
     */
    expiresAt?: number;
  };

/**
 * Partitions of the list of all rows of an aggregate, and of all that are as at first: none of them takes every write.
 * A page reads them all.
 */
export const listShards = 2;

/** Separates the parts of a sort key, below any character of a name. */
const separator = '\u0001';

/** DynamoDB's limit on a sort key is 1,024 bytes. */
const longestName = 600;
const longestId = 64;
const longestEntry = 1024;

/** Where all rows of an aggregate are found, in parts. */
export const allFacet = (aggregate: AggregateName, shard: number): string => `${aggregate}#all#${shard}`;
/** Where the rows are found whose attribute is as it is at first, in parts: those are nearly as many. */
export const initialFacet = (aggregate: AggregateName, attribute: string, value: string, shard: number): string =>
  `${valueFacet(aggregate, attribute, value)}#${shard}`;
/** Where the rows are found whose attribute is this value, or contains it. */
export const valueFacet = (aggregate: AggregateName, attribute: string, value: string): string =>
  valuesFacet(aggregate, [[attribute, value]]);
/**
 * Where the rows are found whose attributes are these values, in the order of `together` in the aggregate's listing.
 */
export const valuesFacet = (aggregate: AggregateName, values: [attribute: string, value: string][]): string =>
  [aggregate, ...values.flat()].join('#');
/** Where the rows are found of which a term begins with this character. */
export const initialOf = (aggregate: AggregateName, term: string): string => `${aggregate}#${term.slice(0, 1)}`;

/** What the directory has to know of an aggregate. */
export interface Listed {
  name: AggregateName;
  columns: Record<string, { kind: string; to?: AggregateName; initially?: unknown }>;
  /** The condition, a moment, with which the conditions end by themselves. */
  lapse?: string;
  listing: Listing;
}

/**
 * The entries of a row; none of what is not live. A row whose conditions end by themselves stands where it is found
 * until then, and where it is from then on: lists look at the moment.
 */
export const entriesOf = ({ name, columns, lapse, listing }: Listed, row: ViewRow | undefined): Entry[] => {
  if (!row || isTombstone(row)) return [];
  const rowKey = streamIdOf(name, row.id);
  const shard = hash(rowKey) % listShards;
  const orders = ordersOf(listing, row);
  const terms = termsOf(listing, row);
  const whole = {
    ...withoutSince(name, row),
    ...Object.fromEntries(terms.map((term, index) => [termKey(index), term])),
    rowKey,
  };
  const under = (facet: string, keys: Partial<Record<OrderKey, string>>): Entry => ({
    ...whole,
    ...keys,
    entry: facet,
    facet,
  });
  const choices = Object.keys(columns).filter((attribute) => columns[attribute]?.kind === 'choice');
  const lapses = lapse === undefined ? undefined : row[lapse];
  const end = typeof lapses === 'string' ? Date.parse(lapses) : NaN;
  /** What holds no longer than the conditions do. */
  const until = (attributes: string[], entry: Entry): Entry =>
    Number.isNaN(end) || !attributes.some((attribute) => choices.includes(attribute))
      ? entry
      : { ...entry, expiresAt: Math.ceil(end / 1000) };
  const values = Object.entries(columns).flatMap(([attribute, { kind, to }]) => {
    if (!to && kind !== 'choice') return [];
    // A list is asked for what it contains, by name alone.
    const keys = kind === 'references' ? { byName: orders.byName } : orders;
    return idsIn(row[attribute]).map((id) => until([attribute], under(valueFacet(name, attribute, id), keys)));
  });
  const asked = listing.together ?? [];
  // What a choice is at first is not in the row.
  const atFirst = choices
    .filter((attribute) => asked.includes(attribute) && (row[attribute] === undefined || !Number.isNaN(end)))
    .map((attribute) => under(initialFacet(name, attribute, String(columns[attribute]?.initially), shard), orders));
  const together = setsOf(
    asked.flatMap((attribute) => idsIn(row[attribute]).map((value): [string, string] => [attribute, value])),
  )
    .filter(({ length }) => length > 1)
    .map((set) =>
      until(
        set.map(([attribute]) => attribute),
        under(valuesFacet(name, set), orders),
      ),
    );
  // What is longer is no id of this system: nobody can ask for it.
  const listed = [under(allFacet(name, shard), orders), ...atFirst, ...values, ...together].filter(
    ({ entry }) => bytesOf(entry) <= longestEntry,
  );
  const distinct = [...new Set(terms)].filter((term) => term !== '');
  // A term stands on an entry that is there anyway and stays, as far as there are any: an entry more is a write more.
  const lasting = listed.filter(({ expiresAt }) => expiresAt === undefined);
  const bearing = Array.from({ length: Math.max(lasting.length, distinct.length) }, (_, place): Entry => {
    const entry = lasting[place] ?? { ...whole, ...orders, entry: termKey(place) };
    const term = distinct[place];
    return term === undefined ? entry : { ...entry, initial: initialOf(name, term), term: cut(term, longestName) };
  });
  return [...bearing, ...listed.filter(({ expiresAt }) => expiresAt !== undefined)];
};

/** Whether an entry is past its time: it may be there or not. */
export const isOver = ({ expiresAt }: Entry, now: number): boolean =>
  expiresAt !== undefined && expiresAt * 1000 <= now;

/** The attribute of an entry that holds a term, for filters: `term0`, `term1` … */
export const termKey = (index: number): string => `term${index}`;

const idsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((id): id is string => typeof id === 'string' && id !== '');

/** Every set of some of them, in their order. */
const setsOf = <Item>([first, ...rest]: Item[]): Item[][] => {
  if (first === undefined) return [[]];
  const others = setsOf(rest);
  return [...others.map((set) => [first, ...set]), ...others];
};

const termsOf = ({ terms }: Listing, row: LiveRow): string[] =>
  terms.map((attributes) => searchForm(joined(attributes, row, ' ')));

const joined = (attributes: string[], row: LiveRow, between: string): string =>
  attributes
    .map((attribute) => row[attribute])
    .filter((value): value is string => typeof value === 'string')
    .join(between);

const ordersOf = ({ orders }: Listing, row: LiveRow): Partial<Record<OrderKey, string>> & Pick<Entry, 'byName'> => {
  // A damaged row is listed too: it has its place, and is passed by there.
  const place = (key: unknown) => cut(typeof key === 'string' ? key : '', longestName) + separator + tieOf(row.id);
  const sorted = (attributes: string[]) =>
    place(attributes.map((attribute) => searchForm(joined([attribute], row, ''))).join(separator));
  return {
    byCreated: place(row.createdAt),
    byUpdated: place(row.updatedAt),
    byName: sorted(orders.name ?? []),
    ...(orders.email && { byEmail: sorted(orders.email) }),
  };
};

/** Tells rows apart that are alike otherwise: the beginning of the id, and a hash of all of it. */
const tieOf = (id: string): string =>
  `${cut(searchForm(id), longestId)}${separator}${hash(id).toString(16).padStart(8, '0')}`;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** At most so many bytes of UTF-8, in whole characters. None has more than three: see `searchForm`. */
const cut = (text: string, bytes: number): string => text.slice(0, Math.floor(bytes / 3));

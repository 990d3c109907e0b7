import { util, type Context, type DynamoDBBatchGetItemRequest } from '@aws-appsync/utils';
import { unreadable } from './fail.ts';

/** A row of a view, as the table holds it. */
export type Row = Record<string, unknown> & { id: string };

/** What BatchGetItem takes. */
export const maximumBatch = 100;

/** Each id once, without empty ones. */
export function distinct(ids: (string | null | undefined)[]): string[] {
  const seen: Record<string, boolean> = {};
  for (const id of ids) {
    if (id) {
      seen[id] = true;
    }
  }
  return Object.keys(seen);
}

/** Each id once that an attribute of rows holds, without what is none. */
export function referred(rows: Row[], attribute: string): string[] {
  return distinct(rows.map((row) => row[attribute]).filter(isId) as string[]);
}

/** Whether something that is stored can be the id of a row: a table refuses a whole batch for one key that cannot. */
export function isId(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_SHOWN_ID;
}

/** Whether something that is stored is a list. */
export function isList(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as unknown[]).length === 'number';
}

/** Ids as the keys of a view. */
export function keysOf(ids: string[]): Record<string, unknown>[] {
  return ids.map((id) => util.dynamodb.toMapValues({ id }));
}

/** Reads rows by id, at most 100. */
export function batchGet(table: string, ids: string[], consistentRead: boolean): DynamoDBBatchGetItemRequest {
  return {
    operation: 'BatchGetItem',
    tables: { [table]: { keys: keysOf(ids), consistentRead } },
  };
}

/** The live rows that a batch found in a table; none if it did not ask there. */
export function batchRows(ctx: Context, table: string): Row[] {
  if (ctx.error) {
    unreadable(ctx.error);
  }
  const unprocessed = ctx.result.unprocessedKeys;
  if (unprocessed && unprocessed[table] && unprocessed[table].length > 0) {
    unreadable({ type: 'DynamoDB:UnprocessedKeys', message: `${table} is throttled` });
  }
  return liveRows(ctx.result.data[table] ?? []);
}

/** Without what is missing and what deletions left. */
export function liveRows(rows: (Row | null)[]): Row[] {
  return rows.filter((row) => row && !row.deletedAt) as Row[];
}

/** The row of an id; null if there is none. */
export function rowOf(rows: Record<string, Row>, id: unknown): Row | null {
  return typeof id === 'string' && Object.hasOwn(rows, id) ? (rows[id] as Row) : null;
}

/** Rows by their id. */
export function byId(rows: Row[]): Record<string, Row> {
  const found: Record<string, Row> = {};
  for (const row of rows) {
    found[row.id] = row;
  }
  return found;
}

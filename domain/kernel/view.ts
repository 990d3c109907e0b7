import type { AggregateName, Attributes, State } from './aggregate.ts';
import { uniqueValuesOf } from './unique.ts';

/** A live row of a view table: the attributes by their API names, and `<unique attribute>Key` for its index. */
export interface LiveRow {
  id: string;
  version: number;
  /** ISO 8601. */
  createdAt: string;
  updatedAt: string;
  [attribute: string]: unknown;
}

/** What a deletion leaves: enough to ignore what arrives late, and in no index. */
export interface Tombstone {
  id: string;
  version: number;
  deletedAt: string;
  /** TTL, seconds since the epoch. */
  expiresAt: number;
}

export type ViewRow = LiveRow | Tombstone;

/** Longer than any queue's or stream's retention (14 days), so nothing can arrive after the tombstone has gone. */
export const tombstoneSeconds = 30 * 24 * 3600;

export const isTombstone = (row: ViewRow): row is Tombstone => 'deletedAt' in row;

/** The API's field for what an attribute refers to: `role` beside `roleId`, `authorizations` beside `authorizationIds`. */
export const nestedFieldOf = (attribute: string): string => attribute.replace(/Id(s?)$/, '$1');

/** How deep what refers to what is shown: a user with the role, and that with its authorizations. */
export const nestedLevels = 2;

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The row that shows a state; undefined for an absent aggregate. */
export const rowOf = (aggregate: AggregateName, id: string, state: State): ViewRow | undefined => {
  switch (state.status) {
    case 'absent':
      return undefined;
    case 'live': {
      const keys = Object.fromEntries(
        Object.entries(uniqueValuesOf(aggregate, state)).map(([name, value]) => [`${name}Key`, value]),
      );
      return {
        ...withoutNulls(state.attributes),
        ...keys,
        id,
        version: state.version,
        createdAt: iso(state.createdAt),
        updatedAt: iso(state.updatedAt),
      };
    }
    case 'deleted':
      return {
        id,
        version: state.version,
        deletedAt: iso(state.deletedAt),
        expiresAt: Math.floor(state.deletedAt / 1000) + tombstoneSeconds,
      };
    default:
      return state satisfies never;
  }
};

// A null cannot be an index key; an attribute that is empty is not stored.
const withoutNulls = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));

/** The state that a row shows, for applying the next event without reading the stream. */
export const stateOf = (attributeNames: string[], row: ViewRow): State =>
  isTombstone(row)
    ? { status: 'deleted', version: row.version, deletedAt: Date.parse(row.deletedAt) }
    : {
        status: 'live',
        version: row.version,
        attributes: Object.fromEntries(attributeNames.map((name) => [name, (row[name] ?? null) as Attributes[string]])),
        createdAt: Date.parse(row.createdAt),
        updatedAt: Date.parse(row.updatedAt),
      };

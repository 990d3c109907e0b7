import type { AggregateName } from '../aggregate.ts';
import type { Attributes, AttributeTable } from '../values/attributes.ts';
import type { DomainEvent } from '../stream/event.ts';
import { evolve, standingAt } from '../stream/fold.ts';
import { saidIn } from '../command/proof.ts';
import { presentable, unshowable } from '../values/showable.ts';
import { type Since, sinceBy, type SinceTable } from '../stream/since.ts';
import { initialState, type State } from '../stream/state.ts';
import { uniqueValuesOf } from '../stream/unique.ts';
import { actionOf, aggregates, uniqueAttributesOf } from '../../operations.ts';

export { nestedFieldOf } from '../mistakes.ts';

/**
 * A live row of a view table: the attributes by their API names, `<unique attribute>Key` for its index, and
 * `<reference>Since`:
 * `{ version, at }` of the event by which it refers to what it does, of a list one for each id.
 */
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

/** How deep what refers to what is shown: a user with the role, and that with its authorizations. */
export const nestedLevels = 2;

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The row that shows a state; undefined where there never was anything. */
export const rowOf = (aggregate: AggregateName, id: string, state: State): ViewRow | undefined => {
  switch (state.status) {
    case 'absent':
      return state.version === 0 ? undefined : tombstone(id, state.version, state.updatedAt);
    case 'live':
      return {
        ...withoutDefaults(state.attributes, aggregates[aggregate].columns),
        ...keysOf(aggregate, state),
        ...sinceColumns(state.since),
        id,
        version: state.version,
        createdAt: iso(state.createdAt),
        updatedAt: iso(state.updatedAt),
      };
    case 'deleted':
      return tombstone(id, state.version, state.deletedAt);
    case 'erased':
      return tombstone(id, state.version, state.erasedAt);
    default:
      return state satisfies never;
  }
};

const tombstone = (id: string, version: number, moment: number): Tombstone => ({
  id,
  version,
  deletedAt: iso(moment),
  expiresAt: Math.floor(moment / 1000) + tombstoneSeconds,
});

/** What the indexes by unique attributes go by. */
const keysOf = (aggregate: AggregateName, state: State): Record<string, string> => {
  const values = uniqueValuesOf(aggregate, state);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}Key`, value]));
};

// A null cannot be an index key; what is empty, or as it is at first, is not stored.
const withoutDefaults = (attributes: Attributes, columns: AttributeTable): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name, value]) => !isDefault(columns, name, value)));

const isDefault = (columns: AttributeTable, name: string, value: Attributes[string]): boolean =>
  value === null || value === columns[name]?.initially;

const sinceColumn = (name: string): string => `${name}Since`;

const shownSince = ({ version, at }: Since) => ({ version, at: iso(at) });
/** Null where the row says nothing of it, or what nobody can read. */
const readSince = (value: unknown): Since | null => {
  const { version, at } = (value ?? {}) as { version?: unknown; at?: unknown };
  const moment = typeof at === 'string' ? Date.parse(at) : NaN;
  return Number.isInteger(version) && !Number.isNaN(moment) ? { version: Number(version), at: moment } : null;
};

const sinceColumns = (since: SinceTable): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(since).flatMap(([name, value]): [string, unknown][] => {
      if (!Array.isArray(value)) return value ? [[sinceColumn(name), shownSince(value)]] : [];
      return [[sinceColumn(name), value.map((each) => each && shownSince(each))]];
    }),
  );

const sinceTableOf = (aggregate: AggregateName, row: LiveRow): SinceTable =>
  Object.fromEntries(
    Object.entries(aggregates[aggregate].columns).flatMap(([name, { kind }]): [string, SinceTable[string]][] => {
      const value = row[sinceColumn(name)];
      if (value === undefined) return [];
      if (kind === 'references') return Array.isArray(value) ? [[name, value.map(readSince)]] : [];
      return kind === 'reference' ? [[name, readSince(value)]] : [];
    }),
  );

/** A row without what it says of since when: what lists show. */
export const withoutSince = (aggregate: AggregateName, row: LiveRow): LiveRow => {
  const columns = Object.keys(aggregates[aggregate].columns).map(sinceColumn);
  return Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name))) as LiveRow;
};

/** What a row says: an attribute that it lacks is empty, a condition as it is at first. */
export const attributesOf = (aggregate: AggregateName, row: LiveRow): Attributes =>
  Object.fromEntries(
    Object.entries(aggregates[aggregate].columns).map(([name, { initially = null }]) => [
      name,
      (row[name] ?? initially) as Attributes[string],
    ]),
  );

/** The state that a row shows, for applying the next event without reading the stream. */
export const stateOf = (aggregate: AggregateName, row: ViewRow): State => {
  if (isTombstone(row)) {
    const deletedAt = Date.parse(row.deletedAt);
    return { status: 'deleted', version: row.version, deletedAt, updatedAt: deletedAt };
  }
  return {
    status: 'live',
    version: row.version,
    attributes: attributesOf(aggregate, row),
    since: sinceTableOf(aggregate, row),
    createdAt: Date.parse(row.createdAt),
    updatedAt: Date.parse(row.updatedAt),
  };
};

/** Changes to some attributes of a row; the others stay. */
export interface RowChange {
  /** Attributes to set; `version` is one of them. */
  set: { version: number } & Record<string, unknown>;
  /** Names of the attributes to take away. */
  remove: string[];
}

/** What an event does to the row that the version before it left. */
export type RowStep =
  | { kind: 'put'; row: ViewRow }
  | { kind: 'change'; change: RowChange }
  /** That row has to be read first. */
  | { kind: 'read' }
  /** The whole stream has to be. */
  | { kind: 'fold' };

/** How an event is brought into a view, without reading anything where that can be. */
export const rowStepOf = (event: DomainEvent): RowStep => {
  const { aggregate, aggregateId, version, timestamp } = event;
  const before: State = { ...initialState, version: version - 1 };
  const put = (state: State): RowStep => ({ kind: 'put', row: rowOf(aggregate, aggregateId, state)! });
  if (event.erased) return { kind: 'fold' };
  const action = actionOf(event);
  switch (action) {
    case 'create':
      return put(evolve(before, event));
    case 'update':
      // What is new in a list is seen beside what was in it.
      return changesList(event) ? { kind: 'read' } : { kind: 'change', change: changeOf(event) };
    case 'delete':
      return put({ status: 'deleted', version, deletedAt: timestamp, updatedAt: timestamp });
    case 'erase':
      return put({ status: 'erased', version, erasedAt: timestamp, updatedAt: timestamp });
    case 'own':
      return { kind: 'read' };
    case 'restore':
    case 'correct':
      return { kind: 'fold' };
    default:
      return action satisfies never;
  }
};

const changesList = ({ aggregate, payload }: DomainEvent): boolean =>
  Object.keys(payload).some((name) => aggregates[aggregate].columns[name]?.kind === 'references');

/** An update's payload as changes to a row: null takes an attribute away, and what goes with it. */
export const changeOf = (event: DomainEvent): RowChange => {
  const { aggregate, version, timestamp } = event;
  const attributes = saidIn(event);
  const { columns } = aggregates[aggregate];
  const live: State = { status: 'live', version, attributes, since: {}, createdAt: timestamp, updatedAt: timestamp };
  const keys = Object.entries(uniqueValuesOf(aggregate, live)).map(([name, value]) => [`${name}Key`, value] as const);
  const cleared = Object.keys(attributes).filter((name) => isDefault(columns, name, attributes[name] ?? null));
  const references = Object.keys(attributes).filter((name) => columns[name]?.kind === 'reference');
  return {
    set: {
      ...Object.fromEntries(Object.entries(attributes).filter(([name]) => !cleared.includes(name))),
      ...Object.fromEntries(keys),
      ...Object.fromEntries(
        references
          .filter((name) => attributes[name] !== null)
          .map((name) => [sinceColumn(name), shownSince(sinceBy(event))]),
      ),
      version,
      updatedAt: iso(timestamp),
    },
    remove: [
      ...cleared,
      ...cleared.filter((name) => uniqueAttributesOf(aggregate).includes(name)).map((name) => `${name}Key`),
      ...cleared.filter((name) => references.includes(name)).map(sinceColumn),
    ],
  };
};

/** What subscribers are told that an event did to the row which now shows it. */
export const beginsLife = (event: DomainEvent): boolean => ['create', 'restore'].includes(actionOf(event));

/** What the API shows of a live aggregate at a moment: conditions that have ended by themselves are at an end. */
export const shownAt = (aggregate: AggregateName, attributes: Attributes, now: number): Attributes => {
  const standing = standingAt(aggregate, attributes, now);
  const joined = Object.entries(aggregates[aggregate].joined).map(([name, parts]) => [
    name,
    parts.flatMap((part) => standing[part] || []).join(' '),
  ]);
  return { ...standing, ...(Object.fromEntries(joined) as Attributes) };
};

/**
 * What a live row is called: its name, or the first text that is joined of its attributes. Null for what is not there,
 * or cannot be shown.
 */
export const nameOf = (aggregate: AggregateName, row: ViewRow, now: number): string | null => {
  if (isTombstone(row) || unshowable(aggregate, row).length > 0) return null;
  return nameIn(aggregate, shownAt(aggregate, attributesOf(aggregate, presentable(aggregate, row)), now));
};

/** The same, of what is shown of a row. */
export const nameIn = (aggregate: AggregateName, shown: Record<string, unknown>): string | null => {
  const field = Object.keys(aggregates[aggregate].joined)[0] ?? 'name';
  const name = shown[field];
  return typeof name === 'string' && name !== '' ? name : null;
};

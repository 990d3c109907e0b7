import { effectiveAuthorizations } from '../../domain/user.ts';
import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { aggregates } from '../../domain/operations.ts';
import {
  attributesOf,
  isTombstone,
  type LiveRow,
  nestedFieldOf,
  nestedLevels,
  shownAt,
  type ViewRow,
} from '../../domain/kernel/view/view.ts';
import type { ProjectionUpdate } from '../../generated/schema.ts';
import { presentable, unshowable } from '../../domain/kernel/values/showable.ts';
import { streamIdOf } from '../../domain/kernel/stream/event.ts';
import { listIn, type Properties, propertiesOf } from '../runtime/properties.ts';
import type { RowKey, Views } from '../ports/views/port.ts';

/**
 * A row as the API shows it, with what it refers to, under its aggregate's name; empty where there is nothing to show.
 */
export type Shown = Pick<ProjectionUpdate, AggregateName> | Record<string, never>;

type Lookup = (aggregate: AggregateName, id: unknown) => LiveRow | undefined;

/**
 * Turns rows into what the API shows: with what they refer to, two levels deep, read in two steps for all rows
 * together. A tombstone, what no longer exists, and a row that no type of the API can show, is not shown.
 * @param now milliseconds since the epoch
 * @returns one entry per row given, in order
 */
export const showRows = async (
  rows: { key: RowKey; row: ViewRow | undefined }[],
  views: Views,
  now: number,
): Promise<Shown[]> => {
  const found = new Map<string, LiveRow>();
  const add = (entries: { key: RowKey; row: ViewRow | undefined }[]) => {
    for (const { key, row } of entries) if (isShowable(key, row)) found.set(placeOf(key), row);
  };
  const live = rows.flatMap(({ key, row }) => (isShowable(key, row) ? [{ key, row }] : []));
  const near = await views.getMany(distinct(live.flatMap(referencesOf)));
  add(near);
  const far = distinct(near.flatMap(({ key, row }) => (isShowable(key, row) ? referencesOf({ key, row }) : []))).filter(
    (key) => !found.has(placeOf(key)),
  );
  if (far.length > 0) add(await views.getMany(far));
  const lookup: Lookup = (aggregate, id) => found.get(placeOf({ aggregate, id: String(id) }));
  return rows.map(({ key, row }) =>
    isShowable(key, row) ? { [key.aggregate]: shown(key.aggregate, row, lookup, now, nestedLevels) } : {},
  );
};

const isShowable = ({ aggregate }: RowKey, row: ViewRow | undefined): row is LiveRow =>
  row !== undefined && !isTombstone(row) && unshowable(aggregate, row).length === 0;

/**
 * The row's own fields, without the keys of its indexes, and what it refers to; a user's authorizations are those of
 * the role.
 */
const shown = (aggregate: AggregateName, row: LiveRow, lookup: Lookup, now: number, levels: number): Properties => {
  const attributes = Object.entries(aggregates[aggregate].columns);
  const nested = attributes.flatMap(([name, { to, kind }]) => {
    if (!to || levels === 0) return [];
    const found = idsIn(row[name]).flatMap((id) => {
      const referred = lookup(to, id);
      return referred ? [shown(to, referred, lookup, now, levels - 1)] : [];
    });
    return [[nestedFieldOf(name), kind === 'references' ? found : (found[0] ?? null)]];
  });
  const { id, version, createdAt, updatedAt } = row;
  const fields: Properties = {
    id,
    ...shownAt(aggregate, attributesOf(aggregate, presentable(aggregate, row)), now),
    ...Object.fromEntries(nested),
    version,
    createdAt,
    updatedAt,
  };
  return aggregate === 'user'
    ? {
        ...fields,
        authorizations: effectiveAuthorizations(
          fields['status'],
          listIn(propertiesOf(fields['role'])['authorizations']),
        ),
      }
    : fields;
};

/** What a row points to, by any of its attributes. */
const referencesOf = ({ key, row }: { key: RowKey; row: LiveRow }): RowKey[] =>
  Object.entries(aggregates[key.aggregate].columns).flatMap(([name, { to }]) =>
    to ? idsIn(row[name]).map((id) => ({ aggregate: to, id })) : [],
  );

const idsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((id): id is string => typeof id === 'string' && id !== '');

const placeOf = ({ aggregate, id }: RowKey): string => streamIdOf(aggregate, id);

const distinct = (keys: RowKey[]): RowKey[] => [...new Map(keys.map((key) => [placeOf(key), key])).values()];

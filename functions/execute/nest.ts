import type { AggregateName } from '../../domain/aggregate.ts';
import { aggregates } from '../../domain/operations.ts';
import { isTombstone, type LiveRow, type ViewRow } from '../../domain/view.ts';
import type { Authorization, Group, Role, User } from '../../generated/schema.ts';
import { streamIdOf } from '../../domain/fold.ts';
import type { RowKey, Views } from '../ports/views.ts';

/** A row as the API shows it, with what it refers to. */
export type Shown = { user: User } | { role: Role } | { authorization: Authorization } | { group: Group } | Record<string, never>;

type Lookup = (aggregate: AggregateName, id: unknown) => LiveRow | undefined;

/**
 * Turns rows into what the API shows: with the roles, groups and authorizations that they refer to, read in two steps
 * for all rows together. A tombstone, and what no longer exists, is not shown.
 * @returns one entry per row given, in order
 */
export const showRows = async (rows: { key: RowKey; row: ViewRow | undefined }[], views: Views): Promise<Shown[]> => {
  const found = new Map<string, LiveRow>();
  const add = (entries: { key: RowKey; row: ViewRow | undefined }[]) => {
    for (const { key, row } of entries) if (row && !isTombstone(row)) found.set(placeOf(key), row);
  };
  const live = rows.flatMap(({ key, row }) => (row && !isTombstone(row) ? [{ key, row }] : []));
  const near = await views.getMany(distinct(live.flatMap(referencesOf)));
  add(near);
  const far = distinct(near.flatMap(({ key, row }) => (isTombstone(row) ? [] : referencesOf({ key, row })))).filter((key) => !found.has(placeOf(key)));
  if (far.length > 0) add(await views.getMany(far));
  const lookup: Lookup = (aggregate, id) => found.get(placeOf({ aggregate, id: String(id) }));
  return rows.map(({ key, row }) => (row && !isTombstone(row) ? shownAs[key.aggregate](row, lookup) : {}));
};

const shownAs: Record<AggregateName, (row: LiveRow, lookup: Lookup) => Shown> = {
  user: (row, lookup) => {
    const role = lookup('role', row['roleId']);
    const group = lookup('group', row['groupId']);
    const shownRole = role ? roleOf(role, lookup) : null;
    return { user: { ...plain<User>('user', row), role: shownRole, group: group ? plain<Group>('group', group) : null, authorizations: shownRole?.authorizations ?? [] } };
  },
  role: (row, lookup) => ({ role: roleOf(row, lookup) }),
  authorization: (row) => ({ authorization: plain<Authorization>('authorization', row) }),
  group: (row) => ({ group: plain<Group>('group', row) }),
};

const roleOf = (row: LiveRow, lookup: Lookup): Role => {
  const authorizations = idsIn(row['authorizationIds']).flatMap((id) => {
    const authorization = lookup('authorization', id);
    return authorization ? [plain<Authorization>('authorization', authorization)] : [];
  });
  return { ...plain<Role>('role', row), authorizations };
};

/** The row's own fields, without the keys of its indexes. */
const plain = <Type>(aggregate: AggregateName, row: LiveRow): Type => {
  const attributes = Object.keys(aggregates[aggregate].attributes).map((name) => [name, row[name] ?? null]);
  const { id, version, createdAt, updatedAt } = row;
  return { id, ...Object.fromEntries(attributes), version, createdAt, updatedAt } as Type;
};

/** What a row points to, by any of its attributes. */
const referencesOf = ({ key, row }: { key: RowKey; row: LiveRow }): RowKey[] =>
  Object.entries(aggregates[key.aggregate].attributes).flatMap(([name, { to }]) => (to ? idsIn(row[name]).map((id) => ({ aggregate: to, id })) : []));

const idsIn = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter((id): id is string => typeof id === 'string' && id !== '');

const placeOf = ({ aggregate, id }: RowKey): string => streamIdOf(aggregate, id);

const distinct = (keys: RowKey[]): RowKey[] => [...new Map(keys.map((key) => [placeOf(key), key])).values()];

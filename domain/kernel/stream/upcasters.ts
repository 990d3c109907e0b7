import type { AggregateName } from '../aggregate.ts';
import type { DomainEvent } from './event.ts';
import { isCalendarDate } from '../values/moment.ts';
import { aggregates, eventTypeOf, operations } from '../../operations.ts';

type Stored = Record<string, unknown>;

/**
 * One step per schema version: takes an event of that version to the next. Version 0 is the shape of the first
 * implementation (2019), whose events bear no version. To change the shape of events, raise
 * `currentSchemaVersion`, add a step here, and keep the old ones for ever.
 */
const steps: Record<number, (stored: Stored) => Stored> = { 0: fromOriginal };

/**
 * The current shape of a stored event, whatever shape it was stored in.
 * @throws Error naming the event when its shape is not known
 */
export const upcast = (stored: Stored): DomainEvent => {
  const version = typeof stored['schemaVersion'] === 'number' ? stored['schemaVersion'] : 0;
  const step = steps[version];
  return step ? upcast(step(stored)) : (stored as unknown as DomainEvent);
};

const originalAggregates: Record<string, AggregateName> = {
  user: 'user',
  role: 'role',
  auth: 'authorization',
  authorization: 'authorization',
  group: 'group',
};

/** The first implementation's names, per aggregate: attribute there → attribute here. */
const originalAttributes: Record<string, string> = {
  date: 'birthDate',
  desc: 'description',
  role: 'roleId',
  group: 'groupId',
  auth: 'authorizationIds',
};

/**
 * `{ eventId, aggregate: 'auth', executionQueue: 'executeCreateAuthQueue', timestamp, payload: { authId, name, desc }
 * }`, plus the stream id and version under which it was taken over.
 */
function fromOriginal(stored: Stored): Stored {
  const aggregate = originalAggregates[String(stored['aggregate'])];
  const action = /^execute(Create|Update|Delete)/.exec(String(stored['executionQueue']))?.[1]?.toLowerCase() as
    'create' | 'update' | 'delete' | undefined;
  if (!aggregate || !action)
    throw new Error(
      `Event ${String(stored['eventId'])} has neither a schema version nor the shape of the first implementation`,
    );
  const operation = Object.values(operations).find(
    (each) => each.aggregate === aggregate && each.action === action && each.caller === 'admin',
  );
  const payload = (typeof stored['payload'] === 'string' ? JSON.parse(stored['payload']) : stored['payload']) as Stored;
  return {
    ...stored,
    aggregate,
    aggregateId:
      stored['aggregateId'] ??
      payload[`${String(stored['aggregate'])}Id`] ??
      String(stored['streamId']).replace(/^[^#]*#/, ''),
    version: Number(stored['version']),
    type: eventTypeOf(aggregate, action),
    payload:
      action === 'delete'
        ? {}
        : { ...(action === 'create' && emptyLists(aggregate)), ...attributesFrom(aggregate, payload) },
    executionQueue: operation?.executionQueue,
    timestamp: Number(stored['timestamp']),
    commandId: stored['commandId'] ?? stored['eventId'],
    operation: operation?.name,
    actor: stored['actor'] ?? 'admin:unknown',
    schemaVersion: 1,
  };
}

const attributesFrom = (aggregate: AggregateName, payload: Stored): Stored => {
  const renamed = Object.entries(payload).map(([name, value]) => [originalAttributes[name] ?? name, value] as const);
  const known = renamed.filter(([name]) => Object.hasOwn(aggregates[aggregate].attributes, name));
  return Object.fromEntries(
    known.map(([name, value]) => {
      if (name === 'authorizationIds') return [name, idsFrom(value)];
      const attribute = aggregates[aggregate].attributes[name];
      if (typeof value !== 'string') return [name, value];
      if (attribute?.kind === 'date') return [name, dateFrom(value.trim())];
      return [name, attribute?.kind === 'email' ? value.trim() : value];
    }),
  );
};

/**
 * A date as the first implementation's form took it: `1990-02-28`, with or without a time, or `28/02/1990`, the day
 * first unless only the month can be. What is no date stays as it is: the row cannot be shown then, until a correction
 * says what is right.
 */
const dateFrom = (text: string): string => {
  const [, year, month, day] = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:$|[T ])/.exec(text) ?? [];
  const [, first, second, last] = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text) ?? [];
  const dates = [
    [year, month, day],
    [last, second, first],
    [last, first, second],
  ].map(([y, m = '', d = '']) => `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`);
  return dates.find(isCalendarDate) ?? text;
};

/** A role without authorizations did not name them. */
const emptyLists = (aggregate: AggregateName): Stored =>
  Object.fromEntries(
    Object.entries(aggregates[aggregate].attributes)
      .filter(([, { kind }]) => kind === 'references')
      .map(([name]) => [name, []]),
  );

/**
 * The first implementation kept a role's authorizations as JSON text: a list, or `{ "Authorizations": [...] }`, of ids
 * or of `{ "authId": … }`.
 */
const idsFrom = (value: unknown): unknown[] => {
  const parsed: unknown = typeof value === 'string' ? JSON.parse(value.trim() || '[]') : value;
  const list = Array.isArray(parsed) ? parsed : (parsed as { Authorizations?: unknown } | null)?.Authorizations;
  return Array.isArray(list)
    ? list.map((entry: unknown) =>
        typeof entry === 'object' && entry !== null ? (entry as Stored)['authId'] : String(entry),
      )
    : [];
};

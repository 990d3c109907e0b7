import {
  type Action,
  type AggregateDefinition,
  type AggregateName,
  type Caller,
  type CommandDefinition,
  endings,
  type EventDefinition,
  type InputField,
} from './kernel/aggregate.ts';
import { authorization } from './authorization.ts';
import { group } from './group.ts';
import { role } from './role.ts';
import { user } from './user.ts';

/** The aggregates. Tables, indexes and views derive from this table. */
export const aggregates: Record<AggregateName, AggregateDefinition> = { user, role, authorization, group };
export const aggregateNames = Object.keys(aggregates) as AggregateName[];

/** Something for each aggregate, by its name. */
export const perAggregate = <Value>(valueOf: (name: AggregateName) => Value): Record<AggregateName, Value> =>
  Object.fromEntries(aggregateNames.map((name) => [name, valueOf(name)])) as Record<AggregateName, Value>;

/** One write operation. Mutation, queues, triggers, permissions and validation derive from it. */
export interface Operation {
  /** Also the name of its mutation. */
  name: string;
  /** Null: any; the command says which. */
  aggregate: AggregateName | null;
  action: Action;
  caller: Caller;
  /** Where the aggregate's id comes from: a field of the input, the command's own id, or the caller's. */
  idFrom: 'input' | 'command' | 'self';
  /** The field of the input that it comes from, if it does. */
  idField: string;
  /** The fields of the input that have rules. */
  input: Record<string, InputField>;
  decide?: CommandDefinition['decide'];
  /** `createUserQueue` */
  commandQueue: string;
  /** `executeCreateUserQueue` */
  executionQueue: string;
}

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const queuesOf = (name: string) => ({
  commandQueue: `${name}Queue`,
  executionQueue: `execute${capitalized(name)}Queue`,
});

const operationsOf = ({ name: aggregate, id, commands }: AggregateDefinition): Operation[] =>
  Object.entries(commands).map(([name, command]) => ({
    name,
    aggregate,
    idFrom: command.caller === 'user' ? 'self' : command.action === 'create' && id === 'made' ? 'command' : 'input',
    ...command,
    ...queuesOf(name),
  }));

const correctEvent: Operation = {
  name: 'correctEvent',
  aggregate: null,
  action: 'correct',
  caller: 'admin',
  idFrom: 'input',
  idField: 'aggregateId',
  input: {},
  ...queuesOf('correctEvent'),
};

/** A table by name. @throws Error that says which name stands for two things */
const byName = <Row>(what: string, rows: (readonly [string, Row])[]): Record<string, Row> => {
  const names = rows.map(([name]) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`More than one ${what} is called ${twice.join(', ')}`);
  return Object.fromEntries(rows);
};

/** The one table of operations, by name. */
export const operations: Record<string, Operation> = byName(
  'operation',
  [...Object.values(aggregates).flatMap(operationsOf), correctEvent].map((operation) => [operation.name, operation]),
);

/** The queue pairs, one per operation. */
export const queuePairs: { commandQueue: string; executionQueue: string }[] = Object.values(operations).map(
  ({ commandQueue, executionQueue }) => ({ commandQueue, executionQueue }),
);

/** The execution queue that carries a replay of an aggregate's streams: that of its create operation. */
export const replayQueueOf = (aggregate: AggregateName): string => {
  const create = Object.values(operations).find(
    (operation) => operation.aggregate === aggregate && operation.action === 'create',
  );
  if (!create) throw new Error(`Aggregate ${aggregate} has no create operation`);
  return create.executionQueue;
};

/** All types of events. Each belongs to one aggregate. */
const eventTypes: Record<string, EventDefinition & { aggregate: AggregateName }> = byName(
  'event type',
  Object.values(aggregates).flatMap(({ name: aggregate, events }) =>
    Object.entries(events).map(([type, definition]) => [type, { ...definition, aggregate }] as const),
  ),
);

/** Event type of an action on an aggregate, such as `UserCreated`. */
export const eventTypeOf = (aggregate: AggregateName, action: Exclude<Action, 'own'>): string =>
  `${aggregates[aggregate].typeName}${endings[action]}`;

/** What is declared of an event's type. @throws Error on a type that the aggregate does not have */
export const eventDefinitionOf = (event: { aggregate: AggregateName; type: string }): EventDefinition => {
  const definition = Object.hasOwn(eventTypes, event.type) ? eventTypes[event.type] : undefined;
  if (definition?.aggregate !== event.aggregate)
    throw new Error(`Unknown event type ${event.type} of aggregate ${event.aggregate}`);
  return definition;
};

/** What an event did. @throws Error on a type that the aggregate does not have */
export const actionOf = (event: { aggregate: AggregateName; type: string }): Action => eventDefinitionOf(event).action;

/** The attributes by which no two live aggregates of a kind may be equal. */
export const uniqueAttributesOf = (aggregate: AggregateName): string[] =>
  Object.entries(aggregates[aggregate].attributes)
    .filter(([, attribute]) => attribute.unique)
    .map(([name]) => name);

/** Whether an aggregate is a person, of whom some attributes say something. */
export const isPersonal = (aggregate: AggregateName): boolean =>
  Object.values(aggregates[aggregate].attributes).some(({ personal }) => personal);

/** The view's index by a unique attribute: `byEmail` for `email`. */
export const indexNameOf = (attribute: string): string => `by${capitalized(attribute)}`;

/** The attributes of any aggregate that point to the given kind. */
export const referrersOf = (aggregate: AggregateName): { aggregate: AggregateName; attribute: string }[] =>
  Object.values(aggregates).flatMap((definition) =>
    Object.entries(definition.attributes)
      .filter(([, attribute]) => attribute.to === aggregate)
      .map(([attribute]) => ({ aggregate: definition.name, attribute })),
  );

// What reads are called is told here, before anything is built of it.
byName(
  'query',
  Object.values(aggregates).flatMap(({ name, plural }) => [name, plural].map((query) => [query, query] as const)),
);

import type { Action, AggregateDefinition, AggregateName } from './kernel/aggregate.ts';
import { authorization } from './authorization.ts';
import { group } from './group.ts';
import { role } from './role.ts';
import { user } from './user.ts';

/** The aggregates. Tables, indexes and views derive from this table. */
export const aggregates: Record<AggregateName, AggregateDefinition> = { user, role, authorization, group };
export const aggregateNames = Object.keys(aggregates) as AggregateName[];

/** One write operation. Mutation, queues, triggers, permissions and validation derive from it. */
export interface Operation {
  /** Also the name of its mutation. */
  name: string;
  /** Null: any; the command says which. */
  aggregate: AggregateName | null;
  action: Action;
  caller: 'admin' | 'user';
  /** The attributes that its input may carry. */
  attributes: string[];
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

const operationsOf = (aggregate: AggregateDefinition): Operation[] =>
  Object.entries(aggregate.operations).map(([name, { action, attributes, caller, sharesQueuesOf }]) => ({
    name,
    aggregate: aggregate.name,
    action,
    caller: caller ?? 'admin',
    attributes: action === 'delete' ? [] : (attributes ?? Object.keys(aggregate.attributes)),
    ...queuesOf(sharesQueuesOf ?? name),
  }));

const correctEvent: Operation = {
  name: 'correctEvent',
  aggregate: null,
  action: 'correct',
  caller: 'admin',
  attributes: [],
  ...queuesOf('correctEvent'),
};

/** The one table of operations, by name. */
export const operations: Record<string, Operation> = Object.fromEntries(
  [...Object.values(aggregates).flatMap(operationsOf), correctEvent].map((operation) => [operation.name, operation]),
);

/** The queue pairs, one per operation that does not share another's. */
export const queuePairs: { commandQueue: string; executionQueue: string }[] = Object.values(operations)
  .filter(({ name, commandQueue }) => commandQueue === `${name}Queue`)
  .map(({ commandQueue, executionQueue }) => ({ commandQueue, executionQueue }));

/** The execution queue that carries a replay of an aggregate's streams: that of its create operation. */
export const replayQueueOf = (aggregate: AggregateName): string => {
  const create = Object.values(operations).find(
    (operation) => operation.aggregate === aggregate && operation.action === 'create',
  );
  if (!create) throw new Error(`Aggregate ${aggregate} has no create operation`);
  return create.executionQueue;
};

/** Event type of an action on an aggregate, such as `UserCreated`. */
export const eventTypeOf = (aggregate: AggregateName, action: Action): string =>
  `${aggregates[aggregate].typeName}${{ create: 'Created', update: 'Updated', delete: 'Deleted', correct: 'Corrected' }[action]}`;

/** The action that an event type stands for. @throws Error on a type that the aggregate does not have */
export const actionOf = (event: { aggregate: AggregateName; type: string }): Action => {
  const action = (['create', 'update', 'delete', 'correct'] as const).find(
    (each) => eventTypeOf(event.aggregate, each) === event.type,
  );
  if (!action) throw new Error(`Unknown event type ${event.type} of aggregate ${event.aggregate}`);
  return action;
};

/** The attributes by which no two live aggregates of a kind may be equal. */
export const uniqueAttributesOf = (aggregate: AggregateName): string[] =>
  Object.entries(aggregates[aggregate].attributes)
    .filter(([, attribute]) => attribute.unique)
    .map(([name]) => name);

/** The attributes of any aggregate that point to the given kind. */
export const referrersOf = (
  aggregate: AggregateName,
): { aggregate: AggregateName; attribute: string; list: boolean }[] =>
  Object.values(aggregates).flatMap((definition) =>
    Object.entries(definition.attributes)
      .filter(([, attribute]) => attribute.to === aggregate)
      .map(([attribute, { kind }]) => ({ aggregate: definition.name, attribute, list: kind === 'references' })),
  );

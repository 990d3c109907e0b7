import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { type Attribute, givenIdRule, madeIdRule, uuidPattern } from '../../domain/kernel/attributes.ts';
import { aggregates, type Operation, operations } from '../../domain/operations.ts';
import { access } from './access.ts';
import { reads } from './reads.ts';

/** What an id must be. */
export interface KeyRule {
  maxLength: number;
  pattern: string;
  /** In words. */
  rule: string;
}

/** What the enqueue resolver knows of an operation. */
export interface OperationConstant {
  /** Null: the input says which. */
  aggregate: AggregateName | null;
  action: Operation['action'];
  commandQueue: string;
  /** Where the aggregate's id comes from: the input, the command's own id, or the caller's. */
  idFrom: 'input' | 'command' | 'self';
  /** The attributes that the input may carry; their rules stand under the aggregate. */
  attributes: string[];
}

/** What the resolvers know of an aggregate. */
export interface AggregateConstant {
  /** By name; without what only the domain needs. */
  attributes: Record<string, Pick<Attribute, 'kind' | 'maxLength' | 'pattern' | 'rule' | 'nullable' | 'optional'>>;
  id: KeyRule;
}

const idFromOf = ({ aggregate, action, caller }: Operation): OperationConstant['idFrom'] => {
  if (caller === 'user') return 'self';
  return action === 'create' && aggregate !== null && aggregates[aggregate].id === 'made' ? 'command' : 'input';
};

const operationConstants: Record<string, OperationConstant> = Object.fromEntries(
  Object.values(operations).map((operation) => {
    const { name, aggregate, action, commandQueue, attributes } = operation;
    return [name, { aggregate, action, commandQueue, idFrom: idFromOf(operation), attributes }];
  }),
);

/** White space, as JavaScript understands `\s` within a class. */
const whiteSpace = ' \\t\\n\\u000b\\f\\r\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';

/** The same pattern for Java, where `$` also matches before a line break at the end, and `\s` is ASCII alone. */
const forJava = <T extends { pattern: string }>(rule: T): T => ({
  ...rule,
  pattern: rule.pattern.replace(/\$$/, '\\z').replaceAll('\\s', whiteSpace),
});

const aggregateConstants: Record<string, AggregateConstant> = Object.fromEntries(
  Object.values(aggregates).map(({ name, id, attributes }) => [
    name,
    {
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([attribute, { kind, maxLength, pattern, rule, nullable, optional }]) => [
          attribute,
          forJava({ kind, maxLength, pattern, rule, nullable, optional }),
        ]),
      ),
      id: forJava(id === 'given' ? givenIdRule : madeIdRule),
    },
  ]),
);

const uuid: KeyRule = { maxLength: 36, pattern: uuidPattern, rule: 'must be a UUID' };

/** Identifiers that the bundler replaces in resolver code, with their values as JSON. */
export const constants: Record<string, string> = {
  // The guard takes what it does not find for `admin`.
  ACCESS: JSON.stringify(Object.fromEntries(Object.entries(access).filter(([, rule]) => rule !== 'admin'))),
  AGGREGATES: JSON.stringify(aggregateConstants),
  KEY: JSON.stringify(forJava(madeIdRule)),
  OPERATIONS: JSON.stringify(operationConstants),
  READS: JSON.stringify(reads),
  UUID: JSON.stringify(forJava(uuid)),
};

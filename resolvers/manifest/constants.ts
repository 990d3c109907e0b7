import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { type Attribute, givenIdRule, madeIdRule, uuidPattern } from '../../domain/kernel/attributes.ts';
import { listShards, prefixLengths } from '../../domain/kernel/directory.ts';
import { beyond, plainLetters } from '../../domain/kernel/searchForm.ts';
import { correctionKinds } from '../../domain/kernel/correction.ts';
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
  /** Null: the input says which, and the command corrects an event of it. */
  aggregate: AggregateName | null;
  commandQueue: string;
  idFrom: Operation['idFrom'];
  idField: string;
  /** The fields of the input that have rules. */
  input: Record<string, { required: boolean; rules?: AttributeRules }>;
}

/** Rules of one attribute, without what only the domain needs. */
export type AttributeRules = Pick<
  Attribute,
  'kind' | 'maxLength' | 'pattern' | 'rule' | 'range' | 'nullable' | 'optional'
>;

/** What the resolvers know of an aggregate. */
export interface AggregateConstant {
  /** By name. */
  attributes: Record<string, AttributeRules>;
  /** Types of events, with the attributes that their payloads may have. */
  events: Record<string, string[]>;
  id: KeyRule;
}

/** How the rows of an aggregate are shown. */
export interface ShownConstant {
  /** What each condition is at first, by name. */
  conditions: Record<string, string | number | boolean | string[] | null>;
  /** The condition, a moment, after which all of them are as at first; empty if there is none. */
  lapse: string;
  /** Texts made of attributes, by name. */
  joined: Record<string, string[]>;
}

/** White space, as JavaScript understands `\s` within a class. */
const whiteSpace = ' \\t\\n\\u000b\\f\\r\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';

/** The same pattern for Java, where `$` also matches before a line break at the end, and `\s` is ASCII alone. */
const forJava = <T extends { pattern: string }>(rule: T): T => ({
  ...rule,
  pattern: rule.pattern.replace(/\$$/, '\\z').replaceAll('\\s', whiteSpace),
});

const rulesOf = ({ kind, maxLength, pattern, rule, range, nullable, optional }: Attribute): AttributeRules =>
  forJava({ kind, maxLength, pattern, rule, range, nullable, optional });

const aggregateConstants: Record<string, AggregateConstant> = Object.fromEntries(
  Object.values(aggregates).map(({ name, id, attributes, events }) => [
    name,
    {
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([attribute, definition]) => [attribute, rulesOf(definition)]),
      ),
      events: Object.fromEntries(Object.entries(events).map(([type, { payload }]) => [type, Object.keys(payload)])),
      id: forJava(id === 'given' ? givenIdRule : madeIdRule),
    },
  ]),
);

const shownConstants: Record<string, ShownConstant> = Object.fromEntries(
  Object.values(aggregates).map(({ name, conditions, lapse = '', joined }) => [
    name,
    {
      conditions: Object.fromEntries(
        Object.entries(conditions).map(([condition, { initially = null }]) => [condition, initially]),
      ),
      lapse,
      joined: Object.fromEntries(Object.entries(joined).map(([field, parts]) => [field, [...parts]])),
    },
  ]),
);

/** The rules of an attribute of the aggregate stand under the aggregate, once for all operations. */
const inputOf = ({ aggregate, input }: Operation): OperationConstant['input'] =>
  Object.fromEntries(
    Object.entries(input).map(([field, { attribute, required }]) => {
      const shared = aggregate !== null && aggregates[aggregate].attributes[field] === attribute;
      return [field, { required, ...(!shared && { rules: rulesOf(attribute) }) }];
    }),
  );

const operationConstants: Record<string, OperationConstant> = Object.fromEntries(
  Object.values(operations).map((operation) => {
    const { name, aggregate, commandQueue, idFrom, idField } = operation;
    return [name, { aggregate, commandQueue, idFrom, idField, input: inputOf(operation) }];
  }),
);

/** What a search has to know: how names are compared, and how rows of each aggregate are found. */
export interface SearchConstant {
  plainLetters: Record<string, string>;
  beyond: string;
  /** Characters of a Java class. */
  whiteSpace: string;
  prefixLengths: { short: number; long: number };
  shards: number[];
  aggregates: Record<string, { references: string[]; terms: number }>;
}

const search: SearchConstant = {
  plainLetters,
  beyond,
  whiteSpace,
  prefixLengths: { short: prefixLengths[0], long: prefixLengths[1] },
  shards: Array.from({ length: listShards }, (_, shard) => shard),
  aggregates: Object.fromEntries(
    Object.values(aggregates).map(({ name, attributes, listing }) => [
      name,
      {
        references: Object.keys(attributes).filter((attribute) => attributes[attribute]?.kind === 'reference'),
        terms: listing.terms.length,
      },
    ]),
  ),
};

const uuid: KeyRule = { maxLength: 36, pattern: uuidPattern, rule: 'must be a UUID' };

/** Identifiers that the bundler replaces in resolver code, with their values as JSON. */
export const constants: Record<string, string> = {
  // The guard takes what it does not find for `admin`.
  ACCESS: JSON.stringify(Object.fromEntries(Object.entries(access).filter(([, rule]) => rule !== 'admin'))),
  AGGREGATES: JSON.stringify(aggregateConstants),
  CORRECTIONS: JSON.stringify(correctionKinds),
  KEY: JSON.stringify(forJava(madeIdRule)),
  OPERATIONS: JSON.stringify(operationConstants),
  READS: JSON.stringify(reads),
  SEARCH: JSON.stringify(search),
  SHOWN: JSON.stringify(shownConstants),
  UUID: JSON.stringify(forJava(uuid)),
};

import type { Action, AggregateDefinition, AggregateName } from '../../domain/kernel/aggregate.ts';
import {
  aheadOfUtc,
  type Attribute,
  type AttributeTable,
  earliestDate,
  invisiblePattern,
  rawUnits,
} from '../../domain/kernel/values/attributes.ts';
import { listShards } from '../../domain/kernel/view/directory.ts';
import {
  givenIdRule,
  type IdRule,
  keyRule,
  madeIdRule,
  subjectRule,
  uuidPattern,
} from '../../domain/kernel/values/ids.ts';
import { momentRule } from '../../domain/kernel/values/moment.ts';
import { longestShownId, shownColumns, shownForms } from '../../domain/kernel/values/showable.ts';
import { beyond, plainLetters } from '../../domain/kernel/values/searchForm.ts';
import { mostAsked, reasons } from '../../domain/decision.ts';
import { correctionKinds, isCorrectable, isRequiredIn } from '../../domain/kernel/stream/correction.ts';
import { claimNamespace, proofRule, provableIn } from '../../domain/kernel/command/proof.ts';
import { idRuleOf } from '../../domain/kernel/command/validate.ts';
import { aggregates, type Operation, operations } from '../../domain/operations.ts';
import { whiteSpace } from '../../domain/kernel/values/characters.ts';
import { access } from './access.ts';
import { reads } from './reads.ts';

export type { IdRule };

/** What holds of values whatever their attribute. */
export interface ValueConstant {
  /** A text that matches it shows nothing. */
  invisible: string;
  /** UTF-16 units of a raw value for each character of the stored one. */
  rawUnits: number;
  /** UTF-16 units of an id in a list. */
  longestId: number;
  earliestDate: string;
  /** Milliseconds by which the first places on earth have a date before UTC has it. */
  aheadOfUtc: number;
}

/** What the enqueue resolver knows of an operation. */
export interface OperationConstant {
  /** Null: the input says which, and the command corrects an event of it. */
  aggregate: AggregateName | null;
  commandQueue: string;
  idFrom: Operation['idFrom'];
  idField: string;
  /** The rule of that id, by its name; null where the input says of which aggregate it is. */
  id: keyof typeof idRules | null;
  /** The fields of the input that the sender's token has to prove, if any. */
  provable?: string[];
  /** The fields of the input that have rules. */
  input: FieldConstants;
}

/** Fields by name; one without rules of its own has those of the aggregate's attribute. */
export type FieldConstants = Record<string, { required?: true; rules?: AttributeRules }>;

/**
 * Rules of one attribute, without what only the domain needs. What does not hold is not said: the table is a good part
 * of the template.
 */
export type AttributeRules = Pick<Attribute, 'kind' | 'maxLength' | 'pattern' | 'rule' | 'range'> &
  Partial<Pick<Attribute, 'nullable' | 'mayBeEmpty'>>;

/** What the resolvers know of an aggregate. */
export interface AggregateConstant {
  /** By name. */
  attributes: Record<string, AttributeRules>;
  /** Types of events that corrections may be about, with what their payloads have. */
  events: Record<string, FieldConstants>;
}

/** How the rows of an aggregate stand at a moment. */
export interface StandingConstant {
  /** What each flag of proof is where nothing is proved, by name; absent if there is none. */
  flags?: Record<string, boolean>;
  /** What each condition is at first, by name. */
  conditions: Record<string, string | number | boolean | string[] | null>;
  /** The condition, a moment, after which all of them are as at first; empty if there is none. */
  lapse: string;
}

/** How the rows of an aggregate are shown. */
export interface ShownConstant {
  /** Texts made of attributes, by name. */
  joined: Record<string, string[]>;
  /**
   * What its columns must be to be shown, by name: a kind, with a question mark behind it where null is shown for what
   * is not of it.
   */
  columns: Record<string, string>;
  /** What those that are a choice must match. */
  choices: Record<string, string>;
}

/** What decisions are worded with. */
export interface DecisionConstant {
  /** Names that may be asked for at once. */
  most: number;
  /** UTF-16 units of a name. */
  longest: number;
  reasons: typeof reasons;
}

/** The same pattern for Java, where `$` also matches before a line break at the end, and `\\x{…}` is a code point. */
const javaPattern = (pattern: string): string =>
  pattern.replace(/\$$/, '\\z').replaceAll(/\\u\{([0-9a-f]+)\}/g, '\\x{$1}');
const forJava = <T extends { pattern: string }>(rule: T): T => ({ ...rule, pattern: javaPattern(rule.pattern) });

const rulesOf = ({ kind, maxLength, pattern, rule, range, nullable, mayBeEmpty }: Attribute): AttributeRules =>
  forJava({ kind, maxLength, pattern, rule, range, ...(nullable && { nullable }), ...(mayBeEmpty && { mayBeEmpty }) });

/** The rules of an attribute of the aggregate stand under the aggregate, once for all operations and events. */
const fieldOf = (
  aggregate: AggregateName | null,
  field: string,
  attribute: Attribute,
  required: boolean,
): FieldConstants[string] => {
  const shared = aggregate !== null && aggregates[aggregate].attributes[field] === attribute;
  return { ...(required && { required }), ...(!shared && { rules: rulesOf(attribute) }) };
};

const payloadOf = (aggregate: AggregateName, action: Action, payload: AttributeTable): FieldConstants =>
  Object.fromEntries(
    Object.entries(payload).map(([field, attribute]) => [
      field,
      fieldOf(aggregate, field, attribute, isRequiredIn(action, attribute)),
    ]),
  );

const aggregateConstants: Record<string, AggregateConstant> = Object.fromEntries(
  Object.values(aggregates).map(({ name, attributes, events }) => [
    name,
    {
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([attribute, definition]) => [attribute, rulesOf(definition)]),
      ),
      events: Object.fromEntries(
        Object.entries(events)
          .filter(([, { action }]) => isCorrectable(action))
          .map(([type, { action, payload }]) => [type, payloadOf(name, action, payload)]),
      ),
    },
  ]),
);

const standingConstants: Record<string, StandingConstant> = Object.fromEntries(
  Object.values(aggregates).map(({ name, proofs, conditions, lapse = '' }) => [
    name,
    {
      ...(Object.keys(proofs).length > 0 && {
        flags: Object.fromEntries(Object.values(proofs).map((flag) => [flag, false])),
      }),
      conditions: Object.fromEntries(
        Object.entries(conditions).map(([condition, { initially = null }]) => [condition, initially]),
      ),
      lapse,
    },
  ]),
);

const shownConstants: Record<string, ShownConstant> = Object.fromEntries(
  Object.values(aggregates).map(({ name, joined }): [string, ShownConstant] => [
    name,
    {
      joined: Object.fromEntries(Object.entries(joined).map(([field, parts]) => [field, [...parts]])),
      columns: Object.fromEntries(
        Object.entries(shownColumns[name]).map(([column, { kind, nullable }]) => [
          column,
          nullable ? `${kind}?` : kind,
        ]),
      ),
      choices: Object.fromEntries(
        Object.entries(shownColumns[name]).flatMap(([column, { kind, pattern }]) =>
          kind === 'choice' ? [[column, javaPattern(pattern)]] : [],
        ),
      ),
    },
  ]),
);

const inputOf = ({ aggregate, input }: Operation): FieldConstants =>
  Object.fromEntries(
    Object.entries(input).map(([field, { attribute, required }]) => [
      field,
      fieldOf(aggregate, field, attribute, required),
    ]),
  );

/** What ids must be, by names: many operations share a rule. */
const idRules = { typed: givenIdRule, given: keyRule, subject: subjectRule, made: madeIdRule };
const nameOf = (rule: IdRule): keyof typeof idRules =>
  (Object.keys(idRules) as (keyof typeof idRules)[]).find((name) => idRules[name] === rule) ?? 'given';

const operationConstants: Record<string, OperationConstant> = Object.fromEntries(
  Object.values(operations).map((operation) => {
    const { name, aggregate, commandQueue, idFrom, idField } = operation;
    const id = aggregate === null ? null : nameOf(idRuleOf(operation, aggregate));
    const provable = provableIn(operation);
    const constant = { aggregate, commandQueue, idFrom, idField, id, input: inputOf(operation) };
    return [name, { ...constant, ...(provable.length > 0 && { provable }) }];
  }),
);

/** What a search has to know: how names are compared, and how rows of each aggregate are found. */
export interface SearchConstant {
  plainLetters: Record<string, string>;
  beyond: string;
  /** Characters of a Java class. */
  whiteSpace: string;
  shards: number[];
  aggregates: Record<string, { references: string[]; together: string[]; terms: number }>;
}

const search: SearchConstant = {
  plainLetters,
  beyond,
  whiteSpace,
  shards: Array.from({ length: listShards }, (_, shard) => shard),
  aggregates: Object.fromEntries(
    Object.values(aggregates).map(({ name, attributes, listing }) => [
      name,
      {
        references: Object.keys(attributes).filter((attribute) => attributes[attribute]?.kind === 'reference'),
        together: listing.together ?? [],
        terms: listing.terms.length,
      },
    ]),
  ),
};

/** By whether ids of the aggregate are given or made: what one must be by which an aggregate is looked up. */
const keyRules: Record<AggregateDefinition['id'], IdRule> = { given: forJava(keyRule), made: forJava(madeIdRule) };

/** The aggregates whose ids are given. */
const given = Object.values(aggregates).flatMap(({ id, name }) => (id === 'given' ? [name] : []));

/** As resolver code needs them, which knows what kind it serves: many bundles hold this table. */
const readConstants = Object.fromEntries(
  Object.entries(reads).map(([field, { kind: _kind, page, ...read }]) => [field, { ...read, ...(page && { page }) }]),
);

/** The rules of what is looked up by its value, by name of the query. */
const foundBy = Object.fromEntries(
  Object.entries(reads).flatMap(([field, { kind, aggregate, argument = '' }]) => {
    const attribute = kind === 'find' ? aggregates[aggregate].attributes[argument] : undefined;
    return attribute ? [[field, rulesOf(attribute)]] : [];
  }),
);

const values: ValueConstant = {
  invisible: javaPattern(invisiblePattern),
  rawUnits,
  longestId: madeIdRule.maxLength,
  earliestDate,
  aheadOfUtc,
};

/** Far more than a person sends by hand; what else a person's program sends holds up nobody. */
const commandsAMinute = 60;
/** In ten seconds: what one person may have under way at once, twice what a function gets in one batch. */
const commandsAtOnce = 20;

/** As how many commands a request for all that is held of oneself counts: it reads a whole history. */
const dataCosts = 10;

const uuid: IdRule = { maxLength: 36, pattern: uuidPattern, rule: 'must be a UUID' };

/** UTF-16 units of the longest name that an authorization can have. */
const longestName = 2 * (aggregates.authorization.attributes['name']?.maxLength ?? 0);

/** Identifiers that the bundler replaces in resolver code, with their values as JSON. */
export const constants: Record<string, string> = {
  // The guard takes what it does not find for `admin`.
  ACCESS: JSON.stringify(Object.fromEntries(Object.entries(access).filter(([, rule]) => rule !== 'admin'))),
  AGGREGATES: JSON.stringify(aggregateConstants),
  CORRECTIONS: JSON.stringify(correctionKinds),
  DECISIONS: JSON.stringify({ most: mostAsked, longest: longestName, reasons }),
  COMMANDS_A_MINUTE: JSON.stringify(commandsAMinute),
  COMMANDS_AT_ONCE: JSON.stringify(commandsAtOnce),
  DATA_COSTS: JSON.stringify(dataCosts),
  IDS: JSON.stringify({ typed: forJava(givenIdRule), subject: forJava(subjectRule) }),
  FOUND_BY: JSON.stringify(foundBy),
  GIVEN: JSON.stringify(given),
  KEYS: JSON.stringify(keyRules),
  KINDS: JSON.stringify(Object.keys(aggregates).map((name) => name.toUpperCase())),
  LONGEST_SHOWN_ID: JSON.stringify(longestShownId),
  MOMENT: JSON.stringify(forJava(momentRule)),
  OPERATIONS: JSON.stringify(operationConstants),
  PROOF: JSON.stringify({ claims: claimNamespace, rule: proofRule }),
  READS: JSON.stringify(readConstants),
  SEARCH: JSON.stringify(search),
  SHOWN_FORMS: JSON.stringify(
    Object.fromEntries(Object.entries(shownForms).map(([kind, pattern]) => [kind, javaPattern(pattern)])),
  ),
  SHOWN: JSON.stringify(shownConstants),
  STANDING: JSON.stringify(standingConstants),
  SUBJECT: JSON.stringify({ maxLength: subjectRule.maxLength, pattern: javaPattern(subjectRule.pattern) }),
  UUID: JSON.stringify(forJava(uuid)),
  VALUES: JSON.stringify(values),
};

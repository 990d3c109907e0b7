import { util } from '@aws-appsync/utils';
import type { AggregateConstant, OperationConstant } from '../../manifest/constants.ts';
import { invalid } from '../fail.ts';
import { checkedMoment } from '../values/moment.ts';
import { brokenRule, normalized } from '../values/rules.ts';

type Input = Record<string, unknown>;

/**
 * 100 KB of payload in base64, whose length tells that of the UTF-8. A queue takes 256 KB, of which the rest of a
 * message needs little.
 */
const maximumPayload = 136_536;

/** More than any aggregate has attributes. */
const maximumKeys = 100;

/** What a command says, in the form in which it is stored; refuses the first field that breaks its rules. */
export function checkedInput(operation: OperationConstant, aggregate: AggregateConstant, input: Input): Input {
  const checked: Input = {};
  for (const field of Object.keys(operation.input)) {
    const value = input[field];
    const rule = brokenFieldRule(operation, aggregate, field, value);
    if (rule) {
      invalid(field, rule);
    }
    if (value !== undefined) {
      const rules = operation.input[field]?.rules ?? aggregate.attributes[field];
      checked[field] = rules ? normalized(rules, value) : value;
    }
  }
  return checked;
}

function brokenFieldRule(
  { input }: OperationConstant,
  { attributes }: AggregateConstant,
  field: string,
  value: unknown,
): string | null {
  if (input[field]?.required && (value === undefined || value === null)) {
    return 'is required';
  }
  const rules = input[field]?.rules ?? attributes[field];
  return rules && value !== undefined ? brokenRule(rules, value) : null;
}

/** What a correction says; what it may say depends on its kind and on the event, and is for the command function. */
export function checkedCorrection(aggregate: AggregateConstant, input: Input): Input {
  const { version, type, payload } = input;
  const kind = `${input.kind ?? 'REPLACE'}`;
  const says = CORRECTIONS[kind] as readonly string[];
  const checked: Input = { kind };
  for (const field of ['version', 'type', 'payload', 'effectiveAt']) {
    const value = input[field];
    const given = value !== undefined && value !== null;
    if (given !== says.indexOf(field) >= 0) {
      invalid(field, given ? `is not for ${kind}` : `is required for ${kind}`);
    }
    if (given) {
      checked[field] = value;
    }
  }
  if (checked.version !== undefined && (version as number) < 1) {
    invalid('version', 'must be a whole number from 1');
  }
  if (checked.type !== undefined && !Object.hasOwn(aggregate.events, `${type}`)) {
    invalid('type', 'is not a type of event of the aggregate');
  }
  if (checked.effectiveAt !== undefined) {
    checked.effectiveAt = checkedMoment('effectiveAt', `${checked.effectiveAt}`);
  }
  if (checked.payload !== undefined) {
    checkPayload(aggregate, payload);
  }
  return checked;
}

function checkPayload({ events }: AggregateConstant, payload: unknown): void {
  if (typeof payload !== 'object' || payload === null || typeof (payload as unknown[]).length === 'number') {
    invalid('payload', 'must be a JSON object');
  }
  const text = JSON.stringify(payload);
  // The queue would refuse the whole message.
  if (text.indexOf('\ufffe') >= 0 || text.indexOf('\uffff') >= 0) {
    invalid('payload', 'must not hold U+FFFE or U+FFFF, which are no characters');
  }
  if (util.base64Encode(text).length > maximumPayload) {
    invalid('payload', 'must have at most 100 KB');
  }
  const known = Object.values(events);
  const unknown = Object.keys(payload as Input)
    .slice(0, maximumKeys)
    .find((field) => !known.some((fields) => fields.indexOf(field) >= 0));
  if (unknown !== undefined) {
    invalid(`payload.${unknown}`, 'is not an attribute of the aggregate');
  }
}

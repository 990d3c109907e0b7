import { util } from '@aws-appsync/utils';
import type { AggregateConstant, OperationConstant } from '../manifest/constants.ts';
import { invalid } from './fail.ts';
import { brokenRule } from './rules.ts';

type Input = Record<string, unknown>;

/** 100 KB of payload in base64, whose length tells that of the UTF-8. A queue takes 256 KB, of which the rest of a message needs little. */
const maximumPayload = 136_536;

/** More than any aggregate has attributes. */
const maximumKeys = 100;

/** The attributes that a command says anything of, each by the rules of its aggregate; refuses the first that breaks one. */
export function checkedAttributes(
  { action, attributes }: OperationConstant,
  aggregate: AggregateConstant,
  input: Input,
): Input {
  const checked: Input = {};
  for (const field of attributes) {
    const value = input[field];
    const given = value !== undefined;
    const rule = brokenAttributeRule(action, aggregate.attributes[field], value);
    if (rule) {
      invalid(field, rule);
    }
    if (given) {
      checked[field] = value;
    }
  }
  return checked;
}

function brokenAttributeRule(
  action: string,
  attribute: AggregateConstant['attributes'][string] | undefined,
  value: unknown,
): string | null {
  if (action === 'create' && (value === undefined || value === null)) {
    return attribute && attribute.optional ? null : 'is required';
  }
  return attribute && value !== undefined ? brokenRule(attribute, value) : null;
}

/** The event to correct and its right payload; what the payload may say depends on the event, and is for the command function. */
export function checkedCorrection({ attributes }: AggregateConstant, { version, payload }: Input): Input {
  if ((version as number) < 1) {
    invalid('version', 'must be a whole number from 1');
  }
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
  const unknown = Object.keys(payload as Input)
    .slice(0, maximumKeys)
    .find((field) => !Object.hasOwn(attributes, field));
  if (unknown !== undefined) {
    invalid(`payload.${unknown}`, 'is not an attribute of the aggregate');
  }
  return { version, payload };
}

import type { AggregateConstant, OperationConstant } from '../../manifest/constants.ts';
import { invalid } from '../fail.ts';
import { brokenRule, normalized } from '../values/rules.ts';

type Input = Record<string, unknown>;

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

import type { AggregateConstant, FieldConstants } from '../../manifest/constants.ts';
import { invalid } from '../fail.ts';
import { checkedMoment } from '../values/moment.ts';
import { brokenRule, normalized } from '../values/rules.ts';

type Input = Record<string, unknown>;

/** More than any aggregate has attributes. */
const maximumKeys = 100;

/** What a correction says, in the form in which it is stored; what only the event itself tells is for the command function. */
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
    invalid('type', `must be one of ${Object.keys(aggregate.events).join(', ')}`);
  }
  if (checked.effectiveAt !== undefined) {
    checked.effectiveAt = checkedMoment('effectiveAt', `${checked.effectiveAt}`);
  }
  if (checked.payload !== undefined) {
    checkObject(payload);
    checked.payload =
      checked.type === undefined
        ? payloadOfSome(aggregate, payload as Input)
        : payloadOf(aggregate, `${type}`, payload as Input);
  }
  return checked;
}

function checkObject(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null || typeof (payload as unknown[]).length === 'number') {
    invalid('payload', 'must be a JSON object');
  }
}

/** The payload of an event whose type is known. */
function payloadOf(aggregate: AggregateConstant, type: string, payload: Input): Input {
  const fields = aggregate.events[type] as FieldConstants;
  refuseOthers(payload, [fields], `is not an attribute of ${type}`);
  const checked: Input = {};
  for (const field of Object.keys(fields)) {
    const value = payload[field];
    if (value === undefined && fields[field]?.required) {
      invalid(`payload.${field}`, 'is required');
    }
    if (value !== undefined) {
      checked[field] = valueIn(aggregate, [fields], field, value);
    }
  }
  return checked;
}

/** The payload of an event of any type: refused is what none of them would take. */
function payloadOfSome(aggregate: AggregateConstant, payload: Input): Input {
  const types = Object.values(aggregate.events);
  refuseOthers(payload, types, 'is not an attribute of the aggregate');
  const checked: Input = {};
  for (const field of Object.keys(payload)) {
    const having = types.filter((fields) => Object.hasOwn(fields, field));
    checked[field] = valueIn(aggregate, having, field, payload[field]);
  }
  return checked;
}

function refuseOthers(payload: Input, types: FieldConstants[], rule: string): void {
  const other = Object.keys(payload)
    .slice(0, maximumKeys)
    .find((field) => !types.some((fields) => Object.hasOwn(fields, field)));
  if (other !== undefined) {
    invalid(`payload.${other}`, rule);
  }
}

/** A value that some of these types of events take, in the form in which they store it; as it is, where they differ. */
function valueIn(aggregate: AggregateConstant, types: FieldConstants[], field: string, value: unknown): unknown {
  const rules = types.map((fields) => fields[field]?.rules ?? aggregate.attributes[field]);
  const fitting = rules.filter((each) => each && brokenRule(each, value) === null);
  if (fitting.length === 0) {
    invalid(`payload.${field}`, `${rules[0] && brokenRule(rules[0], value)}`);
  }
  const forms = fitting.map((each) => each && normalized(each, value));
  const first = JSON.stringify(forms[0]);
  return forms.some((form) => JSON.stringify(form) !== first) ? value : forms[0];
}

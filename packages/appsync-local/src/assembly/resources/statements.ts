import { AssemblyError } from '../error.ts';
import { isObject } from '../reader.ts';
import { isKnownOperator, knownConditionKey } from '../../gateway/conditions.ts';
import type { Place } from '../error.ts';
import type { PolicyStatement } from '../../model.ts';

const knownKeys = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition', 'Principal']);

/**
 * Normalizes the statements of a policy document.
 *
 * @param path where the document stands, for errors
 */
export function readStatements(document: unknown, place: Place, path: string): PolicyStatement[] {
  const fail = (property: string, problem: string): never => {
    throw new AssemblyError(place, `${path}.${property}`, problem);
  };
  if (!isObject(document)) return fail('Statement', 'is missing');
  for (const name of Object.keys(document)) {
    if (name !== 'Version' && name !== 'Statement' && name !== 'Id') fail(name, 'is not part of a policy document');
  }
  return list(document['Statement']).map((statement, index) => {
    const at = `Statement[${index}]`;
    if (!isObject(statement)) return fail(at, 'must be an object');
    for (const name of Object.keys(statement)) {
      if (!knownKeys.has(name)) fail(`${at}.${name}`, 'is not supported by the local stack');
    }
    const effect = statement['Effect'];
    if (effect !== 'Allow' && effect !== 'Deny') return fail(`${at}.Effect`, 'must be Allow or Deny');
    const strings = (name: string) =>
      list(statement[name]).map((entry) =>
        typeof entry === 'string' ? entry : fail(`${at}.${name}`, 'must be a string or a list of strings'),
      );
    const resources = strings('Resource');
    if (resources.some((resource) => resource.includes('${')))
      fail(`${at}.Resource`, 'policy variables are not supported by the local stack');
    const principals =
      statement['Principal'] === undefined
        ? undefined
        : readPrincipals(statement['Principal'], (problem) => fail(`${at}.Principal`, problem));
    return {
      source: `${place.logicalId}[${index}]`,
      effect,
      actions: strings('Action'),
      resources,
      conditions: readConditions(statement['Condition'], (property, problem) =>
        fail(`${at}.Condition${property}`, problem),
      ),
      ...(principals === undefined ? {} : { principals }),
    };
  });
}

function readPrincipals(principal: unknown, fail: (problem: string) => never): string[] {
  if (principal === '*') return ['*'];
  if (!isObject(principal)) return fail('must be "*" or an object');
  return Object.entries(principal).flatMap(([kind, names]) => {
    if (kind !== 'AWS' && kind !== 'Service')
      fail(`a principal of the kind ${kind} is not supported by the local stack`);
    return list(names).map(String);
  });
}

function readConditions(
  condition: unknown,
  fail: (property: string, problem: string) => never,
): PolicyStatement['conditions'] {
  if (condition === undefined) return {};
  if (!isObject(condition)) return fail('', 'must be an object');
  const read = Object.entries(condition).map(([operator, keys]) => {
    if (!isKnownOperator(operator)) fail(`.${operator}`, 'this condition operator is not supported by the local stack');
    if (!isObject(keys)) return fail(`.${operator}`, 'must be an object');
    const entries = Object.entries(keys).map(([key, values]) => {
      const known =
        knownConditionKey(key) ?? fail(`.${operator}.${key}`, 'this condition key is not supported by the local stack');
      return [known, list(values).map(String)] as const;
    });
    return [operator, Object.fromEntries(entries)] as const;
  });
  return Object.fromEntries(read);
}

function list(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

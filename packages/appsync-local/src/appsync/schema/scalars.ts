/** AppSync's scalars as graphql-js types. */
import { GraphQLError, GraphQLScalarType, valueFromASTUntyped } from 'graphql';
import type { GraphQLScalarLiteralParser } from 'graphql';
import * as formats from './scalarFormats.ts';
import type { FormatCheck } from './scalarFormats.ts';

/** Reads a value written in a document as one given in a variable; what is wrong with it says where it stands. */
function literal<T>(parse: (value: unknown) => T): GraphQLScalarLiteralParser<T> {
  return (node, variables) => {
    try {
      return parse(valueFromASTUntyped(node, variables));
    } catch (error) {
      throw error instanceof GraphQLError ? new GraphQLError(error.message, { nodes: node }) : error;
    }
  };
}

/** A scalar that is a text of some form, in and out. */
function textScalar(name: string, check: FormatCheck): GraphQLScalarType<string, string> {
  const parse = (value: unknown): string => {
    const problem = typeof value === 'string' ? check(value) : 'must be a string';
    if (problem !== null) throw new GraphQLError(`${name} ${problem}`);
    return value as string;
  };
  return new GraphQLScalarType({
    name,
    parseValue: parse,
    parseLiteral: literal(parse),
    serialize(value) {
      if (typeof value !== 'string' || check(value) !== null)
        throw new SerializationError(`Unable to serialize \`${shorten(value)}\` as a valid ${name}.`);
      return value;
    },
  });
}

/** A resolved value that its scalar does not take. */
export class SerializationError extends Error {}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function parseTimestamp(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new GraphQLError('AWSTimestamp must be a whole number of seconds');
  return value;
}

const AWSTimestamp = new GraphQLScalarType<number, number>({
  name: 'AWSTimestamp',
  parseValue: parseTimestamp,
  parseLiteral: literal(parseTimestamp),
  serialize(value) {
    if (typeof value !== 'number' || !Number.isSafeInteger(value))
      throw new SerializationError(`Unable to serialize \`${shorten(value)}\` as a valid AWSTimestamp.`);
    return value;
  },
});

/** As deep as arrays and objects may nest: what common readers of JSON take, and no stack is too small for. */
const maximumNesting = 1_000;

function nestsTooDeep(json: unknown): boolean {
  const objectsIn = (values: unknown[]) =>
    values.filter((value): value is object => typeof value === 'object' && value !== null);
  let level = objectsIn([json]);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maximumNesting) return true;
    level = level.flatMap((value) => objectsIn(Object.values(value)));
  }
  return false;
}

function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') throw new GraphQLError('AWSJSON must be a string that holds JSON');
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    throw new GraphQLError('AWSJSON must be a string that holds JSON');
  }
  if (nestsTooDeep(json)) throw new GraphQLError(`AWSJSON must not nest deeper than ${maximumNesting} levels`);
  return json;
}

/** A JSON text on the wire, the value itself in resolvers. */
const awsjson = new GraphQLScalarType<unknown, string>({
  name: 'AWSJSON',
  parseValue: parseJson,
  parseLiteral: literal(parseJson),
  serialize: (value) => JSON.stringify(value),
});

/** All of AppSync's own scalars. */
export const awsScalars: readonly GraphQLScalarType[] = [
  textScalar('AWSDate', formats.date),
  textScalar('AWSTime', formats.time),
  textScalar('AWSDateTime', formats.dateTime),
  textScalar('AWSEmail', formats.email),
  textScalar('AWSURL', formats.url),
  textScalar('AWSPhone', formats.phone),
  textScalar('AWSIPAddress', formats.ipAddress),
  AWSTimestamp,
  awsjson,
];

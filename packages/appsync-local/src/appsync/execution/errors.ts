/** Errors in the shapes in which AppSync writes them. */
import { getNamedType, GraphQLError, isInterfaceType, isObjectType } from 'graphql';
import type { GraphQLSchema, ValueNode } from 'graphql';
import type { RaisedError } from './evaluate.ts';
import { SerializationError } from '../schema/scalars.ts';
import type { FieldError, RequestError, SourceLocation } from '../types.ts';

/** Clients' values can be large; a message that quotes one need not be. */
const maximumMessage = 1_000;

/** Thrown to make a field null with the given entry. */
export class FieldFailure extends Error {
  readonly raised: RaisedError;

  constructor(raised: RaisedError) {
    super(raised.message);
    this.raised = raised;
  }
}

/** A failure with a message and a type alone. */
export function failure(type: string | null, message: string): FieldFailure {
  return new FieldFailure({ message, type, data: null, info: null });
}

/** A directive, a policy or `util.unauthorized` denies the field. */
export function unauthorized(fieldName: string, typeName: string): FieldFailure {
  return failure('Unauthorized', `Not Authorized to access ${fieldName} on type ${typeName}`);
}

/** The request object that a handler made is not one that its data source takes. */
export class RequestObjectError extends Error {}

/** The entry for an error that a handler raised or appended at a field. */
export function raisedEntry(
  raised: RaisedError,
  path: (string | number)[],
  locations: SourceLocation[] | null,
): FieldError {
  return {
    path,
    data: raised.data ?? null,
    errorType: raised.type,
    errorInfo: raised.info ?? null,
    locations,
    message: raised.message,
  };
}

/** The entry for an error that execution ended a field with. */
export function executionEntry(error: GraphQLError, schema: GraphQLSchema): FieldError {
  const path = [...(error.path ?? [])];
  const cause = error.originalError;
  if (cause instanceof FieldFailure) return raisedEntry(cause.raised, path, locationsOf(error));
  const base = { path, data: null, errorType: null, errorInfo: null };
  if (cause instanceof SerializationError)
    return { ...base, locations: null, message: `Can't serialize value (${writtenPath(path)}) : ${cause.message}` };
  const nonNull = /^Cannot return null for non-nullable field (\w+)\.(\w+)\.$/.exec(error.message);
  if (nonNull) {
    const [, parent = '', field = ''] = nonNull;
    return {
      ...base,
      locations: null,
      message: `Cannot return null for non-nullable type: '${typeOf(schema, parent, field)}' within parent '${parent}' (${writtenPath(path)})`,
    };
  }
  if (cause && !(cause instanceof GraphQLError))
    return {
      ...base,
      errorType: 'InternalFailure',
      locations: locationsOf(error),
      message: 'An internal failure occurred while resolving this field.',
    };
  return { ...base, locations: locationsOf(error), message: shorten(error.message) };
}

/** What an entry made of an error does not tell; null when it tells all. */
export function internalCause(error: GraphQLError): Error | null {
  const cause = error.originalError;
  return cause &&
    !(cause instanceof GraphQLError) &&
    !(cause instanceof FieldFailure) &&
    !(cause instanceof SerializationError) &&
    !cause.message.startsWith('Cannot return null')
    ? cause
    : null;
}

function typeOf(schema: GraphQLSchema, parent: string, field: string): string {
  const type = schema.getType(parent);
  const found = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field] : undefined;
  return found ? getNamedType(found.type).name : 'null';
}

/** As in messages: `/items[0]/name`. */
export function writtenPath(path: (string | number)[]): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `/${step}`)).join('');
}

/**
 * An error of a document that was not executed; `type` is the service's name for what validation found, `message` says
 * it.
 */
export function requestError(error: GraphQLError, type?: string, message = error.message): RequestError {
  return {
    path: null,
    locations: locationsOf(error),
    message: shorten(type === undefined ? message : `Validation error of type ${type}: ${message}`),
  };
}

export function shorten(message: string): string {
  return message.length > maximumMessage ? `${message.slice(0, maximumMessage)}…` : message;
}

export function locationsOf(error: {
  locations?: readonly { line: number; column: number }[] | undefined;
}): SourceLocation[] | null {
  return error.locations?.map(({ line, column }) => ({ line, column, sourceName: null })) ?? null;
}

/** Where a node stands in the client's document. */
export function nodeLocation(node: { loc?: ValueNode['loc'] } | undefined): SourceLocation[] | null {
  const token = node?.loc?.startToken;
  return token ? [{ line: token.line, column: token.column, sourceName: null }] : null;
}

import { randomUUID } from 'node:crypto';
import {
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** A root field, as `<Type>.<field>`, with an operation that asks for it and for everything below it. */
export interface FieldOperation {
  path: string;
  typeName: string;
  fieldName: string;
  query: string;
}

/** The id of the user who asks. */
export const walker = 'walker';

/** Every root field of a schema, whatever it is called and takes. */
export const operationsOf = (schema: GraphQLSchema): FieldOperation[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}).map((field) => {
      const typeName = type!.name;
      const given = field.args
        .filter(isRequiredArgument)
        // Of whom a question is asked: in the user application, of the caller alone.
        .map(({ name, type }) => `${name}: ${name === 'userId' ? `"${walker}"` : literal(type)}`);
      const text = `${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''} ${selection(field.type)}`;
      return {
        path: `${typeName}.${field.name}`,
        typeName,
        fieldName: field.name,
        query: `${typeName.toLowerCase()} { ${text} }`,
      };
    }),
  );

const samples: Record<string, () => string> = {
  ID: () => `"${randomUUID()}"`,
  String: () => `"text ${randomUUID()}"`,
  Int: () => '1',
  AWSDate: () => '"1990-02-28"',
  AWSDateTime: () => '"2020-01-01T00:00:00.000Z"',
  AWSEmail: () => `"${randomUUID()}@example.com"`,
  AWSJSON: () => '"{}"',
};

/** A value that the type takes: what is required, and nothing else. */
const literal = (type: GraphQLInputType): string => {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type))
    return `{ ${Object.values(type.getFields())
      .filter(isRequiredInputField)
      .map((field) => `${field.name}: ${literal(field.type)}`)
      .join(', ')} }`;
  const sample = samples[type.name];
  if (!sample) throw new Error(`No sample of type ${type.name}`);
  return sample();
};

/** Everything below a field. The types have no cycles. */
const selection = (type: GraphQLOutputType): string => {
  if (isNonNullType(type) || isListType(type)) return selection(type.ofType as GraphQLOutputType);
  if (isLeafType(type) || !isObjectType(type)) return '';
  return `{ __typename ${Object.values(type.getFields())
    .map((field) => `${field.name} ${selection(field.type)}`)
    .join(' ')} }`;
};

/** Names of the object types that a field can lead to. */
export const reachable = (type: GraphQLOutputType): string[] => {
  if (isNonNullType(type) || isListType(type)) return reachable(type.ofType as GraphQLOutputType);
  if (!isObjectType(type)) return [];
  return [...new Set([type.name, ...Object.values(type.getFields()).flatMap((field) => reachable(field.type))])];
};

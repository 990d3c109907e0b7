import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../../src/appsync/schema/schema.ts';
import { answering, apiModel, startApi } from './fixture.ts';

const queryText = 'type Query { a: String }';

describe('a schema is refused', () => {
  it.each([
    ['type Mutation { a: String }', 'the root type Query is missing'],
    ['schema { query: Root } type Query { a: String }', 'the root type Query is missing'],
    [`${queryText} scalar Money`, 'The scalar Money cannot be defined'],
    [`${queryText} type AWSThing { a: String }`, 'names must not start with AWS'],
    [`${queryText} directive @mine on FIELD_DEFINITION`, 'The directive @mine cannot be defined'],
    ['type Query { a: String @unknown }', 'Unknown directive "@unknown"'],
    ['type Query { a: String @aws_api_key }', '@aws_api_key on Query.a needs an auth mode'],
    ['type Query @aws_cognito_user_pools { a: String }', '@aws_cognito_user_pools on Query needs'],
    [`${queryText} extend type Query { b: String }`, 'extending a type is not supported'],
    ['type Query { a: Nothing }', 'Unknown type "Nothing"'],
    ['type Query {', 'Syntax Error'],
    ['"""A query.""" type Query { a: String }', 'Failed to parse schema document: it holds 1 descriptions (line 1)'],
    [
      'type Query { "Of a field." a(\n"Of an argument." x: Int): E } enum E {\n"Of a value." A }',
      '3 descriptions (line 1, line 2, line 3)',
    ],
    [`${queryText} query { a }`, 'A schema holds no operations'],
    [
      `${queryText} type Mutation { m: Query } type Subscription { s: Query @aws_subscribe(mutations: ["n"]) }`,
      'subscribes to n, which is not a mutation',
    ],
    [
      `${queryText} type Mutation { m: Query } type Subscription { s: String @aws_subscribe(mutations: ["m"]) }`,
      'The subscription has an invalid output type',
    ],
    [
      `${queryText} type Mutation { m: Query } type Subscription { s: [Query] @aws_subscribe(mutations: ["m"]) }`,
      'The subscription has an invalid output type',
    ],
    [`${queryText} type Mutation { m: Query } type Subscription { s: Query }`, 'names no mutation in @aws_subscribe'],
    [
      `${queryText} type Mutation { m: Query } type Subscription { s(id: ID): Query @aws_subscribe(mutations: ["m"]) }`,
      'The argument id of Subscription.s is not a field of Query',
    ],
  ])('%s', (schema, message) => expect(() => buildSchema(apiModel({ schema }))).toThrow(message));

  it('when it is larger than 1 MB', () =>
    expect(() => buildSchema(apiModel({ schema: `${queryText} #${'x'.repeat(1024 * 1024)}` }))).toThrow(
      'the limit is 1048576',
    ));
});

describe('a schema is accepted', () => {
  it.each([
    `${queryText} type Mutation { m: Query! } type Subscription { s(a: String): Query @aws_subscribe(mutations: ["m"]) }`,
    'schema { query: Root } type Root { a: AWSDateTime @deprecated(reason: "old") }',
    'interface Node { id: ID! } type A implements Node { id: ID! } union U = A type Query @aws_oidc @aws_iam { node: Node u: U }',
    'type Query { # Comments are fine.\n a(x: In = { d: "2024-01-01" }): E } input In { d: AWSDate } enum E { A B }',
  ])('%s', (schema) => expect(() => buildSchema(apiModel({ schema }))).not.toThrow());
});

describe('an API is refused', () => {
  it.each<[string, Parameters<typeof startApi>[0], string]>([
    [
      'resolver code with errors',
      { schema: queryText, units: { 'Query.a': 'export function request() { return new Date(); }' } },
      'BadRequestException: The code contains one or more errors (Query.a)',
    ],
    [
      'a resolver of an unknown field',
      { schema: queryText, units: { 'Query.b': answering('1') } },
      'no field named b found on type Query',
    ],
    [
      'an unknown data source',
      { schema: queryText, units: { 'Query.a': answering('1') }, sources: { 'Query.a': 'other' } },
      'no data source other',
    ],
    [
      'more than ten functions',
      { schema: queryText, pipelines: { 'Query.a': Array.from({ length: 12 }, () => answering('1')) } },
      'a pipeline has at most 10 functions',
    ],
  ])('%s', (_, small, message) => expect(() => startApi(small)).toThrow(message));
});

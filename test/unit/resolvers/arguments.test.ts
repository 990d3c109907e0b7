import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import { scalarFormats } from 'appsync-local/parts';
import { describe, expect, it } from 'vitest';
import { admin, type Answer, resolve, sent, user } from './harness.ts';
import { resolve as list } from './listed.ts';

/**
 * Odd values of every argument of every field, however deep in an input: whatever the API's types let through is
 * answered, or refused by field and rule before anything is asked of a data source; never by an error of the code.
 */
const schema = buildSchema(
  'directive @aws_oidc on OBJECT | FIELD_DEFINITION\ndirective @aws_iam on OBJECT | FIELD_DEFINITION\n' +
    'directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION\n' +
    'scalar AWSDate\nscalar AWSDateTime\nscalar AWSEmail\nscalar AWSJSON\n' +
    readFileSync('schema.graphql', 'utf8'),
);
const id = '3f0c7f0e-5a44-4a0e-9f0e-2b1f6d3c8a11';
const ids = [
  '',
  ' ',
  'x',
  'auth0|a',
  'x'.repeat(300),
  '\u0000',
  '\u3164',
  'a b',
  ` ${id} `,
  id.toUpperCase(),
  '\ud800',
];
const moments = [
  '2026-01-01T12:30Z',
  '2026-01-01T12:00:00+05:30:15',
  '2026-01-01T12:00:00.123456789-18:00',
  '9999-12-31T23:59:59.9999999-05:00',
  '0000-01-01T00:00:00+18:00',
];
const odd: Record<string, unknown[]> = {
  ID: ids,
  String: [...ids, 'x'.repeat(1_001), 'x'.repeat(20_000), '\u2800', '\u200b', 'a\nb', 'e\u0301'.repeat(100)],
  Int: [0, -1, 1, 101, 2_147_483_647, -2_147_483_648],
  AWSDate: ['1899-12-31', '2999-01-01', '1990-05-17Z', '0000-01-01'].filter(
    (text) => scalarFormats.date(text) === null,
  ),
  AWSDateTime: moments,
  AWSEmail: ['a@b', `${'x'.repeat(64)}@b.example`, 'a@b.1'].filter((text) => scalarFormats.email(text) === null),
  // As the API hands it on: parsed.
  AWSJSON: [null, [], 1, 'x', {}, { nope: 1 }, { firstName: null }, JSON.parse('{"__proto__":{}}')],
};
const sample: Record<string, unknown> = {
  ID: id,
  String: 'text',
  Int: 1,
  AWSDate: '1990-01-01',
  AWSDateTime: '2026-01-01T00:00:00Z',
  AWSEmail: 'a@b.example',
  AWSJSON: {},
};

const good = (type: GraphQLInputType): unknown => {
  if (isNonNullType(type)) return good(type.ofType);
  if (isListType(type)) return [good(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter(isRequiredInputField)
        .map((field) => [field.name, good(field.type)]),
    );
  return sample[type.name];
};

/** What a type takes, odd in one place: with the name of that place. */
const variants = (type: GraphQLInputType, place: string): [string, unknown][] => {
  if (isNonNullType(type)) return variants(type.ofType, place).filter(([, value]) => value !== null);
  const none: [string, unknown] = [place, null];
  if (isListType(type)) {
    const many = Array.from({ length: 101 }, () => good(type.ofType));
    const each = variants(type.ofType, place).map(([at, value]): [string, unknown] => [at, [value]]);
    return [none, [place, []], [place, many], ...each];
  }
  if (isEnumType(type)) return [none, ...type.getValues().map(({ name }): [string, unknown] => [place, name])];
  if (isInputObjectType(type)) {
    const whole = good(type) as Record<string, unknown>;
    return [
      none,
      ...Object.values(type.getFields()).flatMap((field) =>
        variants(field.type, place === 'input' ? field.name : `${place}.${field.name}`).map(
          ([at, value]): [string, unknown] => [at, { ...whole, [field.name]: value }],
        ),
      ),
    ];
  }
  return [none, ...odd[type.name]!.map((value): [string, unknown] => [place, value])];
};

const fields = [schema.getQueryType()!, schema.getMutationType()!, schema.getSubscriptionType()!].flatMap((type) =>
  Object.values(type.getFields())
    .filter(({ name, args }) => args.length > 0 && !name.startsWith('publish'))
    .map(({ name, args }) => ({ type: type.name, name, args })),
);
const ofUsers = ['signUp', 'updateProfile', 'eraseMe', 'myData', 'me'];

/** Whatever is asked: nothing is there, and what is sent is taken. */
const nothing = (name: string, request: any): Answer => {
  if (name === 'Sqs') return { result: { statusCode: 200, headers: {}, body: '{"MessageId":"m"}' } };
  if (request.operation === 'Invoke') return { result: { result: null } };
  if (request.operation === 'Query') return { result: { items: [], nextToken: null } };
  return { result: request.operation === 'BatchGetItem' ? { data: {} } : null };
};

describe('an odd value of any argument', () => {
  it.each(fields)('of $name', ({ type, name, args }) => {
    const whole = Object.fromEntries(
      args.filter(({ type: of }) => isNonNullType(of)).map((arg) => [arg.name, good(arg.type)]),
    );
    for (const arg of args) {
      for (const [place, value] of variants(arg.type, arg.name)) {
        const { error, requests } = list(type, name, {
          args: { ...whole, [arg.name]: value },
          from: ofUsers.includes(name) ? user : admin,
          dataSources: nothing,
        });
        if (error === undefined || error.type === 'NOT_FOUND') continue;
        const said = { name, place, value: JSON.stringify(value)?.slice(0, 200), error };
        expect(said).toMatchObject({
          error: { type: 'INVALID', info: { field: expect.any(String), rule: expect.any(String) } },
        });
        expect(error.message).toBe(`${(error.info as any).field}: ${(error.info as any).rule}`);
        if (arg.name !== 'nextToken') expect([said, requests]).toEqual([said, []]);
      }
    }
  });

  it('that is a moment is taken in every form of the scalar, and refused where its year has not four digits in UTC', () => {
    let seen = 0;
    for (const { type, name, args } of fields) {
      const whole = Object.fromEntries(
        args.filter(({ type: of }) => isNonNullType(of)).map((arg) => [arg.name, good(arg.type)]),
      );
      for (const arg of args) {
        const of = getNamedType(arg.type);
        const inFilter = isInputObjectType(of) && arg.name === 'filter';
        if (of.name !== 'AWSDateTime' && !inFilter) continue;
        const places = inFilter
          ? Object.values(of.getFields()).filter((field) => getNamedType(field.type).name === 'AWSDateTime')
          : [arg];
        for (const place of places) {
          for (const [n, moment] of moments.entries()) {
            const value = inFilter ? { [place.name]: moment } : moment;
            // Of two moments the other is later, or earlier, than all of these.
            const rest = name === 'changesBetween' ? { from: moments[1], to: moments[1] } : {};
            const { error } = list(type, name, {
              args: { ...whole, ...rest, [arg.name]: value },
              dataSources: nothing,
            });
            expect([name, place.name, moment, error?.type === 'INVALID']).toEqual([name, place.name, moment, n >= 3]);
            seen += 1;
          }
        }
      }
    }
    expect(seen).toBeGreaterThan(100);
  });
});

describe('an id that the system made, in capitals', () => {
  const capitals = id.toUpperCase();
  const keys = (field: string, args: Record<string, unknown>, type = 'Query') =>
    JSON.stringify(list(type, field, { args, dataSources: nothing }).requests);

  it.each([
    ['role', { id: capitals }],
    ['groupAt', { id: capitals, timestamp: moments[0] }],
    ['events', { aggregate: 'AUTHORIZATION', aggregateId: capitals }],
    ['usersByRole', { roleId: capitals }],
    ['usersWithAuthorization', { authorizationId: capitals }],
    ['users', { filter: { groupId: capitals } }],
  ])('is looked up as it was made: %s', (field, args) => {
    const asked = keys(field, args);
    expect(asked).toContain(id);
    expect(asked).not.toContain(capitals);
  });

  it.each([
    ['updateRole', { id: capitals, authorizationIds: [capitals] }],
    ['updateUser', { id: 'ALICE', roleId: capitals, groupId: ` ${capitals} ` }],
    ['grantAuthorization', { roleId: capitals, authorizationId: capitals }],
  ])('is sent as it was made: %s', (operation, input) => {
    const { message } = sent(resolve('Mutation', operation, { args: { input }, dataSources: nothing }));
    expect(JSON.stringify(message)).not.toContain(capitals);
    expect(JSON.stringify(message)).toContain(id);
    // A user's id is its provider's, to the letter.
    if (operation === 'updateUser') expect(message.aggregateId).toBe('ALICE');
  });

  it('counts once beside itself in a list', () => {
    const input = { name: 'n', description: 'd', authorizationIds: [id, capitals] };
    expect(resolve('Mutation', 'createRole', { args: { input }, dataSources: nothing }).error).toMatchObject({
      type: 'INVALID',
      info: { field: 'authorizationIds' },
    });
  });
});

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buildClientSchema, buildSchema, getIntrospectionQuery, type GraphQLSchema, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Template } from 'appsync-local/parts';
import { access, type Rule } from '../../resolvers/manifest/access.ts';
import { eventually, tokenOf } from '../support/clients/client.ts';
import { Live } from './live.ts';
import { type FieldOperation, operationsOf, reachable, walker } from './operations.ts';
import { type OwnStack, startOwnStack } from './ownStack.ts';
import { type Credentials, expectDenied, expectShutOut, type Reply, send, sign } from './requests.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const addition = 'somebody(id: ID!): Group';
const schemaOf = (sdl: string): GraphQLSchema => buildSchema(`${sdl}\n${read('infra/api/graphql/appsync.graphql')}`);
const sdl = read('schema.graphql');
const schema = schemaOf(sdl);
const extended = schemaOf(sdl.replace('type Query @aws_oidc {', `type Query @aws_oidc { ${addition}`));
const fields = operationsOf(extended);

/** The root fields without a rule. */
const unruled = (walked: GraphQLSchema): string[] =>
  operationsOf(walked)
    .map(({ path }) => path)
    .filter((path) => !Object.hasOwn(access, path));

/** Someone forgets the rule of a new field, which has another one's resolver. */
const withForgottenField = (template: Template): Template => {
  const resources = Object.entries(template.Resources);
  const definition = resources.find(([, { Type }]) => Type === 'AWS::AppSync::GraphQLSchema')![1].Properties!;
  definition['Definition'] = String(definition['Definition']).replace(
    /type Query ?@aws_oidc ?\{/,
    (begin) => `${begin} ${addition} `,
  );
  const [, like] = resources.find(
    ([, { Type, Properties }]) => Type === 'AWS::AppSync::Resolver' && Properties?.['FieldName'] === 'group',
  )!;
  template.Resources['forgottenResolver'] = { ...like, Properties: { ...like.Properties, FieldName: 'somebody' } };
  return template;
};

/** The roles that may publish: what each function has to say, and nothing else. */
const publishers: Record<string, string[]> = {
  'Mutation.publishProjectionUpdate': ['execute'],
  'Mutation.publishCommandOutcome': ['command', 'execute'],
  'Mutation.publishRecoveryProgress': ['recovery'],
};
const functions = ['command', 'mediator', 'execute', 'recovery', 'history', 'pipeline'];
const callers = ['nobody', 'user', 'admin', ...functions] as const;

const tokensAllowed: Record<Rule, string[]> = { admin: ['admin'], user: ['user'], both: ['admin', 'user'], system: [] };
const allowed = (path: string, caller: string): boolean =>
  (publishers[path] ?? []).includes(caller) || tokensAllowed[access[path] ?? 'admin'].includes(caller);
/** Roles that may do nothing at the API are refused as such. */
const shutOut: Record<string, string> = {
  nobody: 'Valid authorization header not provided.',
  mediator: 'Permission denied',
  history: 'Permission denied',
  pipeline: 'Permission denied',
};

let stack: OwnStack;
let tokens: Record<string, string>;

beforeAll(async () => {
  stack = await startOwnStack({}, { transformTemplate: withForgottenField });
  tokens = {
    admin: await tokenOf(stack.stateDir, 'admin', 'auth0|admin'),
    user: await tokenOf(stack.stateDir, 'user', `auth0|${walker}`),
  };
});
afterAll(() => stack.stop());

const ask = (caller: string, query: string): Promise<Reply> => {
  const { GraphQLUrl } = stack.outputs;
  const body = JSON.stringify({ query });
  if (!functions.includes(caller))
    return send(GraphQLUrl, { body, headers: tokens[caller] ? { authorization: tokens[caller] } : {} });
  const { roleArn } = stack.model.functions.find(({ name }) => name.endsWith(`-${caller}`))!;
  return send(GraphQLUrl, { body, headers: sign(GraphQLUrl, body, stack.iam.credentialsFor(roleArn) as Credentials) });
};

const requests = fields.filter(({ typeName }) => typeName !== 'Subscription');
const subscriptions = fields.filter(({ typeName }) => typeName === 'Subscription');

describe('the rules', () => {
  it('cover every root field, and this walk sees one that they do not cover', () => {
    expect(unruled(schema)).toEqual([]);
    expect(unruled(extended)).toEqual(['Query.somebody']);
    expect(Object.keys(access).filter((path) => !operationsOf(schema).some((field) => field.path === path))).toEqual(
      [],
    );
  });

  it('are those of the API as it runs', async () => {
    const { body } = await ask('admin', getIntrospectionQuery());
    const running = operationsOf(buildClientSchema(body.data)).map(({ path }) => path);
    expect(running.sort()).toEqual(fields.map(({ path }) => path).sort());
  });

  it('name publishers for the system’s fields, and for no others', () => {
    expect(Object.keys(publishers).sort()).toEqual(
      Object.keys(access)
        .filter((path) => access[path] === 'system')
        .sort(),
    );
  });
});

describe('is denied, with nothing read or sent for it:', () => {
  it.each(requests)('$path', async ({ path, query }: FieldOperation) => {
    for (const caller of callers.filter((each) => !allowed(path, each))) {
      const calls = await stack.callsDuring(async () => {
        const reply = await ask(caller, query);
        const message = shutOut[caller];
        if (message) expectShutOut(reply, message);
        else expectDenied(reply, path);
      });
      expect({ path, caller, calls }).toEqual({ path, caller, calls: [] });
    }
  });

  it.each(subscriptions)('$path', async ({ path, query, fieldName }: FieldOperation) => {
    const live = await Live.open(stack.outputs, { Authorization: tokens['admin']! });
    for (const caller of ['user', 'admin'].filter((each) => !allowed(path, each))) {
      expect(await live.start(caller, query, { Authorization: tokens[caller]! })).toMatchObject({
        type: 'error',
        id: caller,
        payload: {
          errors: [
            { errorType: 'Unauthorized', message: `Not Authorized to access ${fieldName} on type Subscription` },
          ],
        },
      });
    }
    expect(await live.start('nobody', query, {})).toMatchObject({
      type: 'error',
      payload: { errors: [{ errorType: 'UnauthorizedException', message: shutOut['nobody'] }] },
    });
    for (const caller of functions) {
      const { roleArn } = stack.model.functions.find(({ name }) => name.endsWith(`-${caller}`))!;
      const signed = sign(
        stack.outputs.GraphQLUrl,
        JSON.stringify({ query, variables: {} }),
        stack.iam.credentialsFor(roleArn) as Credentials,
      );
      const message = shutOut[caller] ?? `Not Authorized to access ${fieldName} on type Subscription`;
      expect(await live.start(caller, query, signed)).toMatchObject({
        type: 'error',
        id: caller,
        payload: { errors: [{ message }] },
      });
    }
    live.close();
  });
});

describe('is open to whom its rule names:', () => {
  it.each(requests.filter(({ path }) => path !== 'Query.somebody'))(
    '$path',
    async ({ path, query }: FieldOperation) => {
      for (const caller of callers.filter((each) => allowed(path, each))) {
        const { status, body } = await ask(caller, query);
        expect(status).toBe(200);
        expect(body.errors?.map(({ errorType }: { errorType: string }) => errorType) ?? []).not.toContain(
          'Unauthorized',
        );
      }
    },
  );

  it.each(subscriptions)('$path', async ({ path, query }: FieldOperation) => {
    const live = await Live.open(stack.outputs, { Authorization: tokens['admin']! });
    for (const caller of ['user', 'admin'].filter((each) => allowed(path, each))) {
      expect(await live.start(caller, query, { Authorization: tokens[caller]! })).toEqual({
        type: 'start_ack',
        id: caller,
      });
    }
    live.close();
  });

  it('no rule: the admin application alone', async () => {
    expect((await ask('admin', '{ somebody(id: "x") { id } }')).body.errors?.[0]?.errorType).not.toBe('Unauthorized');
    expectDenied(await ask('user', '{ somebody(id: "x") { id } }'), 'Query.somebody');
  });
});

describe('what is there costs as much as what is not', () => {
  const query = (commandId: string) => `{ command(commandId: "${commandId}") { status } }`;

  it('when a user asks for another’s command', async () => {
    const commandId = randomUUID();
    await ask(
      'user',
      `mutation { signUp(input: { firstName: "A", lastName: "B", birthDate: "1990-01-01", email: "${walker}@example.com" }, commandId: "${commandId}") { commandId } }`,
    );
    await eventually('the outcome', async () => (await ask('user', query(commandId))).body.data.command);
    await stack.settled();
    const callsFor = async (authorization: string, id: string) =>
      (
        await stack.callsDuring(() =>
          send(stack.outputs.GraphQLUrl, { headers: { authorization }, body: JSON.stringify({ query: query(id) }) }),
        )
      ).map(({ caller, operation }) => `${caller} ${operation}`);
    const another = await tokenOf(stack.stateDir, 'user', 'auth0|another');
    const forIts = await callsFor(another, commandId);
    expect(forIts).toHaveLength(2);
    expect(forIts).toEqual(await callsFor(another, randomUUID()));
  });
});

describe('the fields of types', () => {
  const directivesOf = (node: { directives?: readonly { name: { value: string } }[] } | null | undefined) =>
    (node?.directives ?? [])
      .map(({ name }) => name.value)
      .filter((name) => name === 'aws_oidc' || name === 'aws_iam')
      .sort();
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));
  const roots = ['Query', 'Mutation', 'Subscription'];
  const leadingTo = (rule: (path: string) => boolean): Set<string> =>
    new Set(
      [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
        Object.values(type!.getFields())
          .filter(({ name }) => rule(`${type!.name}.${name}`))
          .flatMap((field) => reachable(field.type)),
      ),
    );
  const published = leadingTo((path) => access[path] === 'system');

  it.each(types.map(({ name }) => name))(
    '%s says who may read them, and opens what is published to the publishers and nothing else',
    (name) => {
      const type = schema.getType(name);
      if (!isObjectType(type)) throw new Error(name);
      const expected = published.has(name) ? ['aws_iam', 'aws_oidc'] : ['aws_oidc'];
      expect(directivesOf(type.astNode)).toEqual(expected);
      for (const field of Object.values(type.getFields())) {
        const own = directivesOf(field.astNode);
        const rule = access[`${name}.${field.name}`];
        expect({ field: field.name, modes: own.length > 0 ? own : expected }).toEqual({
          field: field.name,
          modes: roots.includes(name) && rule === 'system' ? ['aws_iam'] : expected,
        });
      }
    },
  );

  it('that a user can reach hold the user’s own role, group and authorizations, and lead to no other user', () => {
    const open = leadingTo((path) => ['user', 'both'].includes(access[path]!));
    expect([...open].sort()).toEqual([
      'Authorization',
      'CommandOutcome',
      'CommandReceipt',
      'Decision',
      'Group',
      'ProjectionUpdate',
      'Role',
      'User',
    ]);
    for (const name of ['Role', 'Group', 'Authorization']) {
      const type = schema.getType(name);
      if (!isObjectType(type)) throw new Error(name);
      expect(
        Object.values(type.getFields())
          .flatMap((field) => reachable(field.type))
          .filter((below) => below === 'User'),
      ).toEqual([]);
    }
  });
});

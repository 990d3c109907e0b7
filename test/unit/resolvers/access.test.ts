import { buildSchema, type GraphQLSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { access, type Rule } from '../../../resolvers/manifest/access.ts';
import { resolvers } from '../../../resolvers/manifest.ts';
import { admin, nobody, resolve, type Sender, system, user, whole, withToken } from './harness.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const schema: GraphQLSchema = buildSchema(`${read('schema.graphql')}\n${read('infra/api/graphql/appsync.graphql')}`);
const fields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
  Object.values(type?.getFields() ?? {}).map(({ name }) => ({
    typeName: type?.name ?? '',
    fieldName: name,
    path: `${type?.name}.${name}`,
  })),
);

/** Whom a rule lets in. */
const allowed: Record<Rule, Sender[]> = { admin: [admin], user: [user], both: [admin, user], system: [system] };
const stranger = withToken('https://other.example/', 'auth0|root', { azp: 'admin-client' });

const id = '7f6c0f8e-5a0c-4b6e-9d1f-0a4b8f1f2c3d';
/** Enough for any field; each takes what it knows. */
const anyArguments = {
  id: 'alice',
  userId: 'alice',
  authorizationId: id,
  authorizations: ['edit'],
  email: 'alice@example.com',
  roleId: id,
  groupId: id,
  commandId: id,
  recoveryId: id,
  timestamp: '2026-01-01T00:00:00Z',
  aggregate: 'USER',
  aggregateId: 'alice',
  update: {},
  outcome: {},
  recovery: {},
  input: {
    id: 'alice',
    firstName: 'A',
    lastName: 'B',
    birthDate: '2000-01-01',
    email: 'alice@example.com',
    roleId: id,
    groupId: id,
    name: 'n',
    description: 'd',
    authorizationIds: [],
    aggregate: 'USER',
    aggregateId: 'alice',
    version: 1,
    payload: {},
    authorizationId: id,
    reason: 'r',
  },
};
const anyResult = {
  ...whole('user', whole('role', {})),
  statusCode: 200,
  body: '{"MessageId":"m"}',
  items: [],
  data: {},
  nextToken: null,
  result: null,
  aggregate: 'user',
};

describe('every root field of the schema', () => {
  it('has a resolver and a rule, and there are no others', () => {
    const paths = fields.map(({ path }) => path).sort();
    expect(resolvers.map(({ typeName, fieldName }) => `${typeName}.${fieldName}`).sort()).toEqual(paths);
    expect(Object.keys(access).sort()).toEqual(paths);
  });

  it.each(fields)('$path lets in whom its rule names, and nobody else', ({ typeName, fieldName, path }) => {
    const rule = access[path];
    for (const from of [nobody, stranger, user, admin, system]) {
      const outcome = resolve(typeName, fieldName, {
        from,
        args: anyArguments,
        dataSources: () => ({ result: anyResult }),
      });
      const refused = outcome.kind === 'unauthorized';
      expect({ path, from: from.identity, refused }).toEqual({
        path,
        from: from.identity,
        refused: !allowed[rule!].includes(from),
      });
      if (refused) expect(outcome.requests).toEqual([]);
      else expect(outcome).toMatchObject({ kind: 'value' });
    }
  });
});

describe('the rules', () => {
  it('open to the user application no more than its own', () => {
    const open = Object.entries(access)
      .filter(([, rule]) => rule === 'user' || rule === 'both')
      .map(([path]) => path);
    expect(open.sort()).toEqual([
      'Mutation.eraseMe',
      'Mutation.signUp',
      'Mutation.updateProfile',
      'Query.can',
      'Query.command',
      'Query.me',
      'Query.myData',
      'Subscription.onCommandCompleted',
      'Subscription.onProjectionUpdated',
    ]);
  });

  it('leave publishing to the system', () => {
    const closed = Object.entries(access)
      .filter(([, rule]) => rule === 'system')
      .map(([path]) => path);
    expect(closed).toEqual(fields.filter(({ fieldName }) => fieldName.startsWith('publish')).map(({ path }) => path));
  });
});

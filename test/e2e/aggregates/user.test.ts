import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { admin, type Client, unique } from '../../support/clients/client.ts';
import { organisation, person } from '../organisation.ts';

let client: Client;
let ids: Awaited<ReturnType<typeof organisation>>;
const everything = `id firstName lastName birthDate email roleId groupId version createdAt updatedAt
  role { id name authorizationIds authorizations { id name } } group { id name } authorizations { id name description version }`;

beforeAll(async () => {
  client = await admin();
  ids = await organisation(client);
});

const references = () => ({ roleId: ids.roleId, groupId: ids.groupId });

it('is created, read, updated and deleted', async () => {
  const input = person(references());
  const receipt = await client.send('createUser', input);
  expect(receipt).toMatchObject({ operation: 'createUser', aggregate: 'USER', aggregateId: input.id });
  expect(await client.outcomeOf(receipt.commandId)).toMatchObject({
    status: 'APPLIED',
    operation: 'createUser',
    aggregate: 'USER',
    aggregateId: input.id,
    version: 1,
    code: null,
    message: null,
  });
  await client.shown(await client.outcomeOf(receipt.commandId));

  const { user } = await client.get(`query($id: ID!) { user(id: $id) { ${everything} } }`, { id: input.id });
  expect(user).toMatchObject({
    ...input,
    version: 1,
    role: { id: ids.roleId, authorizationIds: [ids.authorizationId] },
    group: { id: ids.groupId },
    authorizations: [{ id: ids.authorizationId, version: 1 }],
  });
  expect(user.createdAt).toBe(user.updatedAt);

  await client.apply('updateUser', { id: input.id, lastName: 'Leigh', roleId: null });
  const updated = (await client.get(`query($id: ID!) { user(id: $id) { ${everything} } }`, { id: input.id })).user;
  expect(updated).toMatchObject({
    firstName: 'Ann',
    lastName: 'Leigh',
    roleId: null,
    role: null,
    authorizations: [],
    version: 2,
    createdAt: user.createdAt,
  });

  await client.apply('deleteUser', { id: input.id, expectedVersion: 2 });
  expect((await client.get('query($id: ID!) { user(id: $id) { id } }', { id: input.id })).user).toBeNull();
});

it('keeps e-mails unique, without case, between two at the same moment', async () => {
  const email = `${unique('Twin')}@Example.com`;
  const outcomes = await Promise.all([
    client.run('createUser', person({ ...references(), email })),
    client.run('createUser', person({ ...references(), email: email.toUpperCase() })),
  ]);
  expect(outcomes.map(({ status, code }) => code ?? status).sort()).toEqual(['APPLIED', 'EMAIL_TAKEN']);

  const winner = outcomes.find(({ status }) => status === 'APPLIED')!;
  await client.shown(winner);
  const found = await client.get('query($email: AWSEmail!) { userByEmail(email: $email) { id email } }', {
    email: email.toLowerCase(),
  });
  expect(found.userByEmail.id).toBe(winner.aggregateId);

  await client.apply('deleteUser', { id: winner.aggregateId });
  expect(await client.run('createUser', person({ ...references(), email }))).toMatchObject({ status: 'APPLIED' });
});

it('has its effect once, however often the command is sent', async () => {
  const input = person(references());
  const commandId = randomUUID();
  const outcomes = await Promise.all([1, 2, 3].map(() => client.run('createUser', input, commandId)));
  expect(outcomes.map(({ status, version }) => ({ status, version }))).toEqual(
    [1, 2, 3].map(() => ({ status: 'APPLIED', version: 1 })),
  );
  const { events } = await client.get(
    'query($id: ID!) { events(aggregate: USER, aggregateId: $id) { items { version commandId type actor } } }',
    { id: input.id },
  );
  expect(events.items).toEqual([{ version: 1, commandId, type: 'UserCreated', actor: 'admin:auth0|admin' }]);
});

it('is rejected for what cannot be', async () => {
  const input = person(references());
  await client.apply('createUser', input);
  const rejected = async (operation: string, values: Record<string, unknown>) =>
    (await client.run(operation, values)).code;
  expect(await rejected('createUser', { ...person(references()), id: input.id })).toBe('ALREADY_EXISTS');
  expect(await rejected('createUser', person({ ...references(), roleId: randomUUID() }))).toBe('ROLE_NOT_FOUND');
  expect(await rejected('createUser', person({ ...references(), groupId: randomUUID() }))).toBe('GROUP_NOT_FOUND');
  expect(await rejected('updateUser', { id: unique('nobody'), firstName: 'X' })).toBe('NOT_FOUND');
  expect(await rejected('deleteUser', { id: unique('nobody') })).toBe('NOT_FOUND');
  expect(await rejected('updateUser', { id: input.id, firstName: 'X', expectedVersion: 7 })).toBe('VERSION_CONFLICT');
  await client.apply('deleteUser', { id: input.id });
  expect(await client.run('deleteUser', { id: input.id })).toMatchObject({ status: 'APPLIED', version: 2 });
});

it('that repeats what holds already is applied at the current version, without an event', async () => {
  const input = person(references());
  await client.apply('createUser', input);
  expect(await client.run('updateUser', { id: input.id, firstName: 'Ann' })).toMatchObject({
    status: 'APPLIED',
    version: 1,
  });
  const { events } = await client.get(
    'query($id: ID!) { events(aggregate: USER, aggregateId: $id) { items { version } } }',
    { id: input.id },
  );
  expect(events.items).toHaveLength(1);
});

describe('bad input is refused at once, naming the field and the rule', () => {
  it.each([
    ['firstName', ''],
    ['firstName', '  '],
    ['lastName', 'x'.repeat(101)],
    ['birthDate', '2990-01-01'],
    ['id', 'auth0|x'],
    ['id', 'has space'],
    ['id', ''],
    ['roleId', ''],
  ])('%s: %j', async (field, value) => {
    const input = person({ ...references(), [field]: value });
    const { status, data, errors } = await client.ask(
      'mutation($input: CreateUserInput!) { createUser(input: $input) { commandId } }',
      { input },
    );
    expect(status).toBe(200);
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors![0]).toMatchObject({ path: ['createUser'], errorType: 'INVALID', errorInfo: { field } });
    expect(errors![0]!.message).toMatch(new RegExp(`^${field}: `));
    if (field !== 'id')
      expect(
        (
          await client.get('query($id: ID!) { events(aggregate: USER, aggregateId: $id) { items { version } } }', {
            id: input.id,
          })
        ).events.items,
      ).toEqual([]);
  });

  it.each([
    ['birthDate', '1990-02-30'],
    ['birthDate', 'soon'],
    ['email', 'nobody'],
    ['email', `${'x'.repeat(250)}@example.com`],
    ['firstName', 7],
    ['firstName', null],
  ])('%s: %j, by its type', async (field, value) => {
    const { data, errors } = await client.ask(
      'mutation($input: CreateUserInput!) { createUser(input: $input) { commandId } }',
      { input: person({ ...references(), [field]: value }) },
    );
    expect(data).toBeNull();
    expect(errors!.length).toBeGreaterThan(0);
  });

  it('command ids and expected versions too', async () => {
    const query =
      'mutation($id: ID!, $v: Int, $commandId: ID) { deleteUser(input: { id: $id, expectedVersion: $v }, commandId: $commandId) { commandId } }';
    expect((await client.ask(query, { id: 'x', commandId: 'not-a-uuid' })).errors![0]).toMatchObject({
      errorType: 'INVALID',
      errorInfo: { field: 'commandId' },
    });
    expect((await client.ask(query, { id: 'x', v: 0 })).errors![0]).toMatchObject({
      errorType: 'INVALID',
      errorInfo: { field: 'expectedVersion' },
    });
  });
});

describe('lists', () => {
  it('page through all users of a role and of a group', async () => {
    const own = await organisation(client);
    const created = await Promise.all(
      Array.from({ length: 7 }, () => client.apply('createUser', person({ roleId: own.roleId, groupId: own.groupId }))),
    );
    for (const [field, argument, id] of [
      ['usersByRole', 'roleId', own.roleId],
      ['usersByGroup', 'groupId', own.groupId],
    ] as const) {
      const query = `query($id: ID!, $limit: Int, $nextToken: String) { ${field}(${argument}: $id, limit: $limit, nextToken: $nextToken) { items { id role { name } group { name } authorizations { id } } nextToken } }`;
      const found: string[] = [];
      let nextToken: string | null = null;
      do {
        const page: {
          items: { id: string; role: { name: string }; authorizations: { id: string }[] }[];
          nextToken: string | null;
        } = (await client.get(query, { id, limit: 3, nextToken }))[field];
        expect(page.items.length).toBeLessThanOrEqual(3);
        for (const item of page.items) expect(item.authorizations).toEqual([{ id: own.authorizationId }]);
        found.push(...page.items.map((item) => item.id));
        nextToken = page.nextToken;
      } while (nextToken);
      expect(found.sort()).toEqual([...created].sort());
    }
  });

  it('refuse sizes and tokens that are not theirs', async () => {
    const query =
      'query($limit: Int, $nextToken: String) { users(limit: $limit, nextToken: $nextToken) { items { id } nextToken } }';
    for (const limit of [0, -1, 101])
      expect((await client.ask(query, { limit })).errors![0]).toMatchObject({
        errorType: 'INVALID',
        errorInfo: { field: 'limit' },
      });
    expect((await client.ask(query, { nextToken: 'foreign' })).errors![0]).toMatchObject({
      errorInfo: { field: 'nextToken' },
    });
    const roles = await client.get('query { roles(limit: 1) { nextToken } }');
    if (roles.roles.nextToken)
      expect((await client.ask(query, { nextToken: roles.roles.nextToken })).errors![0]).toMatchObject({
        errorInfo: { field: 'nextToken' },
      });
  });
});

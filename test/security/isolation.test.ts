import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { organisation } from '../e2e/organisation.ts';
import { admin, type Client, eventually, unique, user } from '../support/clients/client.ts';
import { Live } from './live.ts';
import { expectDenied, graphql } from './requests.ts';

/** What nobody but bob and the admins may learn. */
interface Secrets {
  id: string;
  email: string;
  commandId: string;
  lastName: string;
}

let root: Client;
let alice: Client;
let bob: Client;
let bobs: Secrets;
let own: Awaited<ReturnType<typeof organisation>>;
let foreign: Awaited<ReturnType<typeof organisation>>;

const person = (more: Record<string, unknown> = {}) => ({
  firstName: 'Bob',
  lastName: unique('Secretname'),
  birthDate: '1991-03-04',
  email: `${unique('bob')}@example.com`,
  ...more,
});
const idOf = ({ sub }: Client) => sub.replace('auth0|', '');
const raw = (client: Client, query: string, variables?: Record<string, unknown>) =>
  graphql(client.outputs.GraphQLUrl, { authorization: client.token! }, query, variables);

beforeAll(async () => {
  root = await admin();
  [alice, bob] = await Promise.all([user(`auth0|${unique('alice')}`), user(`auth0|${unique('bob')}`)]);
  [own, foreign] = await Promise.all([organisation(root), organisation(root)]);
  const profile = person();
  const receipt = await bob.send('signUp', profile);
  await Promise.all([bob.outcomeOf(receipt.commandId), alice.run('signUp', person({ firstName: 'Alice' }))]);
  for (const [client, { roleId, groupId }] of [
    [alice, own],
    [bob, foreign],
  ] as const) {
    await eventually(
      'sign-up',
      async () => (await root.get('query($id: ID!) { user(id: $id) { id } }', { id: idOf(client) })).user,
    );
    await root.apply('updateUser', { id: idOf(client), roleId, groupId });
  }
  bobs = { id: idOf(bob), email: profile.email, lastName: profile.lastName, commandId: receipt.commandId };
});

/** Nothing in a text that a user got tells of bob, or of what is his. */
const expectNoTrace = (text: string, ...asked: string[]): void => {
  for (const secret of [
    bobs.id,
    bobs.email,
    bobs.lastName,
    bobs.commandId,
    foreign.roleId,
    foreign.groupId,
    foreign.authorizationId,
  ]) {
    if (!asked.includes(secret)) expect(text).not.toContain(secret);
  }
};

describe('a user cannot read another', () => {
  // Each with something that is there, and something that is not: the answers must be the same.
  const probes: [string, string, () => [string, string]][] = [
    ['Query.user', 'query($x: ID!) { user(id: $x) { id email } }', () => [bobs.id, unique('nobody')]],
    [
      'Query.userByEmail',
      'query($x: AWSEmail!) { userByEmail(email: $x) { id } }',
      () => [bobs.email, `${unique('nobody')}@example.com`],
    ],
    [
      'Query.usersByRole',
      'query($x: ID!) { usersByRole(roleId: $x) { items { id } } }',
      () => [foreign.roleId, randomUUID()],
    ],
    [
      'Query.usersByGroup',
      'query($x: ID!) { usersByGroup(groupId: $x) { items { id } } }',
      () => [foreign.groupId, randomUUID()],
    ],
    ['Query.role', 'query($x: ID!) { role(id: $x) { name } }', () => [foreign.roleId, randomUUID()]],
    ['Query.group', 'query($x: ID!) { group(id: $x) { name } }', () => [foreign.groupId, randomUUID()]],
    [
      'Query.authorization',
      'query($x: ID!) { authorization(id: $x) { name } }',
      () => [foreign.authorizationId, randomUUID()],
    ],
    [
      'Query.events',
      'query($x: ID!) { events(aggregate: USER, aggregateId: $x) { items { payload } } }',
      () => [bobs.id, unique('nobody')],
    ],
    [
      'Query.userAt',
      'query($x: ID!) { userAt(id: $x, timestamp: "2030-01-01T00:00:00Z") { id } }',
      () => [bobs.id, unique('nobody')],
    ],
    [
      'Query.users',
      'query($x: String) { users(filter: { text: $x }) { items { id } } }',
      () => [bobs.lastName, unique('nobody')],
    ],
    [
      'Query.users',
      'query($x: ID) { users(filter: { roleId: $x, status: ACTIVE }, orderBy: { by: EMAIL }) { items { id } } }',
      () => [foreign.roleId, randomUUID()],
    ],
    [
      'Query.usersWithAuthorization',
      'query($x: ID!) { usersWithAuthorization(authorizationId: $x) { items { id } } }',
      () => [foreign.authorizationId, randomUUID()],
    ],
    [
      'Query.can',
      'query($x: ID!) { can(userId: $x, authorizations: ["a"]) { because } }',
      () => [bobs.id, unique('nobody')],
    ],
    ['Query.personalData', 'query($x: ID!) { personalData(id: $x) }', () => [bobs.id, unique('nobody')]],
    ...['usersAt', 'rolesAt', 'authorizationsAt', 'groupsAt'].map((field): [string, string, () => [string, string]] => [
      `Query.${field}`,
      `query($x: AWSDateTime!) { ${field}(timestamp: $x) { items { id } } }`,
      () => ['2030-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
    ]),
    [
      'Query.changesBetween',
      'query($x: AWSDateTime!) { changesBetween(from: "1970-01-01T00:00:00Z", to: $x) { items { after } } }',
      () => ['2030-01-01T00:00:00Z', '1971-01-01T00:00:00Z'],
    ],
    [
      'Query.whatIf',
      'query($x: ID!) { whatIf(input: { at: "2030-01-01T00:00:00Z", without: [{ aggregate: USER, aggregateId: $x, version: 1 }] }) { changes { before } } }',
      () => [bobs.id, unique('nobody')],
    ],
    ['Query.users', 'query($x: String) { users(nextToken: $x) { items { id } } }', () => ['', 'forged']],
    [
      'Query.eventsSince',
      'query($x: AWSDateTime!) { eventsSince(timestamp: $x) { items { actor } } }',
      () => ['1970-01-01T00:00:00Z', '2999-01-01T00:00:00Z'],
    ],
  ];

  it.each(probes)('%s, be there one or not', async (field, query, values) => {
    const replies = await Promise.all(values().map((x) => raw(alice, query, { x })));
    for (const reply of replies) expectDenied(reply, field);
    expect(replies[0]!.text).toBe(replies[1]!.text);
  });

  it('nor what is no id at all, which is refused in the same words', async () => {
    const replies = await Promise.all(
      [bobs.id, 'has space', '', 'x'.repeat(1_000)].map((x) =>
        raw(alice, 'query($x: ID!) { user(id: $x) { id } }', { x }),
      ),
    );
    for (const reply of replies) expect(reply.text).toBe(replies[0]!.text);
  });

  it('nor anything of another in what is held of the own user', async () => {
    await alice.run('updateProfile', { email: bobs.email });
    const { myData } = await alice.get('{ myData }');
    expect(JSON.parse(myData)).toMatchObject({ id: idOf(alice), state: { firstName: 'Alice' } });
    expectNoTrace(myData);
    expectDenied(await raw(root, '{ myData }'), 'Query.myData');
  });

  it('nor the own user by other fields than me', async () => {
    expectDenied(
      await raw(
        alice,
        'query($x: ID!) { user(id: $x) { id } events(aggregate: USER, aggregateId: $x) { items { version } } }',
        { x: idOf(alice) },
      ),
      'Query.user',
      'Query.events',
    );
  });

  it('under aliases, in fragments, behind directives or beside what is allowed', async () => {
    const documents = [
      'query($x: ID!) { me: user(id: $x) { id email } }',
      'query($x: ID!) { user: me { id } me: user(id: $x) { id } }',
      'query($x: ID!) { ...Q } fragment Q on Query { me { ...U } other: user(id: $x) { ...U } } fragment U on User { id email lastName }',
      'query($x: ID!) { ... on Query { me { id } ... { a: user(id: $x) { id } b: user(id: $x) { email } } } }',
      'query($x: ID!) { me @include(if: true) { id } user(id: $x) @skip(if: false) { id } }',
      'query me($x: ID!) { __typename me { __typename id } user(id: $x) { __typename } }',
      'query A($x: ID!) { me { id } userAt(id: $x, timestamp: "2030-01-01T00:00:00Z") { id } users { items { id } nextToken } }',
    ];
    for (const query of documents) {
      const reply = await raw(alice, query, { x: bobs.id });
      expect(reply.status).toBe(200);
      expect(reply.body.errors.every(({ errorType }: { errorType: string }) => errorType === 'Unauthorized')).toBe(
        true,
      );
      expectNoTrace(reply.text);
    }
  });

  it('by arguments that me does not have', async () => {
    for (const query of [
      '{ me(id: "x") { id } }',
      '{ me { id(of: "x") } }',
      '{ me { users { id } } }',
      '{ me { role { users { id } } } }',
      '{ me { group { users { id } } } }',
    ]) {
      const { status, body, text } = await raw(alice, query);
      expect([status, body.data]).toEqual([200, null]);
      expectNoTrace(text);
    }
  });

  it('by several requests in one, or a request beside the one named', async () => {
    const batch = JSON.stringify([{ query: '{ me { id } }' }, { query: '{ users { items { id email } } }' }]);
    const { GraphQLUrl } = alice.outputs;
    const response = await fetch(GraphQLUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: alice.token! },
      body: batch,
    });
    expect(response.status).toBe(400);
    const named = await fetch(GraphQLUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: alice.token! },
      body: JSON.stringify({
        query: 'query mine { me { id } } query theirs { users { items { id } } }',
        operationName: 'theirs',
      }),
    });
    expect(await named.json()).toMatchObject({ data: null, errors: [{ errorType: 'Unauthorized', path: ['users'] }] });
  });

  it('by introspection, which tells of types alone', async () => {
    const { text, body } = await raw(
      alice,
      '{ __schema { types { name description fields { name description args { name defaultValue } } enumValues { name } } } __type(name: "User") { fields { name } } }',
    );
    expect(body.errors).toBeUndefined();
    expectNoTrace(text);
  });

  it('as an own user, whose own things are all there', async () => {
    const { me } = await alice.get('{ me { id role { id } group { id } authorizations { id } } }');
    expect(me).toEqual({
      id: idOf(alice),
      role: { id: own.roleId },
      group: { id: own.groupId },
      authorizations: [{ id: own.authorizationId }],
    });
  });
});

describe('a user cannot change another', () => {
  const eventsOfBob = async () =>
    (
      await root.get('query($x: ID!) { events(aggregate: USER, aggregateId: $x) { items { version eventId } } }', {
        x: bobs.id,
      })
    ).events.items;

  it.each<[string, string, () => unknown]>([
    ['updateUser', 'UpdateUserInput', () => ({ id: bobs.id, firstName: 'Mallory' })],
    ['deleteUser', 'DeleteUserInput', () => ({ id: bobs.id })],
    [
      'createUser',
      'CreateUserInput',
      () => ({ ...person(), id: unique('made'), roleId: own.roleId, groupId: own.groupId }),
    ],
    ['updateRole', 'UpdateRoleInput', () => ({ id: own.roleId, authorizationIds: [foreign.authorizationId] })],
    ['deleteGroup', 'DeleteGroupInput', () => ({ id: foreign.groupId })],
    [
      'correctEvent',
      'CorrectEventInput',
      () => ({ aggregate: 'USER', aggregateId: bobs.id, version: 1, payload: '{"firstName":"Mallory"}' }),
    ],
  ])('with %s', async (operation, type, input) => {
    const before = await eventsOfBob();
    const commandId = randomUUID();
    expectDenied(
      await raw(
        alice,
        `mutation($input: ${type}!, $commandId: ID) { ${operation}(input: $input, commandId: $commandId) { commandId aggregateId } }`,
        { input: input(), commandId },
      ),
      `Mutation.${operation}`,
    );
    expect(
      (await alice.get('query($c: ID!) { command(commandId: $c) { status } }', { c: commandId })).command,
    ).toBeNull();
    expect(await eventsOfBob()).toEqual(before);
  });

  it('with recovery or notifications', async () => {
    expectDenied(
      await raw(alice, 'mutation { recoverFrom(timestamp: "1970-01-01T00:00:00Z") { recoveryId } }'),
      'Mutation.recoverFrom',
    );
    const update = JSON.stringify({ aggregate: 'USER', aggregateId: bobs.id, version: 99, change: 'DELETED' });
    expectDenied(
      await raw(alice, 'mutation($update: AWSJSON!) { publishProjectionUpdate(update: $update) { version } }', {
        update,
      }),
      'Mutation.publishProjectionUpdate',
    );
  });

  it('or the own role and group, which the inputs of the user application do not have', async () => {
    const before = (await alice.get('{ me { version roleId groupId } }')).me;
    const more = [
      { id: bobs.id },
      { roleId: foreign.roleId },
      { groupId: foreign.groupId },
      { expectedVersion: 1 },
      { actor: 'admin:auth0|admin' },
      { aggregateId: bobs.id },
    ];
    for (const each of more) {
      for (const [operation, type] of [
        ['updateProfile', 'UpdateProfileInput'],
        ['signUp', 'SignUpInput'],
      ]) {
        const byVariable = await raw(
          alice,
          `mutation($input: ${type}!) { ${operation}(input: $input) { commandId } }`,
          { input: { ...person(), ...each } },
        );
        const [[name, value]] = Object.entries(each) as [[string, unknown]];
        const byLiteral = await raw(
          alice,
          `mutation { ${operation}(input: { firstName: "A", lastName: "B", birthDate: "1990-01-01", email: "a@example.com", ${name}: ${JSON.stringify(value)} }) { commandId } }`,
        );
        for (const { status, body } of [byVariable, byLiteral])
          expect([status, body.data, body.errors.length > 0]).toEqual([200, null, true]);
      }
    }
    expect((await alice.get('{ me { version roleId groupId } }')).me).toEqual(before);
  });

  it('by signing up again, which neither makes a second user nor changes the first', async () => {
    const before = (await alice.get('{ me { version firstName } }')).me;
    expect(await alice.run('signUp', person())).toMatchObject({
      status: 'REJECTED',
      code: 'ALREADY_EXISTS',
      aggregateId: idOf(alice),
    });
    expect((await alice.get('{ me { version firstName } }')).me).toEqual(before);
  });

  it('by an e-mail address in use, which is refused without a word of whose it is', async () => {
    for (const email of [bobs.email, bobs.email.toUpperCase()]) {
      const outcome = await alice.run('updateProfile', { email });
      expect(outcome).toMatchObject({ status: 'REJECTED', code: 'EMAIL_TAKEN', aggregateId: idOf(alice) });
      expectNoTrace(JSON.stringify(outcome).replaceAll(email, ''));
    }
  });
});

describe('a command of another', () => {
  const command =
    'query($c: ID!) { command(commandId: $c) { commandId status operation aggregate aggregateId version code message actor } }';

  it('is as unknown as one that never was', async () => {
    expect((await bob.get(command, { c: bobs.commandId })).command).toMatchObject({
      status: 'APPLIED',
      actor: `user:${bob.sub}`,
    });
    const [his, none, admins] = await Promise.all(
      [bobs.commandId, randomUUID(), foreign.roleId].map((c) => raw(alice, command, { c })),
    );
    expect(his!.body).toEqual({ data: { command: null } });
    expect(none!.text).toBe(his!.text);
    expect(admins!.text).toBe(his!.text);
    expect((await root.get(command, { c: bobs.commandId })).command).toBeNull();
    const named = 'query($c: ID!, $actor: String) { command(commandId: $c, actor: $actor) { commandId status actor } }';
    const asked = { c: bobs.commandId, actor: `user:${bob.sub}` };
    expect((await raw(alice, named, asked)).body).toMatchObject({
      data: { command: null },
      errors: [{ errorType: 'Unauthorized' }],
    });
    expect((await root.get(named, asked)).command).toMatchObject({ status: 'APPLIED', actor: asked.actor });
  });

  it('keeps its id to itself: the same id of another caller is another command', async () => {
    const outcome = await alice.run('updateProfile', { firstName: 'Alicia' }, bobs.commandId);
    expect(outcome).toMatchObject({ status: 'APPLIED', aggregateId: idOf(alice), actor: `user:${alice.sub}` });
    expect(await bob.outcomeOf(bobs.commandId)).toMatchObject({
      operation: 'signUp',
      aggregateId: bobs.id,
      actor: `user:${bob.sub}`,
    });
    expect((await bob.get('{ me { firstName } }')).me).toEqual({ firstName: 'Bob' });
  });

  it('cannot be asked for by what is no id', async () => {
    for (const c of [`x#${bobs.commandId}`, `user:${bob.sub}#${bobs.commandId}`, '', '*', `${bobs.commandId}\n`]) {
      const { body } = await raw(alice, command, { c });
      expect(body.errors[0]).toMatchObject({ errorType: 'INVALID', errorInfo: { field: 'commandId' } });
    }
  });
});

describe('a user cannot listen to another', () => {
  const open = (client: Client) => Live.open(client.outputs, { Authorization: client.token! });

  it('by any argument, be there anything to hear of or not', async () => {
    const live = await open(alice);
    const attempts = [
      ['aggregate: USER, aggregateId: $x', bobs.id, unique('nobody')],
      ['aggregateId: $x', bobs.id, unique('nobody')],
      ['aggregate: ROLE, aggregateId: $x', own.roleId, randomUUID()],
      ['aggregate: GROUP, aggregateId: $x', foreign.groupId, randomUUID()],
    ] as const;
    for (const [index, [given, there, not]] of attempts.entries()) {
      const frames = [];
      for (const x of [there, not])
        frames.push({
          ...(await live.start(
            `${index}-${x}`,
            `subscription($x: ID) { onProjectionUpdated(${given}) { aggregateId } }`,
            { Authorization: alice.token! },
            { x },
          )),
          id: '',
        });
      expect(frames[0]).toMatchObject({
        type: 'error',
        payload: {
          errors: [
            { errorType: 'Unauthorized', message: 'Not Authorized to access onProjectionUpdated on type Subscription' },
          ],
        },
      });
      expect(frames[1]).toEqual(frames[0]);
    }
    for (const kind of ['ROLE', 'GROUP', 'AUTHORIZATION']) {
      expect(
        await live.start(kind, `subscription { onProjectionUpdated(aggregate: ${kind}) { aggregateId } }`, {
          Authorization: alice.token!,
        }),
      ).toMatchObject({ type: 'error' });
    }
    const documents = [
      'subscription { ...F } fragment F on Subscription { onProjectionUpdated(aggregate: ROLE) { aggregateId } }',
      'subscription { onProjectionUpdated { aggregateId } other: onProjectionUpdated(aggregate: ROLE) { aggregateId } }',
      'subscription($x: ID = "x") { onProjectionUpdated(aggregateId: $x) @include(if: true) { aggregateId } }',
      '{ users { items { id } } }',
      'mutation { recoverFrom(timestamp: "1970-01-01T00:00:00Z") { recoveryId } }',
    ];
    for (const [index, query] of documents.entries())
      expect(await live.start(`document-${index}`, query, { Authorization: alice.token! })).toMatchObject({
        type: 'error',
      });
    expect(
      await live.start('recovery', `subscription { onRecoveryProgress(recoveryId: "${randomUUID()}") { status } }`, {
        Authorization: alice.token!,
      }),
    ).toMatchObject({ type: 'error', payload: { errors: [{ errorType: 'Unauthorized' }] } });
    live.close();
  });

  it('and hears of the own user alone, whatever is left out', async () => {
    const live = await open(alice);
    const credentials = { Authorization: alice.token! };
    const row =
      '{ aggregate aggregateId version user { email lastName } role { name } group { name } authorization { name } }';
    const [his, hers] = [randomUUID(), randomUUID()];
    const subscriptions: [string, string, Record<string, unknown>][] = [
      ['all', `subscription { onProjectionUpdated ${row} }`, {}],
      ['nulls', `subscription { onProjectionUpdated(aggregate: null, aggregateId: null) ${row} }`, {}],
      [
        'variables',
        `subscription($a: AggregateType, $x: ID) { onProjectionUpdated(aggregate: $a, aggregateId: $x) ${row} }`,
        {},
      ],
      [
        'own',
        `subscription($x: ID) { renamed: onProjectionUpdated(aggregate: USER, aggregateId: $x) ${row} }`,
        { x: idOf(alice) },
      ],
      [
        'his',
        'subscription($c: ID!) { onCommandCompleted(commandId: $c) { commandId actor status aggregateId } }',
        { c: his },
      ],
      [
        'hers',
        'subscription($c: ID!) { onCommandCompleted(commandId: $c) { commandId actor status aggregateId } }',
        { c: hers },
      ],
    ];
    for (const [id, query, variables] of subscriptions)
      expect(await live.start(id, query, credentials, variables)).toEqual({ type: 'start_ack', id });
    const hearsBob = await open(bob);
    expect(
      await hearsBob.start('bob', `subscription { onProjectionUpdated ${row} }`, { Authorization: bob.token! }),
    ).toMatchObject({ type: 'start_ack' });

    await bob.run('updateProfile', { firstName: 'Robert' }, his);
    await root.apply('updateGroup', { id: own.groupId, description: 'Changed' });
    await eventually('bob hears of his change', async () => (await hearsBob.heard()).length > 0);
    await alice.run('updateProfile', { firstName: 'Ally' }, hers);
    const heard = await eventually('alice hears of hers', async () => {
      const frames = await live.heard();
      return new Set(frames.map(({ id }) => id)).size >= 5 && frames;
    });
    expect([...new Set(heard.map(({ id }) => id))].sort()).toEqual(['all', 'hers', 'nulls', 'own', 'variables']);
    for (const { payload } of heard) {
      const [value] = Object.values(
        (payload as { data: Record<string, { aggregateId: string; actor?: string }> }).data,
      );
      expect(value!.aggregateId).toBe(idOf(alice));
      expect([undefined, `user:${alice.sub}`]).toContain(value!.actor);
    }
    expectNoTrace(JSON.stringify(heard));
    live.close();
    hearsBob.close();
  });
});

describe('ids of one provider are not those of another', () => {
  it('for subjects that look alike', async () => {
    const name = unique('x');
    const subjects = [
      `auth0|${name}`,
      `google-oauth2|${name}`,
      `auth0|google-oauth2|${name}`,
      `auth0|auth0|${name}`,
      `windowslive|${name}`,
      `AUTH0|${name}`,
    ];
    const clients = await Promise.all(subjects.map((sub) => user(sub)));
    const outcomes = await Promise.all(
      clients.map((client) => client.run('signUp', person({ firstName: client.sub }))),
    );
    expect(outcomes.map(({ status, code }) => code ?? status)).toEqual(subjects.map(() => 'APPLIED'));
    expect(outcomes.map(({ aggregateId }) => aggregateId)).toEqual([name, ...subjects.slice(1)]);
    for (const client of clients) {
      const me = await eventually(client.sub, async () => (await client.get('{ me { firstName } }')).me);
      expect(me).toEqual({ firstName: client.sub });
    }
  });

  it('for subjects that look like another', async () => {
    for (const sub of [
      `auth0|${idOf(bob)} `,
      `auth0| ${idOf(bob)}`,
      `auth0|${idOf(bob)}\u0000`,
      `auth0|${idOf(bob)}#x`,
      'auth0|',
    ]) {
      const client = await user(sub);
      expect((await client.ask('{ me { id } }')).data?.me ?? null).toBeNull();
    }
    // A space behind the id makes another person of it.
    const stranger = await user(`auth0|${idOf(bob)} `);
    expect(await stranger.send('signUp', person())).toMatchObject({ aggregateId: `${idOf(bob)} ` });
  });
});

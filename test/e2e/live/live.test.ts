import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandOutcome, ProjectionUpdate } from '../../../generated/schema.ts';
import { admin, type Client, unique, user } from '../../support/clients/client.ts';
import {
  onAnyProjectionUpdated,
  onCommandCompleted,
  onProjectionUpdated,
  RawSubscriber,
  shown,
  type Stream,
} from '../../support/clients/rawSubscriber.ts';
import { organisation, person } from '../organisation.ts';

let client: Client;
let socket: RawSubscriber;
let ids: Awaited<ReturnType<typeof organisation>>;

beforeAll(async () => {
  client = await admin();
  socket = await RawSubscriber.connect(client.outputs, client.token!);
  ids = await organisation(client);
});
afterAll(() => socket?.close());

const group = () => ({ name: unique('group'), description: 'Some' });

/** Sends a command with its outcome subscribed to before, as a client should. */
const sendHeard = async (operation: string, input: Record<string, unknown>, { from = client, by = socket } = {}) => {
  const commandId = randomUUID();
  const outcomes = await by.subscribe<CommandOutcome>(onCommandCompleted, { commandId }, from.token);
  await from.send(operation, input, commandId);
  return { commandId, outcomes };
};

/** Asks for what a notification speaks of the moment it arrives: the row at each notification, in order. */
const askAtOnce = (updates: Stream<ProjectionUpdate>, by: Client = client) => {
  const rows: Promise<Record<string, any> | null>[] = [];
  updates.onItem = ({ aggregate, aggregateId }) => {
    const field = aggregate.toLowerCase();
    rows.push(
      by
        .get(`query($id: ID!) { ${field}(id: $id) { ${shown[aggregate]} } }`, { id: aggregateId })
        .then((data) => data[field]),
    );
  };
  return rows;
};

describe('a change is heard once the view shows it', () => {
  const cases = [
    {
      aggregate: 'USER',
      create: () => person({ roleId: ids.roleId, groupId: ids.groupId }),
      change: () => ({ lastName: 'Leigh', groupId: null }),
    },
    {
      aggregate: 'ROLE',
      create: () => ({ name: unique('role'), description: 'Does', authorizationIds: [ids.authorizationId] }),
      change: () => ({ authorizationIds: [] }),
    },
    {
      aggregate: 'AUTHORIZATION',
      create: () => ({ name: unique('may'), description: 'May' }),
      change: () => ({ description: 'May not' }),
    },
    { aggregate: 'GROUP', create: group, change: () => ({ name: unique('renamed') }) },
  ] as const;

  it.each(cases)('$aggregate: created, updated, deleted', async ({ aggregate, create, change }) => {
    const name = aggregate.charAt(0) + aggregate.slice(1).toLowerCase();
    const field = aggregate.toLowerCase() as 'user' | 'role' | 'authorization' | 'group';
    const input: Record<string, unknown> = create();
    const commandId = randomUUID();
    const id = aggregate === 'USER' ? String(input['id']) : commandId;
    const updates = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, { aggregate, aggregateId: id });
    const rows = askAtOnce(updates);

    const step = async (
      operation: string,
      values: Record<string, unknown>,
      version: number,
      command: string = randomUUID(),
    ) => {
      const outcomes = await socket.subscribe<CommandOutcome>(onCommandCompleted, { commandId: command });
      let atOutcome: Promise<{ version: number } | null> | undefined;
      outcomes.onItem = () => {
        atOutcome ??= client
          .get(`query($id: ID!) { ${field}(id: $id) { version } }`, { id })
          .then((data) => data[field]);
      };
      await client.send(operation, values, command);
      const outcome = await outcomes.next();
      expect(outcome).toEqual({
        commandId: command,
        status: 'APPLIED',
        operation,
        aggregate,
        aggregateId: id,
        version,
        code: null,
        message: null,
        actor: 'admin:auth0|admin',
      });
      const row = await atOutcome!;
      if (operation.startsWith('delete')) expect(row).toBeNull();
      else expect(row!.version).toBeGreaterThanOrEqual(version);
      const update = await updates.next((heard) => heard.version === version);
      expect(update).toMatchObject({ aggregate, aggregateId: id, version, commandId: command });
      expect(Object.keys(update)).toEqual([
        'aggregate',
        'aggregateId',
        'version',
        'change',
        'commandId',
        'eventId',
        'timestamp',
        'user',
        'role',
        'authorization',
        'group',
      ]);
      for (const other of ['user', 'role', 'authorization', 'group'] as const)
        if (other !== field) expect(update[other]).toBeNull();
      return { update, asked: await rows[updates.heard.indexOf(update)]! };
    };

    const created = await step(`create${name}`, input, 1, commandId);
    expect(created.update.change).toBe('CREATED');
    expect(created.update[field]).toMatchObject(input);
    // Every field, the nested ones included, is what a query shows.
    expect(created.update[field]).toEqual(created.asked);
    if (aggregate === 'USER') {
      expect(created.update.user).toMatchObject({
        role: { id: ids.roleId, authorizations: [{ id: ids.authorizationId }] },
        group: { id: ids.groupId },
        authorizations: [{ id: ids.authorizationId, version: 1 }],
      });
    }
    if (aggregate === 'ROLE')
      expect(created.update.role!.authorizations).toMatchObject([{ id: ids.authorizationId, version: 1 }]);

    const updated = await step(`update${name}`, { id, ...change() }, 2);
    expect(updated.update.change).toBe('UPDATED');
    expect(updated.update[field]).toMatchObject(
      aggregate === 'USER' ? { lastName: 'Leigh', groupId: null, group: null, roleId: ids.roleId } : {},
    );
    expect(updated.update[field]).toEqual(updated.asked);
    expect(updated.update.timestamp).toBe(updated.asked!['updatedAt']);

    const deleted = await step(`delete${name}`, { id }, 3);
    expect(deleted.update.change).toBe('DELETED');
    expect(deleted.update[field]).toBeNull();
    expect(deleted.asked).toBeNull();
    expect(updates.errors).toEqual([]);
    await updates.stop();
  });

  it('also when the command only confirmed what was being done', async () => {
    // The second wish holds as soon as the first one's event is stored, which the view may not show yet.
    for (let round = 0; round < 5; round += 1) {
      const id = await client.apply('createGroup', group());
      const wish = { id, description: unique('wish') };
      const commandId = randomUUID();
      const outcomes = await socket.subscribe<CommandOutcome>(onCommandCompleted, { commandId });
      let row: Promise<{ group: { version: number } }> | undefined;
      outcomes.onItem = () => {
        row ??= client.get('query($id: ID!) { group(id: $id) { version } }', { id });
      };
      await Promise.all([client.send('updateGroup', wish), client.send('updateGroup', wish, commandId)]);
      const { status, version } = await outcomes.next();
      expect({ status, version, shown: (await row)!.group.version }).toEqual({
        status: 'APPLIED',
        version: 2,
        shown: 2,
      });
    }
  });
});

describe('an outcome', () => {
  it('that is a rejection is heard with its code, and no change is', async () => {
    const taken = group();
    await client.apply('createGroup', taken);
    const updates = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, { aggregate: 'GROUP' });
    const { commandId, outcomes } = await sendHeard('createGroup', taken);
    const outcome = await outcomes.next();
    expect(outcome).toEqual({
      commandId,
      status: 'REJECTED',
      operation: 'createGroup',
      aggregate: 'GROUP',
      aggregateId: commandId,
      version: null,
      code: 'NAME_TAKEN',
      message: expect.any(String),
      actor: 'admin:auth0|admin',
    });
    expect(await client.outcomeOf(commandId)).toEqual(outcome);

    const fence = await client.apply('createGroup', group());
    await updates.next(({ aggregateId }) => aggregateId === fence);
    expect(
      updates.heard.filter(({ aggregateId, commandId: cause }) => aggregateId === commandId || cause === commandId),
    ).toEqual([]);
    await updates.stop();
  });

  it('is heard again when the command is repeated, the same', async () => {
    const input = group();
    const { commandId, outcomes } = await sendHeard('createGroup', input);
    await outcomes.next();
    await client.send('createGroup', input, commandId);
    await expect.poll(() => outcomes.heard.length, { timeout: 90_000 }).toBeGreaterThan(1);
    const refused = await sendHeard('deleteGroup', { id: randomUUID() });
    await refused.outcomes.next();
    await client.send('deleteGroup', { id: randomUUID() }, refused.commandId);
    await expect.poll(() => refused.outcomes.heard.length, { timeout: 90_000 }).toBeGreaterThan(1);
    for (const { heard } of [outcomes, refused.outcomes])
      for (const outcome of heard) expect(outcome).toEqual(heard[0]);
    expect(refused.outcomes.heard[0]).toMatchObject({ status: 'REJECTED', code: 'NOT_FOUND' });
  });

  it("is heard by its sender alone, though another's command has the same id", async () => {
    const [other, member] = [await admin('auth0|other-admin'), await user(`auth0|${unique('member')}`)];
    const commandId = randomUUID();
    const streams = await Promise.all(
      [client, other, member].map(({ token }) =>
        socket.subscribe<CommandOutcome>(onCommandCompleted, { commandId }, token),
      ),
    );
    const [own, others, members] = streams as [Stream, Stream, Stream];

    await client.send('createGroup', group(), commandId);
    await own.next();
    // Heard by the first; then the fences, which the other two hear.
    await member.send(
      'signUp',
      { firstName: 'Mia', lastName: 'May', birthDate: '1990-01-01', email: `${unique('mia')}@example.com` },
      commandId,
    );
    await other.send('deleteRole', { id: randomUUID() }, commandId);
    await Promise.all([others.next(), members.next()]);

    expect(new Set(own.heard.map(({ actor, operation }) => `${actor} ${operation}`))).toEqual(
      new Set(['admin:auth0|admin createGroup']),
    );
    expect(new Set(others.heard.map(({ actor, code }) => `${actor} ${code}`))).toEqual(
      new Set(['admin:auth0|other-admin NOT_FOUND']),
    );
    expect(new Set(members.heard.map(({ actor, operation }) => `${actor} ${operation}`))).toEqual(
      new Set([`user:${member.sub} signUp`]),
    );
  });

  it('is subscribed to with the id of a command only', async () => {
    const [error] = await socket.refusal(onCommandCompleted, { commandId: 'mine' });
    expect(error).toEqual({ errorType: 'INVALID', message: 'commandId: must be a UUID' });
    expect((await socket.refusal(onCommandCompleted, {})).length).toBeGreaterThan(0);
  });
});

describe('an admin', () => {
  it.each([
    ['no arguments', onAnyProjectionUpdated, undefined],
    ['variables left out', onProjectionUpdated, undefined],
    ['variables null', onProjectionUpdated, { aggregate: null, aggregateId: null }],
    ['one null, one left out', onProjectionUpdated, { aggregate: null }],
  ])('hears of everything with %s', async (_, query, variables) => {
    const updates = await socket.subscribe<ProjectionUpdate>(query, variables);
    const own = await organisation(client);
    const userId = await client.apply('createUser', person({ roleId: own.roleId, groupId: own.groupId }));
    for (const id of [own.authorizationId, own.roleId, own.groupId, userId])
      await updates.next(({ aggregateId }) => aggregateId === id);
    await updates.stop();
  });

  it('hears nothing of another kind, or of another aggregate', async () => {
    const everything = await socket.subscribe<ProjectionUpdate>(onAnyProjectionUpdated);
    const groups = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, { aggregate: 'GROUP' });
    const one = await client.apply('createGroup', group());
    const single = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, { aggregateId: one });
    // The id is that of a group.
    const mismatched = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, {
      aggregate: 'ROLE',
      aggregateId: one,
    });

    const authorizationId = await client.apply('createAuthorization', { name: unique('may'), description: 'May' });
    const another = await client.apply('createGroup', group());
    for (const id of [authorizationId, another]) await everything.next(({ aggregateId }) => aggregateId === id);
    await client.apply('updateGroup', { id: one, description: 'Fence' });
    await Promise.all(
      [groups, single].map((stream) => stream.next(({ aggregateId, version }) => aggregateId === one && version === 2)),
    );
    const role = await client.apply('createRole', { name: unique('role'), description: 'Fence', authorizationIds: [] });
    await everything.next(({ aggregateId }) => aggregateId === role);

    expect(new Set(groups.heard.map(({ aggregate }) => aggregate))).toEqual(new Set(['GROUP']));
    expect(groups.heard.map(({ aggregateId }) => aggregateId)).toEqual(expect.arrayContaining([one, another]));
    expect(new Set(single.heard.map(({ aggregateId }) => aggregateId))).toEqual(new Set([one]));
    expect(mismatched.heard).toEqual([]);
    await Promise.all([everything, groups, single, mismatched].map((stream) => stream.stop()));
  });

  it('hears nothing more after stopping', async () => {
    const [stopped, standing] = [
      await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, { aggregate: 'GROUP' }),
      await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, { aggregate: 'GROUP' }),
    ];
    await stopped.stop();
    const id = await client.apply('createGroup', group());
    await standing.next(({ aggregateId }) => aggregateId === id);
    expect(stopped.heard.filter(({ aggregateId }) => aggregateId === id)).toEqual([]);
    await standing.stop();
  });
});

describe('a user', () => {
  const signedUp = async () => {
    const member = await user(`auth0|${unique('member')}`);
    const by = await RawSubscriber.connect(client.outputs, member.token!);
    const updates = await by.subscribe<ProjectionUpdate>(onProjectionUpdated);
    const { outcomes } = await sendHeard(
      'signUp',
      { firstName: 'Mia', lastName: 'May', birthDate: '1990-01-01', email: `${unique('mia')}@example.com` },
      { from: member, by },
    );
    const { aggregateId } = await outcomes.next();
    expect(aggregateId).toBe(member.sub.slice('auth0|'.length));
    await updates.next();
    return { member, by, updates, id: aggregateId };
  };

  it('hears of the own user, whoever changed it; two users hear nothing of each other', async () => {
    const [ann, bob] = await Promise.all([signedUp(), signedUp()]);
    const everything = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, { aggregate: 'USER' });

    const rows: Promise<{ me: { version: number } }>[] = [];
    ann.updates.onItem = () => {
      rows.push(ann.member.get('{ me { version } }'));
    };
    await ann.member.run('updateProfile', { firstName: 'Ann' });
    await client.apply('updateUser', { id: ann.id, roleId: ids.roleId, groupId: ids.groupId });
    await client.apply('updateUser', { id: bob.id, firstName: 'Bob' });
    for (const [id, version] of [
      [ann.id, 3],
      [bob.id, 2],
    ] as const)
      await everything.next((update) => update.aggregateId === id && update.version === version);
    await Promise.all([
      client.apply('updateUser', { id: ann.id, lastName: 'Fence' }),
      client.apply('updateUser', { id: bob.id, lastName: 'Fence' }),
    ]);

    const last = await ann.updates.next(({ version }) => version === 4);
    await bob.updates.next(({ version }) => version === 3);
    expect(new Set(ann.updates.heard.map(({ aggregateId, user: row }) => `${aggregateId} ${row?.id}`))).toEqual(
      new Set([`${ann.id} ${ann.id}`]),
    );
    expect(new Set(bob.updates.heard.map(({ aggregateId, user: row }) => `${aggregateId} ${row?.id}`))).toEqual(
      new Set([`${bob.id} ${bob.id}`]),
    );
    expect(last.user).toMatchObject({
      firstName: 'Ann',
      lastName: 'Fence',
      role: { id: ids.roleId, authorizations: [{ id: ids.authorizationId }] },
      group: { id: ids.groupId },
    });
    for (const [index, row] of (await Promise.all(rows)).entries())
      expect(row.me.version).toBeGreaterThanOrEqual(ann.updates.heard[index + 1]!.version);
    await Promise.all([ann.by.close(), bob.by.close(), everything.stop()]);
  });

  it('hears nothing of roles, groups and authorizations, not even the own', async () => {
    const own = await organisation(client);
    const mia = await signedUp();
    const everything = await socket.subscribe<ProjectionUpdate>(onAnyProjectionUpdated);
    await client.apply('updateUser', { id: mia.id, roleId: own.roleId, groupId: own.groupId });
    await mia.updates.next(({ version }) => version === 2);
    await Promise.all([
      client.apply('updateRole', { id: own.roleId, description: 'Changed' }),
      client.apply('updateGroup', { id: own.groupId, description: 'Changed' }),
      client.apply('updateAuthorization', { id: own.authorizationId, description: 'Changed' }),
    ]);
    for (const id of Object.values(own))
      await everything.next(({ aggregateId, version }) => aggregateId === id && version === 2);
    await mia.member.run('updateProfile', { lastName: 'Fence' });
    // The row as it now is has the changes in it.
    const { user: row } = await mia.updates.next(({ version }) => version === 3);
    expect(row).toMatchObject({
      role: { description: 'Changed', version: 2 },
      group: { version: 2 },
      authorizations: [{ version: 2 }],
    });
    expect(new Set(mia.updates.heard.map(({ aggregate, aggregateId }) => `${aggregate} ${aggregateId}`))).toEqual(
      new Set([`USER ${mia.id}`]),
    );
    await Promise.all([mia.by.close(), everything.stop()]);
  });

  it('who asks for more is refused', async () => {
    const member = await user(`auth0|${unique('member')}`);
    const unauthorized = (field: string) => [
      { errorType: 'Unauthorized', message: `Not Authorized to access ${field} on type Subscription` },
    ];
    for (const variables of [
      { aggregate: 'ROLE' },
      { aggregateId: 'somebody' },
      { aggregate: 'USER', aggregateId: 'somebody' },
      { aggregate: 'GROUP', aggregateId: member.sub.slice(6) },
    ]) {
      expect(await socket.refusal(onProjectionUpdated, variables, member.token)).toEqual(
        unauthorized('onProjectionUpdated'),
      );
    }
    // Whoever writes an id with its prefix is told how ids are written.
    expect(await socket.refusal(onProjectionUpdated, { aggregateId: member.sub }, member.token)).toMatchObject([
      { errorType: 'INVALID' },
    ]);
    expect(
      await socket.refusal(
        'subscription { onRecoveryProgress(recoveryId: "4b4ab7e2-5ac1-4d15-9f0c-4a6f0e0d7c01") { status } }',
        {},
        member.token,
      ),
    ).toEqual(unauthorized('onRecoveryProgress'));
    const own = await socket.subscribe(
      onProjectionUpdated,
      { aggregate: 'USER', aggregateId: member.sub.slice(6) },
      member.token,
    );
    await own.stop();
  });
});

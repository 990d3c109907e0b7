import { randomUUID } from 'node:crypto';
import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { valueFacet } from '../../../domain/kernel/view/directory.ts';
import { aggregateNames, aggregates, replayQueueOf } from '../../../domain/operations.ts';
import { itemOf } from '../../../functions/ports/eventStore/item.ts';
import { lineKeyOf } from '../../../functions/ports/snapshots/lineItem.ts';
import { organisation, person } from '../../e2e/organisation.ts';
import { type Client, eventually, unique, user as userClient } from '../clients/client.ts';
import type { OwnStack } from '../stack/ownStack.ts';
import { beginning, recovering } from './recovering.ts';

/** The commands that were sent, each to be sent once more. */
type Sent = (() => Promise<unknown>)[];

/**
 * Makes a stack do everything that it can do, each thing at least once: what is not done here, no permission is needed
 * for.
 */
export const doEverything = async (own: OwnStack): Promise<void> => {
  const { admin } = own;
  const sent: Sent = [];
  const run = async (operation: string, input: Record<string, unknown>, client = admin) => {
    const commandId = randomUUID();
    sent.push(() => client.send(operation, input, commandId));
    return client.run(operation, input, commandId);
  };
  const apply = async (operation: string, input: Record<string, unknown>, client = admin) => {
    const outcome = await run(operation, input, client);
    expect(outcome).toMatchObject({ status: 'APPLIED' });
    await admin.shown(outcome);
    return outcome.aggregateId;
  };

  await takeOver(own);
  const ids = await everyOperation(own, run, apply);
  await eraseMe(own, apply, sent);
  await longStream(own, apply);
  await everyQuery(own, ids);
  // The same commands once more: answered from what is stored, and told of again.
  await Promise.all(sent.map((send) => send()));
  await own.stack.mappings.idle();
  await everyRecovery(own, ids);
  await recovering(own).put('eventStore', { streamId: 'stray', version: 1 });
  await failOnce(own);
  await lookAtDeadLetters(own);
  await own.stack.mappings.idle();
};

/** A message that no function can read on each of their queues: it comes back when the function says. */
const failOnce = async ({ stack, outputs, inspection }: OwnStack): Promise<void> => {
  const sources = Object.entries(outputs.Queues).filter(([name]) => outputs.Queues[`${name}Dlq`]);
  const postponed = new Set<unknown>();
  const stopListening = stack.gateway.onCall(({ phase, operation, input }) => {
    if (phase === 'after' && operation === 'ChangeMessageVisibilityBatch')
      postponed.add(String(input['QueueUrl']).split('/').at(-1));
  });
  for (const [, QueueUrl] of sources)
    await inspection.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'not for anyone' }));
  await eventually('each was postponed', async () => sources.every(([, url]) => postponed.has(url.split('/').at(-1))));
  stopListening();
  for (const [, QueueUrl] of sources) await inspection.sqs.send(new PurgeQueueCommand({ QueueUrl }));
};

/** Dead letters are looked at and brought back, of each queue. */
const lookAtDeadLetters = async ({ admin, outputs, inspection }: OwnStack): Promise<void> => {
  const queues = Object.keys(outputs.Queues).filter((name) => outputs.Queues[`${name}Dlq`]);
  for (const queue of queues) {
    // A look at an empty queue takes a second.
    await inspection.sqs.send(new SendMessageCommand({ QueueUrl: outputs.Queues[`${queue}Dlq`], MessageBody: '{}' }));
    await admin.get(`{ deadLetters(queue: "${queue}") { reason } }`);
  }
  await admin.get('{ deadLetters(queue: "mediatorFailureQueue") { reason } }');
  const all = queues.map((queue, n) => `f${n}: redrive(queue: "${queue}") { status }`).join(' ');
  await admin.get(`mutation { ${all} }`);
  for (const name of queues) await inspection.sqs.send(new PurgeQueueCommand({ QueueUrl: outputs.Queues[name] }));
};

/** A user of an older store, in clear, whose address a recovery claims before there was any command. */
const takeOver = async (own: OwnStack): Promise<void> => {
  const to = recovering(own);
  await to.put(
    'eventStore',
    itemOf({
      eventId: randomUUID(),
      aggregate: 'user',
      aggregateId: unique('taken-over'),
      version: 1,
      type: 'UserCreated',
      payload: { firstName: 'Old', lastName: 'User', birthDate: '1990-01-01', email: `${unique('old')}@example.com` },
      executionQueue: 'executeCreateUserQueue',
      timestamp: Date.now(),
      commandId: randomUUID(),
      operation: 'createUser',
      actor: 'admin:unknown',
      schemaVersion: 1,
    }),
  );
  await own.stack.mappings.idle();
  await to.ended(await to.recoverFrom(beginning));
};

type Run = (
  operation: string,
  input: Record<string, unknown>,
  client?: Client,
) => Promise<{ status: string; code?: string | null }>;
type Apply = (operation: string, input: Record<string, unknown>, client?: Client) => Promise<string>;
type Ids = Awaited<ReturnType<typeof organisation>> & { userId: string };

const everyOperation = async (own: OwnStack, run: Run, apply: Apply): Promise<Ids> => {
  const name = () => unique('name');
  const authorizationId = await apply('createAuthorization', { name: name(), description: 'd' });
  const roleId = await apply('createRole', { name: name(), description: 'd', authorizationIds: [authorizationId] });
  const groupId = await apply('createGroup', { name: name(), description: 'd' });
  const userId = await apply('createUser', person({ roleId, groupId }));
  await apply('updateAuthorization', { id: authorizationId, name: name() });
  await apply('updateRole', { id: roleId, name: name() });
  await apply('updateGroup', { id: groupId, name: name() });
  await apply('updateUser', { id: userId, email: `${name()}@example.com` });
  const correct = (aggregate: string, aggregateId: string, version: number, payload: Record<string, unknown>) =>
    apply('correctEvent', { aggregate, aggregateId, version, payload: JSON.stringify(payload) });
  await correct('GROUP', groupId, 1, { name: name(), description: 'corrected' });
  await correct('AUTHORIZATION', authorizationId, 1, { name: name(), description: 'corrected' });
  await correct('ROLE', roleId, 2, { name: name() });
  await correct('USER', userId, 2, { email: `${name()}@example.com` });
  await apply('suspendUser', { id: userId, reason: 'r' });
  await apply('reinstateUser', { id: userId });
  await apply('revokeAuthorization', { roleId, authorizationId });
  await apply('grantAuthorization', { roleId, authorizationId });

  const alice = await userClient(`auth0|${unique('alice')}`, own.stateDir);
  const profile = { firstName: 'Alice', lastName: 'A', birthDate: '1990-01-01', email: `${name()}@example.com` };
  await apply('signUp', profile, alice);
  await apply('updateProfile', { lastName: 'B' }, alice);
  await alice.get('{ me { id role { id } } }');
  // More than a minute's quota, even where a minute ends meanwhile.
  const greedy = await userClient(`auth0|${unique('greedy')}`, own.stateDir);
  const many = Array.from({ length: 100 }, (_, n) => `a${n}: updateProfile(input: {}) { commandId }`).join(' ');
  for (const _ of [1, 2]) await greedy.ask(`mutation { ${many} }`);
  const may = 'query($id: ID!, $at: AWSDateTime) { can(userId: $id, authorizations: ["fly"], at: $at) { because } }';
  await own.admin.get(may, { id: userId });
  await own.admin.get(may, { id: userId, at: '2100-01-01T00:00:00Z' });

  expect(await run('createUser', person({ roleId, groupId, email: profile.email }))).toMatchObject({
    code: 'EMAIL_TAKEN',
  });
  for (const [operation, id] of [
    ['deleteRole', roleId],
    ['deleteGroup', groupId],
    ['deleteAuthorization', authorizationId],
  ] as const)
    expect(await run(operation, { id })).toMatchObject({ code: 'IN_USE' });
  const gone = await organisation(own.admin);
  const goneUser = await apply('createUser', person({ roleId: gone.roleId, groupId: gone.groupId }));
  await apply('deleteUser', { id: goneUser });
  await apply('deleteRole', { id: gone.roleId });
  await apply('deleteGroup', { id: gone.groupId });
  await apply('deleteAuthorization', { id: gone.authorizationId });
  await apply('restoreAuthorization', { id: gone.authorizationId });
  await apply('restoreRole', { id: gone.roleId });
  await apply('restoreGroup', { id: gone.groupId });
  await apply('restoreUser', { id: goneUser });
  expect(await run('eraseUser', { id: goneUser })).toMatchObject({ status: 'APPLIED' });
  return { authorizationId, roleId, groupId, userId };
};

/** A long stream from before there were snapshots, with one that is wrong: a recovery makes them, and removes that. */
const oldStream = async (own: OwnStack): Promise<void> => {
  const { put } = recovering(own);
  const aggregateId = unique('old');
  for (let version = 1; version <= 22; version += 1)
    await put(
      'eventStore',
      itemOf({
        eventId: randomUUID(),
        aggregate: 'group',
        aggregateId,
        version,
        type: version === 1 ? 'GroupCreated' : 'GroupUpdated',
        payload: { name: `${aggregateId}-${version}`, description: 'd' },
        executionQueue: 'executeCreateGroupQueue',
        timestamp: Date.now() - 3_600_000 + version,
        ...(version > 1 && { previousTimestamp: Date.now() - 3_600_000 + version - 1 }),
        commandId: randomUUID(),
        operation: version === 1 ? 'createGroup' : 'updateGroup',
        actor: 'admin:unknown',
        schemaVersion: 1,
      }),
    );
  const begins = '2020-01-01T00:00:00.000Z#0000000003';
  for (const pointKey of [begins, `${lineKeyOf(3)}${begins}`])
    await put('snapshot', { streamId: `group#${aggregateId}`, pointKey });
  await own.stack.mappings.idle();
};

/** A stream that is read from its snapshot on, by commands, who look at its past and, for a correction, its projection. */
const longStream = async ({ admin }: OwnStack, apply: Apply): Promise<void> => {
  const id = await apply('createGroup', { name: unique('long'), description: 'd' });
  const change = (n: number) => apply('updateGroup', { id, description: `d${n}` });
  for (const half of [0, 1]) await Promise.all(Array.from({ length: 12 }, (_, n) => change(12 * half + n)));
  await apply('correctEvent', { aggregate: 'GROUP', aggregateId: id, kind: 'CANCEL', version: 24 });
  await admin.get('query($id: ID!, $now: AWSDateTime!) { groupAt(id: $id, timestamp: $now) { id } }', {
    id,
    now: new Date().toISOString(),
  });
};

/** Takes no input, as the others do. */
const eraseMe = async ({ stateDir }: OwnStack, apply: Apply, sent: Sent): Promise<void> => {
  const bob = await userClient(`auth0|${unique('bob')}`, stateDir);
  const profile = { firstName: 'Bob', lastName: 'B', birthDate: '1990-01-01', email: `${unique('bob')}@example.com` };
  await apply('signUp', profile, bob);
  const commandId = randomUUID();
  const erase = () => bob.get('mutation($id: ID) { eraseMe(commandId: $id) { commandId } }', { id: commandId });
  await erase();
  expect(await bob.outcomeOf(commandId)).toMatchObject({ status: 'APPLIED' });
  sent.push(erase);
};

const everyQuery = async (own: OwnStack, { userId, roleId, groupId, authorizationId }: Ids): Promise<void> => {
  const { admin } = own;
  const nested = 'id role { id authorizations { id } } group { id } authorizations { id }';
  const { user } = await admin.get(
    `query($u: ID!, $r: ID!, $g: ID!, $a: ID!, $now: AWSDateTime!) {
      user(id: $u) { email ${nested} } role(id: $r) { authorizations { id } } group(id: $g) { id } authorization(id: $a) { id }
      users { items { ${nested} } } byEmail: users(orderBy: { by: EMAIL }) { items { id } } byCreated: users(orderBy: { by: CREATED }) { items { id } }
      byUpdated: users(orderBy: { by: UPDATED }) { items { id } } roles { items { id authorizations { id } } } groups { items { id } } authorizations { items { id } }
      usersByRole(roleId: $r) { items { ${nested} } } usersByGroup(groupId: $g) { items { ${nested} } }
      byText: users(filter: { text: "a" }) { items { id } } byWord: users(filter: { text: "nobody" }) { items { id } } usersWithAuthorization(authorizationId: $a) { items { ${nested} } }
      events(aggregate: USER, aggregateId: $u) { items { eventId } } eventsSince(timestamp: "2020-01-01T00:00:00Z") { items { name refersTo { name } } }
      byType: eventsSince(timestamp: "2020-01-01T00:00:00Z", types: ["UserCreated"]) { items { eventId } }
      byActor: eventsSince(timestamp: "2020-01-01T00:00:00Z", actor: "admin:a") { items { eventId } }
      userAt(id: $u, timestamp: $now) { id } usersAt(timestamp: $now) { items { id } }
      whatIf(input: { at: $now, commands: [{ operation: "deleteGroup", input: ${JSON.stringify(JSON.stringify({ id: groupId }))} }] }) { outcomes { code } }
      changesBetween(from: "2020-01-01T00:00:00Z", to: $now) { items { attribute } } personalData(id: $u) recoveries { items { recoveryId } } pipeline { deadLetters queues { name } }
    }`,
    { u: userId, r: roleId, g: groupId, a: authorizationId, now: new Date().toISOString() },
  );
  expect(
    (await admin.get('query($email: AWSEmail!) { userByEmail(email: $email) { id } }', { email: user.email }))
      .userByEmail,
  ).toEqual({ id: userId });
  expect((await admin.ask('{ users(limit: 0) { nextToken } }')).errors).toHaveLength(1);

  // More than a batch takes: of the authorizations of two roles, and of the roles and groups of a page of users.
  const { put } = recovering(own);
  const more = Array.from({ length: 60 }, (_, n) => String(n));
  for (const half of ['a', 'b'])
    await put('role', {
      ...rowOf('role', half),
      nameKey: half,
      name: half,
      description: 'd',
      authorizationIds: more.map((n) => `${half}${n}`),
    });
  for (const n of more)
    await put('directory', {
      ...rowOf('user', n),
      rowKey: `user#${n}-user`,
      entry: 'many',
      facet: valueFacet('user', 'roleId', 'many'),
      byName: n,
      roleId: `role-${n}`,
      groupId: `group-${n}`,
    });
  await admin.get('{ roles { items { authorizations { id } } } }');
  await admin.get('{ usersByRole(roleId: "many", limit: 100) { items { role { id } group { id } } } }');
};

const rowOf = (aggregate: AggregateName, id: string) => ({
  id: `${id}-${aggregate}`,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});

const everyRecovery = async (own: OwnStack, { userId }: Ids): Promise<void> => {
  const to = recovering(own);
  await oldStream(own);
  await to.emptyViews();
  for (const key of (await to.claims()).keys()) await to.remove('uniqueValue', { uniqueKey: key });
  await to.put('uniqueValue', {
    uniqueKey: 'user#email#nobody@example.com',
    streamId: `user#${userId}`,
    aggregate: 'user',
    attribute: 'email',
  });
  for (const aggregate of aggregateNames)
    for (const id of ['orphan', 'late']) await to.put(aggregate, rowOf(aggregate, id));
  const stopWriting = to.onCallOf('recovery', async ({ phase, operation, input }) => {
    if (phase === 'after' && operation === 'BatchGetItem') await beginStreams(own, JSON.stringify(input));
  });
  await to.recovered(beginning);
  stopWriting();
  await stalled(own, userId);
  await own.admin.get('mutation($id: ID!) { cancelRecovery(recoveryId: $id) { status } }', {
    id: await to.recoverFrom('2100-01-01T00:00:00Z'),
  });
};

/** The stream of a row that was just found to have none begins: the sweep has to show it after all. */
const beginStreams = async (own: OwnStack, lookedFor: string): Promise<void> => {
  for (const aggregate of aggregateNames) {
    const { id } = rowOf(aggregate, 'late');
    if (!lookedFor.includes(`"${aggregate}#${id}"`)) continue;
    const payload = {
      name: id,
      description: 'd',
      authorizationIds: [],
      firstName: 'L',
      lastName: 'L',
      birthDate: '1990-01-01',
      email: `${id}@example.com`,
      roleId: null,
      groupId: null,
    };
    const known = Object.fromEntries(
      Object.entries(payload).filter(([attribute]) => attribute in aggregates[aggregate].attributes),
    );
    await recovering(own).put(
      'eventStore',
      itemOf({
        eventId: randomUUID(),
        aggregate,
        aggregateId: id,
        version: 1,
        type: `${aggregates[aggregate].typeName}Created`,
        payload: known,
        executionQueue: replayQueueOf(aggregate),
        timestamp: Date.now(),
        commandId: randomUUID(),
        operation: `create${aggregates[aggregate].typeName}`,
        actor: 'admin:auth0|admin',
        schemaVersion: 1,
      }),
    );
  }
};

/** A recovery whose chunk got lost long ago: it is sent again. */
const stalled = async (own: OwnStack, userId: string): Promise<void> => {
  const to = recovering(own);
  const recoveryId = randomUUID();
  const startedAt = new Date(0).toISOString();
  const cursor = JSON.stringify({
    complete: false,
    chunks: 1,
    unsent: [],
    phase: 'wait',
    progress: 0,
    since: 0,
    resent: 0,
  });
  await to.put('recovery', {
    recoveryId,
    item: 'ledger',
    timestamp: startedAt,
    status: 'RUNNING',
    total: 1,
    discovered: 1,
    rebuilt: 0,
    changed: 0,
    failed: 0,
    actor: 'admin:a',
    startedAt,
    updatedAt: startedAt,
    cursor,
  });
  await to.put('recovery', {
    recoveryId,
    item: 'chunk#00000001',
    chunkId: '00000001',
    streams: [{ aggregate: 'user', aggregateId: userId }],
    claims: false,
    done: false,
  });
  await own.inspection.sqs.send(
    new SendMessageCommand({
      QueueUrl: own.outputs.Queues['recoveryQueue'],
      MessageBody: JSON.stringify({ kind: 'continue', recoveryId }),
    }),
  );
  expect(await to.ended(recoveryId)).toMatchObject({ status: 'COMPLETED' });
};

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { randomUUID } from 'node:crypto';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GatewayCall } from 'appsync-local/parts';
import { snapshotEvery } from '../../domain/kernel/stream/snapshot.ts';
import { asciiJson } from '../../functions/messages.ts';
import { itemOf, messageOf } from '../../functions/ports/eventStore/item.ts';
import { eventually, user } from '../support/clients/client.ts';
import { expectInvariants } from '../support/models/invariants.ts';
import { type OwnStack, ownStack } from '../support/stack/ownStack.ts';
import { beginning, recovering } from '../support/models/recovering.ts';
import { soak, sweeps } from '../support/runs.ts';

/** Everything that a stack holds and says, searched byte by byte for what was said of a person. */
let own: OwnStack;
beforeAll(async () => {
  own = await ownStack({ queueVisibilityOverrideSeconds: 3 });
});
afterAll(() => own?.stop());

/** Values that stand nowhere else. */
const said = {
  firstName: 'Zephyrine',
  lastName: 'Quillfeather',
  birthDate: '1931-07-29',
  email: 'zephyrine.quillfeather@example.org',
};
const later = ['Xanthippe', 'Wolkenstein', 'xanthippe@example.net', 'Vandermeulen'];
const values = [...Object.values(said), ...later];
const id = 'person-1';

const items = async (table: string) => own.inspection.scan(table);

/** Takes what stands on every queue, dead letters included, and puts it back. */
const messages = async (): Promise<Record<string, string[]>> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(own.outputs.Queues).map(async ([name, QueueUrl]) => {
        const { Messages = [] } = await own.inspection.sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
        );
        return [name, Messages.map(({ Body }) => String(Body))] as const;
      }),
    ),
  );

/** Where a value of a person is found. */
const found = async (wanted = values): Promise<string[]> => {
  const places = new Map<string, string>();
  for (const table of Object.keys(own.outputs.Tables)) places.set(table, JSON.stringify(await items(table)));
  for (const [queue, bodies] of Object.entries(await messages())) places.set(queue, bodies.join('\n'));
  const logs = join(own.stateDir, 'logs');
  for (const file of readdirSync(logs)) places.set(file, readFileSync(join(logs, file), 'utf8'));
  return [...places].flatMap(([place, text]) =>
    wanted.filter((value) => text.toLowerCase().includes(value.toLowerCase())).map((value) => `${place}: ${value}`),
  );
};

const send = (queue: string, body: string) =>
  own.inspection.sqs.send(new SendMessageCommand({ QueueUrl: own.outputs.Queues[queue], MessageBody: body }));
const settled = () => own.stack.mappings.idle();
const history = async () => {
  const query = `query($id: ID!) { events(aggregate: USER, aggregateId: $id, limit: 100) { items { version type payload erased actor timestamp } } }`;
  const { events } = await own.admin.get(query, { id });
  return (events as { items: { version: number; type: string; payload: string; erased: boolean }[] }).items;
};
const recover = async () => {
  const { recoverFrom } = await own.admin.get(
    'mutation($t: AWSDateTime!) { recoverFrom(timestamp: $t) { recoveryId } }',
    {
      t: beginning,
    },
  );
  const { recoveryId } = recoverFrom as { recoveryId: string };
  return eventually('the end of the recovery', async () => {
    const { recovery } = await own.admin.get(
      'query($id: ID!) { recovery(recoveryId: $id) { status failed changed lastError } }',
      { id: recoveryId },
    );
    return (recovery as { status: string }).status === 'RUNNING' ? undefined : (recovery as object);
  });
};

it('an erased person is found nowhere, and nothing brings a value back', async () => {
  const { admin } = own;
  const roleId = await admin.apply('createRole', { name: 'r', description: 'd', authorizationIds: [] });
  const groupId = await admin.apply('createGroup', { name: 'g', description: 'd' });
  await admin.apply('createUser', { id, ...said, roleId, groupId });
  const before = new Date().toISOString();
  const update = randomUUID();
  expect(await admin.run('updateUser', { id, firstName: later[0], email: later[2] }, update)).toMatchObject({
    status: 'APPLIED',
  });
  await admin.apply('correctEvent', {
    aggregate: 'USER',
    aggregateId: id,
    version: 1,
    payload: JSON.stringify({ ...said, lastName: later[1], roleId, groupId }),
  });
  await admin.send('updateUser', { id, firstName: later[0], email: later[2] }, update);
  await admin.run('createUser', { id: 'other', ...said, email: later[2], roleId, groupId });
  // A stream that is long enough to have snapshots, one of them of what another correction says.
  const versions = 3 + snapshotEvery + 1;
  for (let version = 4; version <= versions; version += 1)
    expect(await admin.run('updateUser', { id, firstName: later[version % 2 === 0 ? 3 : 0] })).toMatchObject({
      version,
    });
  await settled();
  const snapshots = async () => (await items('snapshot')).filter(({ streamId }) => streamId === `user#${id}`);
  expect((await snapshots()).filter(({ sealed }) => sealed !== undefined)).not.toEqual([]);

  // Before the erasure the person stands in the views, and nowhere else: events, claims, messages and logs hold none of
  // it.
  expect(new Set((await found()).map((place) => place.split(':')[0]))).toEqual(new Set(['user', 'directory']));
  expect((await history()).map(({ erased }) => erased)).toEqual(Array.from({ length: versions }, () => false));
  const stored = (await items('eventStore')).filter(({ streamId }) => streamId === `user#${id}`);
  const old = stored.map((item) => asciiJson({ kind: 'event', event: messageOf(item) }));
  // A message that cannot be read ends among the dead letters: its sealed value stands in another place.
  await send('executeUpdateUserQueue', asciiJson({ kind: 'event', event: { ...messageOf(stored[0]!), version: 2 } }));
  await eventually('a dead letter', async () => (await own.inspection.waiting(true)).length > 0);

  expect(await admin.run('eraseUser', { id, expectedVersion: 1 })).toMatchObject({ code: 'VERSION_CONFLICT' });
  const erasure = await admin.run('eraseUser', { id });
  expect(erasure).toMatchObject({ status: 'APPLIED', version: versions + 1 });
  await admin.shown({ ...erasure, operation: 'deleteUser' });

  const nothingIsLeft = async () => {
    await settled();
    expect(await found()).toEqual([]);
    expect((await items('subjectKey')).map(({ subject }) => subject)).not.toContain(`user#${id}`);
    const types = ['UserCreated', 'UserUpdated', 'UserCorrected', ...Array<string>(versions - 3).fill('UserUpdated')];
    expect((await history()).slice(0, versions + 1)).toMatchObject(
      [...types, 'UserErased'].map((type, index) => ({
        version: index + 1,
        type,
        payload: '{}',
        erased: true,
      })),
    );
    const asOf = 'query($id: ID!, $t: AWSDateTime!) { userAt(id: $id, timestamp: $t) { id firstName } }';
    expect(await admin.get(asOf, { id, t: before })).toEqual({ userAt: null });
    const { personalData } = await admin.get('query($id: ID!) { personalData(id: $id) }', { id });
    expect(JSON.parse(personalData as string)).toMatchObject({ status: 'ERASED', state: null, claims: [] });
    expect(values.filter((value) => (personalData as string).includes(value))).toEqual([]);
    const all =
      'query($t: AWSDateTime!) { eventsSince(timestamp: $t, limit: 100) { items { aggregateId payload erased } } }';
    const { eventsSince } = await admin.get(all, { t: new Date(Date.now() - 86_400_000).toISOString() });
    for (const event of (eventsSince as { items: { aggregateId: string; payload: string; erased: boolean }[] }).items)
      if (event.aggregateId === id) expect(event).toMatchObject({ payload: '{}', erased: true });
  };
  await nothingIsLeft();

  // Late messages in any order, repeats of commands, and recoveries.
  for (const body of [...old].reverse()) await send('executeCreateUserQueue', body);
  await admin.send('updateUser', { id, firstName: later[0], email: later[2] }, update);
  expect(await recover()).toMatchObject({ status: 'COMPLETED', failed: 0 });
  await nothingIsLeft();
  for (const [operation, input] of [
    ['updateUser', { id, lastName: 'n' }],
    ['deleteUser', { id }],
    ['correctEvent', { aggregate: 'USER', aggregateId: id, version: 2, payload: JSON.stringify({ lastName: 'n' }) }],
  ] as const)
    expect(await admin.run(operation, input), operation).toMatchObject({ status: 'REJECTED', code: 'ERASED' });
  expect(await admin.run('eraseUser', { id })).toMatchObject({ status: 'APPLIED', version: versions + 1 });
  await expectInvariants(own.inspection);
});

/** With SOAK=1 at every call that the functions make, before it and after it. */
const pointsInBrief = 5;

const functions = ['command', 'mediator', 'execute'] as const;
interface Death {
  name: (typeof functions)[number];
  call: number;
  phase: GatewayCall['phase'];
}

/** Erases a person, and kills a function on the way. @returns how many calls each function made, and whether it died */
const erase = async (personId: string, version: number, death?: Death) => {
  await settled();
  const calls = { command: 0, mediator: 0, execute: 0 };
  let doomed: number | undefined;
  let died = false;
  const unhook = own.stack.gateway.onCall((call) => {
    const name = functions.find((each) => call.caller.includes(`-${each}`));
    if (!name || call.workerId === undefined) return undefined;
    if (call.phase === 'before') calls[name] += 1;
    if (call.phase === 'before' && name === death?.name && calls[name] === death.call) doomed ??= call.id;
    if (died || doomed !== call.id || call.phase !== death?.phase) return undefined;
    died = true;
    own.stack.lambda.killWorker(call.workerId);
    return { dropConnection: true };
  });
  const outcome = await own.admin.run('eraseUser', { id: personId });
  expect(outcome, JSON.stringify(death)).toMatchObject({ status: 'APPLIED', version });
  await own.admin.shown({ ...outcome, operation: 'deleteUser' });
  await settled();
  unhook();
  return { calls, died };
};

it.runIf(sweeps)(
  'an erasure is whole wherever its functions are killed, and nothing of it comes back',
  { timeout: soak ? 1_800_000 : 300_000 },
  async () => {
    const { admin } = own;
    const said: string[] = [];
    const roleId = await admin.apply('createRole', { name: 'killed', description: 'd', authorizationIds: [] });
    const groupId = await admin.apply('createGroup', { name: 'killed', description: 'd' });
    const make = async (personId: string) => {
      const [firstName, lastName, other] = ['first', 'last', 'other'].map((name) => `${personId}${name}`) as [
        string,
        string,
        string,
      ];
      const email = `${other}@example.org`;
      said.push(firstName, lastName, other);
      await admin.apply('createUser', {
        id: personId,
        firstName,
        lastName,
        birthDate: '1931-07-29',
        email,
        roleId,
        groupId,
      });
      await admin.apply('deleteUser', { id: personId });
      await admin.apply('restoreUser', { id: personId });
      await admin.apply('updateUser', { id: personId, firstName: other });
      await admin.apply('correctEvent', {
        aggregate: 'USER',
        aggregateId: personId,
        version: 4,
        payload: JSON.stringify({ firstName: other, lastName: other }),
      });
      return 6;
    };
    const version = await make('zqx');
    const { calls } = await erase('zqx', version);
    const all = functions.flatMap((name) =>
      Array.from({ length: calls[name] }, (_, n) => n + 1).flatMap((call): Death[] => [
        { name, call, phase: 'before' },
        { name, call, phase: 'after' },
      ]),
    );
    // The stream is read, the event stored, sent on and projected, at the least.
    for (const name of functions) expect(calls[name], name).toBeGreaterThan(0);
    const points = soak
      ? all
      : Array.from({ length: pointsInBrief }, (_, n) => all[Math.round((n * (all.length - 1)) / (pointsInBrief - 1))]!);
    await Promise.all(points.map((_, n) => make(`zq${n}p`)));
    await settled();
    const old = (await items('eventStore')).filter(({ streamId }) => String(streamId).startsWith('user#zq'));
    // One that cannot be read, and stays among the dead letters.
    await send('executeUpdateUserQueue', asciiJson({ kind: 'event', event: { ...messageOf(old[0]!), version: 9 } }));
    let died = 0;
    for (const [n, point] of points.entries()) died += Number((await erase(`zq${n}p`, version, point)).died);
    // How batches meet differs from run to run, and with it the number of calls.
    expect(died).toBeGreaterThanOrEqual(0.8 * points.length);
    expect(await found(said)).toEqual([]);
    for (const item of [...old].reverse())
      await send('executeCreateUserQueue', asciiJson({ kind: 'event', event: messageOf(item) }));
    expect(await recover()).toMatchObject({ status: 'COMPLETED', failed: 0 });
    await settled();
    expect(await found(said)).toEqual([]);
    await expectInvariants(own.inspection);
  },
);

it('a person erases the own user, and the address is free again', async () => {
  const sub = 'auth0|person-2';
  const person = await user(sub, own.stateDir);
  const profile = { firstName: 'Bo', lastName: 'Ray', birthDate: '1990-01-01', email: 'person-2@example.com' };
  await person.run('signUp', profile);
  const commandId = randomUUID();
  await person.get('mutation($id: ID) { eraseMe(commandId: $id) { aggregateId } }', { id: commandId });
  expect(await person.outcomeOf(commandId)).toMatchObject({ status: 'APPLIED', operation: 'eraseMe', version: 2 });
  await eventually('nobody', async () => (await person.get('{ me { id } }'))['me'] === null);
  const next = await user('auth0|person-3', own.stateDir);
  expect(await next.run('signUp', { ...profile, email: 'person-2@example.com' })).toMatchObject({ status: 'APPLIED' });
});

it('a person of an older store is erased once the store is sealed, by the command that the refusal names', async () => {
  const old = {
    firstName: 'Philippine',
    lastName: 'Altenberg',
    birthDate: '1941-11-02',
    email: 'altenberg@example.org',
  };
  const clear = itemOf({
    eventId: randomUUID(),
    aggregate: 'user',
    aggregateId: 'old',
    version: 1,
    type: 'UserCreated',
    payload: old,
    executionQueue: 'executeCreateUserQueue',
    timestamp: Date.now(),
    commandId: randomUUID(),
    operation: 'createUser',
    actor: 'admin:unknown',
    schemaVersion: 1,
  });
  await recovering(own).put('eventStore', clear);
  expect(await own.admin.run('eraseUser', { id: 'old' })).toMatchObject({
    code: 'INVALID',
    message: expect.stringContaining('npm run seal'),
  });
  const seal = (...more: string[]) =>
    promisify(execFile)('node', ['--import', 'tsx', 'operating/seal.ts', '--state', own.stateDir, ...more]);
  await expect(seal('--check')).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('1 events and 0 claims'),
  });
  expect((await seal()).stdout).toContain(
    '1 events of 1 persons sealed\n0 events and 0 claims of persons are in clear',
  );
  await seal('--check');
  await settled();
  expect(await own.admin.run('eraseUser', { id: 'old' })).toMatchObject({ status: 'APPLIED', version: 2 });
  await settled();
  for (const table of ['eventStore', 'user', 'directory', 'uniqueValue']) {
    const text = JSON.stringify(await items(table));
    expect(
      Object.values(old).filter((value) => text.includes(value)),
      table,
    ).toEqual([]);
  }
  // The mediator takes a sealing for what it is.
  const logs = join(own.stateDir, 'logs');
  const mediators = readdirSync(logs).filter((file) => file.includes('mediator'));
  expect(mediators.map((file) => readFileSync(join(logs, file), 'utf8')).join()).not.toContain(
    'was changed or removed',
  );
});

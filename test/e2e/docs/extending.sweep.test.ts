import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectionUpdate } from '../../../generated/schema.ts';
import { organisation, person } from '../organisation.ts';
import { admin, type Client, eventually, unique } from '../../support/clients/client.ts';
import { RawSubscriber } from '../../support/clients/rawSubscriber.ts';
import { carryOut, stepsIn } from '../../support/recipe.ts';

/** What docs/extending.md tells to do, done to a copy of the sources, which is then run. */
let root: string;
let stateDir: string;
let stack: ChildProcess;
let client: Client;

const sources = [
  'domain',
  'functions',
  'generated',
  'infra',
  'local',
  'packages',
  'console',
  'resolvers',
  'cdk.json',
  'codegen.yml',
  'package.json',
  'schema.graphql',
  'tsconfig.json',
];
/** Tests of packages import what tests of the application share. */
const isTest = (path: string): boolean => /^packages\/[^/]+\/test$/.test(path);
const guide = readFileSync('docs/extending.md', 'utf8');

const run = (...command: string[]): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
};

const started = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (/^Ready/m.test(said)) resolve();
      });
    }
    child.once('exit', (code) => reject(new Error(`The stack ended with ${code} before it was ready:\n${said}`)));
  });

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'extended-'));
  for (const name of sources) cpSync(name, join(root, name), { recursive: true, filter: (path) => !isTest(path) });
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
  for (const section of [
    'A new write operation',
    'A new write operation with an event of its own',
    'A new attribute',
    'A new read operation',
    'A new aggregate',
  ]) {
    for (const step of stepsIn(guide, section)) carryOut(step, root);
  }
  run('node_modules/@graphql-codegen/cli/cjs/bin.js', '--config', 'codegen.yml');
  stateDir = join(root, '.local');
  stack = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts', '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await started(stack);
  client = await admin('auth0|admin', stateDir);
});

afterAll(async () => {
  if (stack?.exitCode === null) {
    const gone = new Promise((resolve) => stack.once('exit', resolve));
    stack.kill('SIGINT');
    await gone;
  }
  rmSync(root, { recursive: true, force: true });
});

it('the types fit, and AppSync would take the resolvers', () => {
  // What is done after the guide; the runtime below it stays as it is.
  const include = ['domain', 'functions', 'infra', 'packages/client/src'];
  writeFileSync(join(root, 'extended.json'), JSON.stringify({ extends: './tsconfig.json', include }));
  run('node_modules/typescript/bin/tsc', '-p', 'extended.json', '--tsBuildInfoFile', 'types.json');
  run('--import', 'tsx', 'infra/api/gate/check.ts');
});

it('a new write operation has its queues, its mutation and its validation', async () => {
  for (const queue of ['moveUserQueue', 'moveUserQueueDlq', 'executeMoveUserQueue', 'executeMoveUserQueueDlq'])
    expect(client.outputs.Queues).toHaveProperty(queue);
  const { roleId, groupId } = await organisation(client);
  const id = await client.apply('createUser', person({ roleId, groupId }));
  const elsewhere = await client.apply('createGroup', { name: unique('group'), description: 'd' });
  const outcome = await client.run('moveUser', { id, groupId: elsewhere, expectedVersion: 1 });
  expect(outcome).toMatchObject({
    status: 'APPLIED',
    operation: 'moveUser',
    aggregate: 'USER',
    aggregateId: id,
    version: 2,
  });
  await client.shown(outcome);
  expect((await client.get('query($id: ID!) { user(id: $id) { firstName group { id } } }', { id })).user).toEqual({
    firstName: 'Ann',
    group: { id: elsewhere },
  });
  expect(await client.run('moveUser', { id, groupId: 'nowhere' })).toMatchObject({
    status: 'REJECTED',
    code: 'GROUP_NOT_FOUND',
  });
  const { events } = await client.get(
    'query($id: ID!) { events(aggregate: USER, aggregateId: $id) { items { type executionQueue } } }',
    { id },
  );
  expect(events.items[1]).toEqual({ type: 'UserUpdated', executionQueue: 'executeMoveUserQueue' });
});

it('a new write operation with an event of its own has its rule, its column, its history and its corrections', async () => {
  const { roleId, groupId } = await organisation(client);
  const id = await client.apply('createUser', person({ roleId, groupId }));
  const note = async () => (await client.get('query($id: ID!) { user(id: $id) { note } }', { id })).user.note as string;
  await client.apply('noteUser', { id, note: 'Owes a key' });
  expect(await note()).toBe('Owes a key');
  expect(await client.run('noteUser', { id, note: ' Owes a key ' })).toMatchObject({ status: 'APPLIED', version: 2 });
  const wrong = { aggregate: 'USER', aggregateId: id, version: 2, payload: '{"note":"Owes two keys"}' };
  await client.shown(await client.run('correctEvent', wrong));
  expect(await note()).toBe('Owes two keys');
  const { events } = await client.get(
    'query($id: ID!) { events(aggregate: USER, aggregateId: $id) { items { type payload operation } } }',
    { id },
  );
  expect(events.items[1]).toEqual({ type: 'UserNoted', payload: '{"note":"Owes a key"}', operation: 'noteUser' });
  await client.apply('noteUser', { id });
  expect(await note()).toBeNull();
  await client.apply('suspendUser', { id, reason: 'r' });
  expect(await client.run('noteUser', { id, note: 'x' })).toMatchObject({
    code: 'INVALID',
    message: 'id: is suspended',
  });
});

it('a new attribute is stored, unique, shown, published, searched for and cleared', async () => {
  const { roleId, groupId } = await organisation(client);
  const phone = unique('+49');
  const socket = await RawSubscriber.connect(client.outputs, client.token!);
  const input = person({ roleId, groupId });
  const updates = await socket.subscribe<ProjectionUpdate & { user: { phone: string } }>(
    'subscription($id: ID) { onProjectionUpdated(aggregate: USER, aggregateId: $id) { version user { phone } } }',
    { id: input.id },
  );
  const id = await client.apply('createUser', input);
  await client.apply('updateUser', { id, phone });
  expect(await updates.next(({ version }) => version === 2)).toMatchObject({ user: { phone } });
  await socket.close();
  const found = async (number: string) =>
    (await client.get('query($phone: String!) { userByPhone(phone: $phone) { id phone } }', { phone: number }))
      .userByPhone;
  expect(await found(phone)).toEqual({ id, phone });
  expect(await client.run('createUser', { ...person({ roleId, groupId }), phone })).toMatchObject({
    status: 'REJECTED',
    code: 'PHONE_TAKEN',
  });
  await client.apply('updateUser', { id, phone: null });
  expect(await found(phone)).toBeNull();
  await client.apply('createUser', { ...person({ roleId, groupId }), phone });
  const { errors } = await client.ask(
    'mutation($id: ID!) { updateUser(input: { id: $id, phone: " " }) { commandId } }',
    { id },
  );
  expect(errors).toEqual([
    expect.objectContaining({ errorType: 'INVALID', errorInfo: expect.objectContaining({ field: 'phone' }) }),
  ]);
});

describe('a new aggregate', () => {
  const read = async (id: string) =>
    (await client.get('query($id: ID!) { team(id: $id) { name purpose version } }', { id })).team;

  it('is created, updated, listed, published, deleted, and remembered', async () => {
    const socket = await RawSubscriber.connect(client.outputs, client.token!);
    const updates = await socket.subscribe<ProjectionUpdate & { team: object }>(
      'subscription { onProjectionUpdated(aggregate: TEAM) { aggregate version team { name purpose } } }',
      {},
    );
    const name = unique('team');
    const id = await client.apply('createTeam', { name, purpose: 'First' });
    await client.apply('updateTeam', { id, purpose: 'Second' });
    expect(await read(id)).toEqual({ name, purpose: 'Second', version: 2 });
    expect(await updates.next(({ version }) => version === 2)).toEqual({
      aggregate: 'TEAM',
      version: 2,
      team: { name, purpose: 'Second' },
    });
    await socket.close();
    expect((await client.get('{ teams { items { id } } }')).teams.items).toEqual([{ id }]);
    expect(await client.run('createTeam', { name, purpose: 'Other' })).toMatchObject({ code: 'NAME_TAKEN' });
    await client.apply('deleteTeam', { id });
    expect(await read(id)).toBeNull();
    const { events } = await client.get(
      'query($id: ID!) { events(aggregate: TEAM, aggregateId: $id) { items { type timestamp } } }',
      { id },
    );
    expect(events.items.map(({ type }: { type: string }) => type)).toEqual([
      'TeamCreated',
      'TeamUpdated',
      'TeamDeleted',
    ]);
    expect(
      (
        await client.get('query($id: ID!, $then: AWSDateTime!) { teamAt(id: $id, timestamp: $then) { purpose } }', {
          id,
          then: events.items[0].timestamp,
        })
      ).teamAt,
    ).toEqual({ purpose: 'First' });
  });

  it('is recovered with the others', async () => {
    const id = await client.apply('createTeam', { name: unique('team'), purpose: 'Stay' });
    const { recoveryId } = (
      await client.get('mutation { recoverFrom(timestamp: "1970-01-01T00:00:00Z") { recoveryId } }')
    ).recoverFrom;
    const ended = await eventually(
      'the recovery ends',
      async () => {
        const { recovery } = await client.get(
          'query($id: ID!) { recovery(recoveryId: $id) { status failed changed lastError } }',
          { id: recoveryId },
        );
        return recovery.status !== 'RUNNING' && recovery;
      },
      240,
    );
    expect(ended).toEqual({ status: 'COMPLETED', failed: 0, changed: 0, lastError: null });
    expect(await read(id)).toMatchObject({ purpose: 'Stay' });
  });
});

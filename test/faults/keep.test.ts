import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin, type Client, eventually } from '../support/clients/client.ts';

/** How often the stack is killed, at moments of chance: KEEP_KILLS=50 is the long run. */
const killCount = Number(process.env['KEEP_KILLS'] ?? 2);

let folder: string;
let running: ChildProcess | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keep-'));
});
afterAll(() => {
  running?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the stack as `npm start` does, on what earlier runs left; resolves when it is ready. */
async function start(...more: string[]): Promise<Client> {
  const args = [
    '--import',
    'tsx',
    'local/start.ts',
    '--state',
    folder,
    '--assembly',
    inject('assemblyDir'),
    '--port',
    '0',
    ...more,
  ];
  const child = spawn(process.execPath, args, {
    // With an engine of its own, which is killed with it.
    env: { ...process.env, DYNAMODB_LOCAL_ENDPOINT: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  await eventually('the stack is ready', async () => {
    if (child.exitCode !== null) throw new Error(`the stack ended: ${said}`);
    return /^Ready/m.test(said);
  });
  return admin('auth0|admin', folder);
}

async function kill(signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise((resolve) => running?.once('exit', resolve));
  running?.kill(signal);
  await gone;
}

const outcomeOf = async (client: Client, commandId: string): Promise<{ status: string; version: number } | null> =>
  (await client.ask('query ($id: ID!) { command(commandId: $id) { status version } }', { id: commandId })).data?.[
    'command'
  ];

/** Sends commands, some of which will be rejected, until told to stop; gives those that were acknowledged. */
function sender(client: Client) {
  const receipts: string[] = [];
  let going = true;
  const send = async (): Promise<void> => {
    for (let n = 0; going; n += 1) {
      const commandId = randomUUID();
      // Every third name is taken already.
      const name = n % 3 === 2 ? 'contested' : `group ${commandId}`;
      const mutation =
        'mutation ($name: String!, $id: ID) { createGroup(input: { name: $name, description: "kept" }, commandId: $id) { commandId } }';
      // The connection may be cut at any point: what was not acknowledged was not promised.
      const answer = await client.ask(mutation, { name, id: commandId }).catch(() => undefined);
      if (answer?.data?.['createGroup']) receipts.push(commandId);
      await delay(10);
    }
  };
  const done = Promise.all([send(), send(), send()]);
  return {
    receipts,
    async stop() {
      going = false;
      await done;
    },
  };
}

describe('a stack that is stopped in the middle of its work', () => {
  it('gives every receipt its outcome in the next run, however it was ended', async () => {
    const receipts: string[] = [];
    for (let round = 0; round <= killCount; round += 1) {
      const sending = sender(await start());
      await delay(300 + Math.random() * 2_500);
      // The last time in order, as Ctrl-C does.
      await kill(round < killCount ? 'SIGKILL' : 'SIGINT');
      await sending.stop();
      receipts.push(...sending.receipts);
    }
    expect(receipts.length).toBeGreaterThan(0);
    const client = await start();
    const outcomes = await Promise.all(
      receipts.map((commandId) => eventually(`an outcome of ${commandId}`, () => outcomeOf(client, commandId))),
    );
    const applied = receipts.filter((_, index) => outcomes[index]?.status === 'APPLIED');
    expect(applied.length).toBeGreaterThan(0);
    for (const commandId of applied) {
      const row = async () =>
        (await client.get('query ($id: ID!) { group(id: $id) { version } }', { id: commandId }))['group'];
      expect(await eventually(`a row of ${commandId}`, row)).toEqual({ version: 1 });
    }
    console.log(`${killCount} kills, ${receipts.length} receipts: ${applied.length} applied, all others rejected`);
  });

  it('begins anew when asked to', async () => {
    await kill('SIGINT');
    const client = await start('--fresh');
    const { groups } = await client.get('{ groups { items { id } } }');
    expect(groups.items).toEqual([]);
  });
});

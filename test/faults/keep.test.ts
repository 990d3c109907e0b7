import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, type Client, eventually } from '../support/clients/client.ts';
import { type OwnProcess, ownProcess } from '../support/stack/ownProcess.ts';

/** How often the stack is killed, at moments of chance: KEEP_KILLS=50 is the long run. */
const killCount = Number(process.env['KEEP_KILLS'] ?? 2);

let stack: OwnProcess;

beforeAll(() => {
  stack = ownProcess();
});
afterAll(() => stack?.remove());

/** Starts the stack on what earlier runs left; gives its administrator. */
async function start(...more: string[]): Promise<Client> {
  await stack.start('0', ...more);
  return admin('auth0|admin', stack.stateDir);
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
      await stack.end(round < killCount ? 'SIGKILL' : 'SIGINT');
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
    await stack.end('SIGINT');
    const client = await start('--fresh');
    const { groups } = await client.get('{ groups { items { id } } }');
    expect(groups.items).toEqual([]);
  });
});

import { setTimeout as pause } from 'node:timers/promises';
import { clientsOf, issueToken } from 'appsync-local/tokens';
import { type Client, createClient } from 'user-management-client';
import { WebSocket } from 'ws';
import { localIssuers } from '../../local/issuers.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { differencesIn, type Lost, lostSince } from './compare.ts';
import { adminClient, holdingsOf } from './holdings.ts';
import { addStream, restoreTo } from './restore.ts';
import { afterBackup, beforeBackup, tryOut } from './story.ts';

export interface DrillOptions {
  /** Where the stack keeps its state. */
  stateDir: string;
  /** How many people the backup has; at least five. */
  people: number;
  say: (words: string) => void;
}

export interface DrillResult {
  /** Items of the restored table. */
  restored: number;
  lost: Lost[];
  /** Rows and claims that were not as the restored events say, before the recovery. */
  wrong: number;
  /** What is not as it should be in the end, in words. */
  problems: string[];
  /** Milliseconds, by what they were for. */
  steps: { name: string; took: number }[];
}

/** Loses the event store, and brings the system back from a backup that is older than views and claims. */
export const drill = async ({ stateDir, people, say }: DrillOptions): Promise<DrillResult> => {
  const steps: DrillResult['steps'] = [];
  const step = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const begun = performance.now();
    say(name);
    const result = await work();
    steps.push({ name, took: performance.now() - begun });
    return result;
  };

  const first = await step('start the stack', () => start(stateDir));
  const own = String(first.outputs.Tables['eventStore']);
  const restoredTable = `${own}-restored`;
  const { cast, restored } = await within(first, stateDir, async (client) => {
    const dynamoDb = adminClient(first);
    const stored = await step(`let ${people} people in`, () => beforeBackup(client, people));
    const items = await step(`take a backup, restored to ${restoredTable}`, () =>
      restoreTo(dynamoDb, own, restoredTable),
    );
    await step('change, add, delete and erase people', () => afterBackup(client, stored));
    await step('give the restored table a stream', () => addStream(dynamoDb, restoredTable));
    await step('let the queues run empty', () => quiet(client));
    return { cast: stored, restored: items };
  });

  const second = await step('start the stack on the restored table', () => start(stateDir, restoredTable));
  return within(second, stateDir, async (client) => {
    const look = () => holdingsOf(second, adminClient(second), restoredTable);
    const found = await step('find what was lost', look);
    const lost = lostSince(found);
    const wrong = (await differencesIn(found)).length;
    await step('rebuild views and claims', () => recover(client));
    const differences = await step('compare them with the events', async () => differencesIn(await look()));
    const again = await step('rebuild again, to see that nothing changes', () => recover(client));
    const unsettled = again.changed === 0 ? [] : [`a second recovery changed ${again.changed} rows`];
    const odd = await step('try it out', () => tryOut(client, cast));
    return { restored, lost, wrong, problems: [...differences, ...unsettled, ...odd], steps };
  });
};

/** The local stack, kept from one start to the next, on an event store by the setting of a deployment. */
const start = (stateDir: string, eventStore?: string): Promise<Stack> => {
  if (eventStore !== undefined) process.env['EVENT_STORE_TABLE'] = eventStore;
  return startStack({ port: 0, stateDir, keep: 'go on' }).finally(() => delete process.env['EVENT_STORE_TABLE']);
};

/** Works as an admin of the stack, and stops it. */
const within = async <Result>(
  stack: Stack,
  stateDir: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> => {
  const { GraphQLUrl, AdminIssuer, AdminClientId } = stack.outputs;
  const clientId = String(clientsOf(AdminClientId)[0]);
  const token = () => issueToken(stateDir, { issuer: AdminIssuer, clientId, sub: 'auth0|admin' }, localIssuers);
  const client = createClient({ url: GraphQLUrl, token, WebSocket: WebSocket as never });
  try {
    return await work(client);
  } finally {
    client.close();
    await stack.stop();
  }
};

/** What is on its way would reach the views after the restored events, and stand there for events that are none. */
const quiet = async (client: Client): Promise<void> => {
  for (;;) {
    const { queues } = await client.pipeline();
    if (queues.every(({ waiting, inFlight }) => waiting === 0 && inFlight === 0)) return;
    await pause(200);
  }
};

const recover = async (client: Client) => {
  const { recoveryId } = await client.recoverFrom({ timestamp: '1970-01-01T00:00:00Z' });
  const recovery = await client.watch(recoveryId).finished;
  if (recovery.status !== 'COMPLETED' || recovery.failed > 0)
    throw new Error(`The recovery ended ${recovery.status}, with ${recovery.failed} failed: ${recovery.lastError}`);
  return recovery;
};

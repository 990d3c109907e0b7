import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'user-management-client';
import type { LoadOptions } from './options.ts';
import { type Planned, planOf } from './plan.ts';
import type { LoadRecord, SentCommand } from './record.ts';
import { clientOf, listen, nameOf, send } from './send.ts';
import { type LocalStack, storeOf } from './stack.ts';

/** So many requests under way at once, at the most. */
const mostAtOnce = 100;
/** How long no outcome at all may come before the rest is given up, milliseconds. */
const stalled = 120_000;
/** How long messages that come back may keep it waiting, milliseconds: longer than the longest of their pauses. */
const longestWait = 900_000;
/** What subscribers have yet to hear when the last outcome is told. */
const lastWords = 2_000;

/** Sends a load and waits for its outcomes. @param say told how far it is */
export const load = async (
  { seed, commands, rate, chaos }: LoadOptions,
  stack: LocalStack,
  say: (words: string) => void,
): Promise<LoadRecord> => {
  const began = Date.now();
  const run = began.toString(36);
  const plan = planOf(seed, commands, run);
  const clients = new Map(
    await Promise.all(plan.actors.map(async (actor) => [nameOf(actor), await clientOf(stack, actor)] as const)),
  );
  const heard = new Map<string, number>();
  const hear = (commandId: string) => heard.has(commandId) || heard.set(commandId, Date.now());
  const admins = plan.actors.filter(({ application }) => application === 'admin');
  const sender = (each: Planned) => send(clients.get(nameOf(each.actor))!, each);
  try {
    const listened = await Promise.all(admins.map((actor) => listen(clients.get(nameOf(actor))!, actor, hear)));
    const first = await Promise.all(plan.first.map(sender));
    await outcomesOf(first, clients, heard, say);
    if (chaos) await trouble(stack, 'PUT', '/bad-day');
    const sent: SentCommand[] = [];
    try {
      await atRate(plan.commands, rate, async (each) => {
        sent.push(await sender(each));
        if (sent.length % 500 === 0) say(`${sent.length} of ${commands} sent`);
      });
      await outcomesOf(sent, clients, heard, say);
    } finally {
      if (chaos) await trouble(stack, 'DELETE', '');
    }
    const heardOut = await untilQuiet(clients.get(nameOf(admins[0]!))!, say);
    await pause(lastWords);
    const all = [...first, ...sent];
    for (const each of all) each.heardAt = heard.get(each.commandId);
    return {
      run,
      seed,
      rate,
      chaos,
      store: await storeOf(stack),
      startedAt: new Date(began).toISOString(),
      seconds: (Date.now() - began) / 1000,
      commands: all,
      listened,
      heardOut,
    };
  } finally {
    for (const client of clients.values()) client.close();
  }
};

/**
 * What could not be told is told when its message comes back: who listens has heard the last of it once the queues are
 * empty, or will not.
 * @returns whether they are
 */
const untilQuiet = async (client: Client, say: (words: string) => void): Promise<boolean> => {
  const end = Date.now() + longestWait;
  for (let round = 1; Date.now() < end; round += 1) {
    const pipeline = await client.pipeline().catch(() => undefined);
    const left = pipeline?.queues.reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);
    if (left === 0) return true;
    if (round % 10 === 0) say(`${left ?? 'some'} messages on their way yet`);
    await pause(500);
  }
  return false;
};

const trouble = async ({ ChaosEndpoint }: LocalStack, method: string, path: string): Promise<void> => {
  const { status } = await fetch(ChaosEndpoint + path, { method });
  if (status !== 200) throw new Error(`${ChaosEndpoint}${path} answered ${status}`);
};

/** Begins with each item in its turn, so many a second, as long as not too many are under way. */
const atRate = async <Item>(items: Item[], rate: number, task: (item: Item) => Promise<void>): Promise<void> => {
  const began = performance.now();
  const underWay = new Set<Promise<void>>();
  for (const [index, item] of items.entries()) {
    const early = began + (1000 * index) / rate - performance.now();
    if (early > 0) await pause(early);
    while (underWay.size >= mostAtOnce) await Promise.race(underWay);
    const work = task(item).finally(() => underWay.delete(work));
    underWay.add(work);
  }
  await Promise.all(underWay);
};

/**
 * Asks for the outcomes of commands, those first of which an event was heard, until all are told or none is any more.
 */
const outcomesOf = async (
  sent: SentCommand[],
  clients: Map<string, Client>,
  heard: Map<string, number>,
  say: (words: string) => void,
): Promise<void> => {
  let open = sent.filter(({ receiptAt }) => receiptAt !== undefined);
  let last = Date.now();
  for (let round = 0; open.length > 0 && Date.now() - last < stalled; round += 1) {
    if (round > 0) await pause(500);
    const before = open.length;
    // What nobody has heard of may be undecided: it is asked for less often.
    await atRate(
      open.filter(({ commandId }) => round % 4 === 0 || heard.has(commandId)),
      Infinity,
      async (each) => {
        const outcome = await clients
          .get(each.actor)!
          .command({ commandId: each.commandId })
          .catch(() => null);
        if (outcome) each.outcome = { status: outcome.status, code: outcome.code, version: outcome.version };
      },
    );
    open = open.filter(({ outcome }) => !outcome);
    if (open.length < before) last = Date.now();
    if (round % 10 === 9) say(`${open.length} without an outcome yet`);
  }
};

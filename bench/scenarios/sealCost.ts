import { performance } from 'node:perf_hooks';
import { itemOf } from '../../functions/ports/eventStore/item.ts';
import { eventsOf, sealedEvent } from '../../functions/ports/eventStore/sealing.ts';
import { memoryKeys } from '../../functions/ports/keys/memory.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import type { Table } from '../report.ts';
import type { Client } from '../support/client.ts';
import { type Meter, totalOf } from '../support/meter.ts';

/** Commands of one run, in batches that keep the functions busy. */
const [batches, perBatch] = [10, 100];

export interface SealCost {
  table: Table;
  /** KMS calls of a thousand commands on functions that were there before. */
  kms: number;
  /** Point reads of table subjectKey: of each command, and of each projection, at the most. */
  keyReads: number;
}

/** What it costs that events are sealed: a thousand updates of users, from the mutation to the view. */
export const sealCost = async (admin: Client, meter: Meter, ids: string[]): Promise<SealCost> => {
  const run = async () => {
    for (let batch = 0; batch < batches; batch += 1)
      await Promise.all(
        Array.from({ length: perBatch }, (_, n) =>
          admin.send('updateUser', { id: ids[n % ids.length], firstName: `Ada ${batch} ${n}` }),
        ),
      );
    return meter.take();
  };
  const first = await run();
  const next = await run();
  const commands = batches * perBatch;
  const keyReads = (next.reads.get('subjectKey') ?? 0) / commands;
  const { sealing, opening } = await cpu();
  return {
    kms: totalOf(next.kms),
    keyReads,
    table: {
      title: `What sealing costs: ${commands} updates of ${ids.length} users, from the mutation to the view`,
      columns: ['', 'KMS calls', 'read units of subjectKey, each'],
      rows: [
        [
          'the first, which new functions take part in',
          totalOf(first.kms),
          (first.reads.get('subjectKey') ?? 0) / commands,
        ],
        ['the next', totalOf(next.kms), keyReads],
      ],
      note: `A function asks KMS when it first needs the key of the stack, and then once an hour: as many calls as there are functions at once, whatever the number of commands. CPU of one event: sealing ${sealing} µs, opening ${opening} µs.`,
    },
  };
};

const event: DomainEvent = {
  eventId: '00000000-0000-4000-8000-000000000000',
  aggregate: 'user',
  aggregateId: 'ada',
  version: 1,
  type: 'UserCreated',
  payload: { firstName: 'Ada', lastName: 'Lovelace', birthDate: '1985-12-10', email: 'ada@example.org', roleId: null },
  executionQueue: 'executeCreateUserQueue',
  timestamp: 1_700_000_000_000,
  commandId: '00000000-0000-4000-8000-000000000000',
  operation: 'createUser',
  actor: 'admin:auth0|admin',
  schemaVersion: 1,
};

/** Microseconds that sealing, and opening, add to one event, over those of an event in clear. */
const cpu = async () => {
  const keys = memoryKeys();
  const { item, newKey } = await sealedEvent(event, keys);
  keys.table.store('user#ada', newKey!);
  keys.forget('user#ada');
  const later = { ...event, type: 'UserUpdated', version: 2 };
  const clear = itemOf(event);
  const each = async (work: () => unknown, times = 5_000) => {
    for (let n = 0; n < times / 5; n += 1) await work();
    const begun = performance.now();
    for (let n = 0; n < times; n += 1) await work();
    return ((performance.now() - begun) * 1000) / times;
  };
  const more = async (one: () => unknown, than: () => unknown) => Math.round((await each(one)) - (await each(than)));
  return {
    sealing: await more(
      () => sealedEvent(later, keys),
      () => itemOf(later),
    ),
    opening: await more(
      () => eventsOf([item], keys),
      () => eventsOf([clear], keys),
    ),
  };
};

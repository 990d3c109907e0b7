import { randomUUID } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import { aggregates } from '../../domain/operations.ts';
import { handleCommand } from '../../functions/command/decideCommand.ts';
import { memoryDirectory } from '../../functions/ports/directory/memory.ts';
import { memoryEventStore } from '../../functions/ports/eventStore/memory.ts';
import { memoryKeys, memoryKeyService } from '../../functions/ports/keys/memory.ts';
import { memoryOutcomes } from '../../functions/ports/outcomes/memory.ts';
import { referencesBy } from '../../functions/ports/references/stores.ts';
import { memorySnapshots } from '../../functions/ports/snapshots/memory.ts';
import type { Table } from '../report.ts';
import { type RawItem, sizeOf } from '../support/itemSize.ts';
import { rounded } from '../support/statistics.ts';

/** Commands of one run: of so many people each, as the memory's store looks through all that it holds. */
const [rounds, people, commandsEach] = [100, 20, 5];
const commands = rounds * people * commandsEach;

/** What each person does, one after the other; each in its own form of event. */
const life = (id: string): { name: string; operation: string; input: Record<string, unknown> }[] => {
  const person = { firstName: 'Ada', lastName: 'Lovelace', birthDate: '1985-12-10', email: `${id}@example.org` };
  return [
    { name: 'signUp', operation: 'signUp', input: person },
    { name: 'updateUser', operation: 'updateUser', input: { lastName: 'King' } },
    { name: 'updateUser, new e-mail', operation: 'updateUser', input: { email: `king.${id}@example.org` } },
    { name: 'suspendUser', operation: 'suspendUser', input: { reason: 'Has left for some months', until: null } },
    {
      name: 'correctEvent',
      operation: 'correctEvent',
      input: { kind: 'REPLACE', version: 2, payload: { lastName: 'Byron' } },
    },
  ];
};

interface Run {
  /** Microseconds of CPU for a command. */
  cpu: number;
  /** Calls of the key service. */
  kms: number;
  /** Point reads of table subjectKey for a command. */
  keyReads: number;
  /** Bytes of the event's item, by what was done. */
  bytes: Map<string, number>;
}

/** One command function that starts anew, over tables in memory. */
const run = async (): Promise<Run> => {
  const service = memoryKeyService();
  const keys = memoryKeys(undefined, service);
  const { find } = keys.table;
  let keyReads = 0;
  keys.table.find = (ids) => {
    keyReads += ids.length;
    return find(ids);
  };
  const bytes = new Map<string, number>();
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    const eventStore = memoryEventStore(keys);
    const streams = { eventStore, snapshots: memorySnapshots(keys) };
    const outcomes = memoryOutcomes();
    const ports = { ...streams, outcomes, references: referencesBy(streams, memoryDirectory()) };
    for (let n = 0; n < people; n += 1) {
      const aggregateId = `person-${round}-${n}`;
      for (const { name, operation, input } of life(aggregateId)) {
        const command = { commandId: randomUUID(), operation, aggregate: 'user' as const, aggregateId, input };
        const handled = await handleCommand(
          { ...command, actor: operation === 'signUp' ? `user:auth0|${aggregateId}` : 'admin:auth0|bench' },
          { ...ports, now: Date.now, newId: randomUUID },
        );
        if (handled.kind !== 'applied') throw new Error(`${name}: ${JSON.stringify(handled)}`);
        bytes.set(name, sizeOf(marshall(eventStore.items.at(-1)) as unknown as RawItem));
      }
    }
  }
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / commands, kms: service.calls, keyReads: keyReads / commands, bytes };
};

/** The same code where nothing is declared to be personal, so that nothing is sealed. */
const unsealed = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  const attributes = Object.values(aggregates.user.attributes).filter(({ personal }) => personal);
  for (const attribute of attributes) attribute.personal = false;
  try {
    return await work();
  } finally {
    for (const attribute of attributes) attribute.personal = true;
  }
};

const unitsOf = (bytes: number) => Math.ceil(bytes / 1024);

/** What sealing adds to commands: the command function with it, and without. */
export const sealedOrNot = async (): Promise<{ tables: Table[]; kms: number }> => {
  // The first of all is slower than any other.
  await run();
  const [without, sealed] = [await unsealed(run), await run()];
  const names = [...sealed.bytes.keys()];
  return {
    kms: sealed.kms,
    tables: [
      {
        title: `Without and with sealing: ${commands.toLocaleString('en')} commands in one command function that starts anew`,
        columns: ['', 'CPU of a command, µs', 'KMS calls, in all', 'point reads of subjectKey, each'],
        rows: [
          ['without', rounded(without.cpu, 0), without.kms, without.keyReads],
          ['with', rounded(sealed.cpu, 0), sealed.kms, sealed.keyReads],
        ],
        note: 'Over tables in memory, with the code that is deployed; without: nothing is declared to be personal.',
      },
      {
        title: 'Without and with sealing: the item of an event',
        columns: ['command', 'bytes without', 'bytes with', 'write units without', 'write units with'],
        rows: names.map((name) => {
          const [before, after] = [without.bytes.get(name)!, sealed.bytes.get(name)!];
          return [name, before, after, unitsOf(before), unitsOf(after)];
        }),
        note: 'Units of the table alone, twice as many in a transaction. A create writes the key of the life besides: two units.',
      },
    ],
  };
};

import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { itemOf } from '../../functions/ports/eventStore/item.ts';
import type { Result } from '../report.ts';
import type { Bench, Scenario } from '../scenario.ts';
import type { Client } from '../support/client.ts';
import { putAll } from '../support/history.ts';
import { Meter, totalOf } from '../support/meter.ts';
import { withStack } from '../support/stack.ts';
import { percentile, rounded } from '../support/statistics.ts';

/** Events of the streams that are compared. */
const lengths = [10, 1_000, 10_000];
const times = 10;
const minute = 60_000;

/** A group that was described anew every minute, until an hour ago. */
export const streamOf = (id: string, length: number): DomainEvent[] => {
  const begin = Date.now() - (length + 60) * minute;
  return Array.from({ length }, (_, index) => ({
    eventId: randomUUID(),
    aggregate: 'group',
    aggregateId: id,
    version: index + 1,
    type: index === 0 ? 'GroupCreated' : 'GroupUpdated',
    payload: { ...(index === 0 && { name: id }), description: `Description ${index}` },
    executionQueue: 'executeCreateGroupQueue',
    timestamp: begin + index * minute,
    ...(index > 0 && { previousTimestamp: begin + (index - 1) * minute }),
    commandId: randomUUID(),
    operation: index === 0 ? 'createGroup' : 'updateGroup',
    actor: 'admin:auth0|bench',
    schemaVersion: 1,
  }));
};

const correct = (admin: Client, id: string): Promise<unknown> =>
  admin.send('correctEvent', { aggregate: 'GROUP', aggregateId: id, version: 2, payload: '{"description":"Right"}' });

const recoverFrom = (admin: Client, t: string): Promise<unknown> =>
  admin.ask('mutation ($t: AWSDateTime!) { recoverFrom(timestamp: $t) { recoveryId } }', { t });

/** What it costs to go on with a stream, and to look at it, however long it is. */
export const streams: Scenario = {
  name: 'streams',
  about: `a command, a page of events, a state of the past and a recovery of one stream of ${lengths.join(', ')} events`,
  async run(bench: Bench): Promise<Result> {
    let meter: Meter | undefined;
    return withStack(
      bench,
      { measure: 'INDEXES', onLambdaEvent: (event) => meter?.hear(event) },
      async ({ stack, admin }) => {
        meter = new Meter(stack);
        const idle = () => stack.mappings.idle();
        const rows = new Map<string, (string | number)[]>();
        const note = (name: string, ...values: (string | number)[]) =>
          rows.set(name, [...(rows.get(name) ?? [name]), ...values]);
        const measure = async (name: string, work: () => Promise<unknown>, count = times) => {
          const milliseconds: number[] = [];
          await meter!.take();
          for (let n = 0; n < count; n += 1) {
            const begun = performance.now();
            await work();
            milliseconds.push(performance.now() - begun);
            await idle();
          }
          const { reads, readers } = await meter!.take();
          note(name, rounded(totalOf(reads) / count, 1), rounded(percentile(milliseconds, 0.5), 0));
          return (reader: string) => rounded((readers.get(reader) ?? 0) / count, 1);
        };
        for (const length of lengths) {
          bench.say(`a stream of ${length} events`);
          const id = `group-of-${length}`;
          await putAll(stack.database, stack.outputs.Tables['eventStore']!, streamOf(id, length).map(itemOf));
          await idle();
          const command = async () => {
            await admin.send('updateGroup', { id, description: `Anew ${randomUUID()}` });
            await idle();
          };
          await measure('command, the first of all: there is no snapshot', command, 1);
          const readBy = await measure('command', command);
          note('its execution alone', readBy('execute'), '');
          const page =
            'query ($id: ID!) { events(aggregate: GROUP, aggregateId: $id, limit: 10) { items { eventId } } }';
          await measure('page of 10 events', () => admin.ask(page, { id }));
          const at =
            'query ($id: ID!, $t: AWSDateTime!, $k: AWSDateTime) { groupAt(id: $id, timestamp: $t, knownAt: $k) { description } }';
          const middle = new Date(Date.now() - (length / 2 + 60) * minute).toISOString();
          // What was stored by itself has snapshots from its next rebuild on.
          await recoverFrom(admin, new Date(Date.now() - (length + 120) * minute).toISOString());
          await idle();
          await measure('groupAt, now', () => admin.ask(at, { id, t: new Date().toISOString() }));
          await measure('groupAt, half of the events ago', () => admin.ask(at, { id, t: middle }));
          await measure('groupAt, the same as it was known then', () => admin.ask(at, { id, t: middle, k: middle }));
          const uncorrected = new Date().toISOString();
          await measure('correction of an early event', () => correct(admin, id), 1);
          await measure('groupAt, half of the events ago, corrected since', () => admin.ask(at, { id, t: middle }));
          await measure('groupAt, the same as it was known before', () =>
            admin.ask(at, { id, t: middle, k: uncorrected }),
          );
          const since = new Date(Date.now() - 1).toISOString();
          await command();
          await measure('recovery of the stream, since its last event', () => recoverFrom(admin, since), 1);
        }
        return {
          tables: [
            {
              title: 'Long streams',
              columns: ['', ...lengths.flatMap((length) => [`read units, ${length} events`, 'ms'])],
              rows: [...rows.values()],
              note: 'Each with all that follows from it: of a command, its projection too; of a recovery, all of its steps. One at a time.',
            },
          ],
          figures: [...rows.values()].map(([name, ...values]) => ({
            name: String(name),
            value: `${values.filter((_, index) => index % 2 === 0).join(' / ')} read units at ${lengths.join(' / ')} events`,
          })),
        };
      },
    );
  },
};

import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { currentSchemaVersion } from '../../../domain/kernel/stream/event.ts';
import { queuePairs } from '../../../domain/operations.ts';
import { answerToStream, sequenceNumberOf } from '../../../functions/runtime/batches.ts';
import { forwardBatch } from '../../../functions/mediator/forward.ts';
import { failureQueue } from '../../../functions/mediator/unsendable.ts';
import { eventOf } from '../../../functions/ports/eventStore/item.ts';
import { readableEventsOf } from '../../../functions/ports/eventStore/sealing.ts';
import { parseExecutionMessage } from '../../../functions/messages.ts';
import { memoryQueues } from '../../../functions/ports/queues/memory.ts';
import {
  createAuthorization,
  createGroup,
  createRole,
  deleteUser,
  signUp,
  updateUser,
} from '../../support/clients/commands.ts';
import { recordedTelemetry } from '../../support/telemetry.ts';
import { streamRecord, writePath } from '../../support/models/writePath.ts';

const executionQueues = queuePairs.map(({ executionQueue }) => executionQueue);
const setUp = () => ({ queues: memoryQueues([...executionQueues, failureQueue]), telemetry: recordedTelemetry() });

const storedItems = async () => {
  const path = writePath();
  await path.command(
    signUp('ada', 'ada@example.com'),
    updateUser('ada', { firstName: 'Augusta \u{1F600} \ufffd' }),
    deleteUser('ada'),
    createRole('r'),
    createGroup('g'),
    createAuthorization('a'),
  );
  return { path, items: await path.backend.items() };
};

describe('the mediator', () => {
  it('sends every event of a batch, whole, to the queue that it names', async () => {
    const { path, items } = await storedItems();
    const ports = setUp();
    expect(
      await forwardBatch(
        items.map((item) => streamRecord(item)),
        ports,
      ),
    ).toEqual(new Map());
    expect([...ports.queues.sent.keys()].sort()).toEqual([
      'executeCreateAuthorizationQueue',
      'executeCreateGroupQueue',
      'executeCreateRoleQueue',
      'executeDeleteUserQueue',
      'executeSignUpQueue',
      'executeUpdateUserQueue',
    ]);
    const messages = [...ports.queues.sent.values()].flat().flatMap((body) => {
      expect(body).toMatch(/^[ -~]*$/);
      expect(body).not.toMatch(/ada@|Augusta/);
      const message = parseExecutionMessage(body);
      return message.kind === 'event' ? [message.event] : [];
    });
    const received = await readableEventsOf(messages, path.backend.keys);
    const byId = (one: { eventId: string }, other: { eventId: string }) => (one.eventId < other.eventId ? -1 : 1);
    expect(received.sort(byId)).toEqual((await path.events()).sort(byId));
    expect(ports.telemetry.counts).toEqual({ EventsSent: 6 });
    // A flood of one sender's events is dealt out fairly among those of others.
    for (const [queue, bodies] of ports.queues.sent)
      expect(ports.queues.senders.get(queue)).toEqual(bodies.map((body) => JSON.parse(body).event.actor));
    for (const { fields } of ports.telemetry.lines)
      expect(fields).toMatchObject({
        commandId: expect.any(String),
        aggregate: expect.any(String),
        operation: expect.any(String),
      });
  });

  it("gives messages without the keys of the store's indexes", async () => {
    const { items } = await storedItems();
    const ports = setUp();
    await forwardBatch([streamRecord(items.find(({ streamId }) => streamId === 'user#ada')!)], ports);
    const message = JSON.parse(ports.queues.sent.get('executeSignUpQueue')![0]!) as { kind: string; event: object };
    expect(message).toEqual({ kind: 'event', event: expect.objectContaining({ streamId: 'user#ada', version: 1 }) });
    expect(Object.keys(message.event)).not.toEqual(expect.arrayContaining(['commandKey']));
    expect(Object.keys(message.event)).not.toEqual(expect.arrayContaining(['timeShard']));
  });

  it('routes an event of the first implementation by the operation that it now is', async () => {
    const ports = setUp();
    const original = {
      streamId: 'authorization#77',
      version: 1,
      eventId: 'e-1',
      aggregate: 'auth',
      executionQueue: 'executeCreateAuthQueue',
      timestamp: 1_560_000_000_000,
      payload: { authId: '77', name: 'read', desc: 'May read.' },
    };
    expect(await forwardBatch([streamRecord(original)], ports)).toEqual(new Map());
    const message = parseExecutionMessage(ports.queues.sent.get('executeCreateAuthorizationQueue')![0]!);
    expect(message.kind === 'event' && eventOf(message.event)).toMatchObject({
      type: 'AuthorizationCreated',
      aggregateId: '77',
      payload: { name: 'read', description: 'May read.' },
    });
  });

  it('sets aside what is no event, with what it takes to find it, and sends the rest', async () => {
    const { items } = await storedItems();
    const { executionQueue: _executionQueue, ...withoutQueue } = items[0]!;
    const strange = [
      { streamId: 'primer', version: 0 },
      withoutQueue,
      { ...items[1], executionQueue: 'someoneElsesQueue' },
      { ...items[2], version: 'two' },
      { ...items[3], schemaVersion: currentSchemaVersion, commandId: undefined },
      { ...items[3], schemaVersion: currentSchemaVersion, timestamp: undefined },
      {},
    ];
    const records = [items[4]!, ...strange, items[5]!].map((item) => streamRecord(item));
    const ports = setUp();
    expect(await forwardBatch(records, ports)).toEqual(new Map());
    const { sent } = ports.queues;
    const reports = (sent.get(failureQueue) ?? []).map((body) => JSON.parse(body) as Record<string, unknown>);
    expect(reports).toEqual(
      records.slice(1, 8).map((record) => ({
        reason: expect.stringMatching(/./),
        keys: record.dynamodb!.Keys,
        sequenceNumber: sequenceNumberOf(record),
        streamArn: null,
      })),
    );
    sent.delete(failureQueue);
    expect([...sent.values()].flat()).toHaveLength(2);
    expect(ports.telemetry.counts).toEqual({ EventsSetAside: 7, EventsSent: 2 });
  });

  it('sets aside an event that no queue would take', async () => {
    const { items } = await storedItems();
    const huge = { ...items[0]!, payload: { firstName: '\u0001'.repeat(300_000) } };
    const ports = setUp();
    expect(await forwardBatch([streamRecord(huge), streamRecord(items[1]!)], ports)).toEqual(new Map());
    expect(ports.queues.sent.get(failureQueue)).toHaveLength(1);
    expect(ports.telemetry.counts).toEqual({ EventsSetAside: 1, EventsSent: 1 });
  });

  it('lets the stream bring back what could not be sent this time, or not even be reported', async () => {
    const { items } = await storedItems();
    const records = [...items, { streamId: 'primer', version: 0 }].map((item) => streamRecord(item));
    const ports = {
      ...setUp(),
      queues: memoryQueues(executionQueues.filter((name) => name !== 'executeUpdateUserQueue')),
    };
    const failures = await forwardBatch(records, ports);
    const update = items.findIndex(({ type }) => type === 'UserUpdated');
    expect([...failures.keys()].sort()).toEqual([records[update]!, records.at(-1)!].map(sequenceNumberOf).sort());
    expect(ports.telemetry.counts).toEqual({ EventsSent: 5, EventsNotSent: 2 });
  });

  it('passes by what is no new item, loudly', async () => {
    const { items } = await storedItems();
    const ports = setUp();
    expect(await forwardBatch([streamRecord(items[0]!, 'REMOVE'), streamRecord(items[0]!, 'MODIFY')], ports)).toEqual(
      new Map(),
    );
    expect(ports.queues.sent.size).toBe(0);
    expect(ports.telemetry.lines.map(({ level }) => level)).toEqual(['warn', 'warn']);
  });

  it('answers with the sequence numbers of the failures, also when everything failed', async () => {
    const records = ['100', '200', '300'].map((SequenceNumber) => ({
      eventName: 'INSERT' as const,
      dynamodb: { SequenceNumber, Keys: marshall({ streamId: 's', version: 1 }) as never },
    }));
    const failed = (...numbers: string[]) =>
      answerToStream({ Records: records }, new Map(numbers.map((number) => [number, new Error(number)])));
    expect(await failed()).toEqual({ batchItemFailures: [] });
    expect(await failed('200')).toEqual({ batchItemFailures: [{ itemIdentifier: '200' }] });
    expect(await failed('100', '200', '300')).toEqual({
      batchItemFailures: [{ itemIdentifier: '100' }, { itemIdentifier: '200' }, { itemIdentifier: '300' }],
    });
  });
});

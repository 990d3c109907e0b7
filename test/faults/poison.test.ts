import { readFileSync } from 'node:fs';
import { queuePairs } from '../../domain/operations.ts';
import { join } from 'node:path';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { itemOf } from '../../functions/ports/eventStore/item.ts';
import { organisation, person } from '../e2e/organisation.ts';
import { eventually, unique } from '../support/clients/client.ts';
import { type OwnStack, ownStack } from '../support/stack/ownStack.ts';

/**
 * Redelivered after so many seconds: well above what a batch takes, well below what a test wants to wait. (What cannot
 * be read comes back after a second, up to ten times.)
 */
const visibility = 8;

let own: OwnStack;
beforeAll(async () => {
  own = await ownStack({ queueVisibilityOverrideSeconds: visibility });
});
afterAll(() => own?.stop());

const send = async (queue: string, bodies: string[]): Promise<void> => {
  for (let start = 0; start < bodies.length; start += 10) {
    const Entries = bodies.slice(start, start + 10).map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const { Failed } = await own.inspection.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: own.outputs.Queues[queue], Entries }),
    );
    expect(Failed ?? []).toEqual([]);
  }
};

/** Takes messages off a queue until there are as many as expected. */
const take = async (queue: string, count: number, seconds = 60): Promise<string[]> => {
  const QueueUrl = own.outputs.Queues[queue];
  const taken: string[] = [];
  await eventually(
    `${count} messages on ${queue}`,
    async () => {
      const { Messages = [] } = await own.inspection.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length > 0)
        await own.inspection.sqs.send(
          new DeleteMessageBatchCommand({
            QueueUrl,
            Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
          }),
        );
      taken.push(...Messages.map(({ Body }) => Body ?? ''));
      return taken.length >= count;
    },
    seconds,
  );
  return taken;
};

/** How often each message was handed to a function, by the queue's name and the message's body. */
const countDeliveries = (): { of(queue: string, body: string): number } => {
  const counts = new Map<string, number>();
  own.stack.gateway.onCall(({ phase, operation, input, response }) => {
    if (phase !== 'after' || operation !== 'ReceiveMessage') return;
    const queue = String(input['QueueUrl']).replace(/.*-/, '');
    for (const { Body } of (response?.body['Messages'] ?? []) as { Body: string }[])
      counts.set(`${queue} ${Body}`, (counts.get(`${queue} ${Body}`) ?? 0) + 1);
  });
  return { of: (queue, body) => counts.get(`${queue} ${body}`) ?? 0 };
};

const workQueues = (pattern: RegExp): string[] =>
  Object.keys(own.outputs.Queues).filter((name) => pattern.test(name) && own.outputs.Queues[`${name}Dlq`]);
const commandOf = (input: Record<string, unknown>) => {
  const { id, ...attributes } = input;
  return {
    commandId: randomUUID(),
    operation: 'createUser',
    aggregate: 'user',
    aggregateId: id,
    actor: 'admin:auth0|admin',
    input: attributes,
    sentAt: new Date().toISOString(),
  };
};

it('messages that nobody can read end in their dead-letter queues, and cost those beside them nothing (I9)', async () => {
  const deliveries = countDeliveries();
  const { roleId, groupId } = await organisation(own.admin);
  const bad = {
    command: [
      'no JSON',
      '[]',
      'null',
      '{}',
      JSON.stringify({ ...commandOf({ id: 'x' }), actor: undefined }),
      JSON.stringify({ commandId: 'c', actor: 'a' }),
    ],
    execution: [
      'no JSON',
      '{}',
      '{"kind":"party"}',
      '{"kind":"event","event":{}}',
      '{"kind":"replay","streams":[]}',
      JSON.stringify({
        kind: 'event',
        event: { schemaVersion: 1, eventId: 'e', aggregate: 'user', type: 'UserExploded' },
      }),
    ],
  };
  const people = Array.from({ length: 6 }, () => person({ roleId, groupId }));
  const good = people.map((input) => JSON.stringify(commandOf(input)));
  // Each queue gets one; of two queues, whole batches are half bad.
  for (const queue of workQueues(/^(?!execute)/)) await send(queue, ['not for anyone']);
  for (const queue of workQueues(/^execute/)) await send(queue, ['not for anyone']);
  await send(
    'createUserQueue',
    bad.command.flatMap((body, index) => [body, good[index]!]),
  );
  await send('executeCreateUserQueue', bad.execution);

  const outcomes = await Promise.all(
    good.map((body) => own.admin.outcomeOf((JSON.parse(body) as { commandId: string }).commandId)),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(good.map(() => 'APPLIED'));
  await Promise.all(outcomes.map((outcome) => own.admin.shown(outcome)));
  for (const body of good)
    expect(deliveries.of('createUserQueue', body), 'a good command came back with the bad').toBeLessThanOrEqual(1);

  const all = workQueues(/./);
  expect(all).toHaveLength(2 * queuePairs.length + 1);
  for (const queue of all) {
    const more = { createUserQueue: bad.command, executeCreateUserQueue: bad.execution }[queue] ?? [];
    expect((await take(`${queue}Dlq`, 1 + more.length)).sort(), queue).toEqual(['not for anyone', ...more].sort());
  }
  expect(await own.inspection.waiting(true)).toEqual([]);
  expect(await own.inspection.waiting(false)).toEqual([]);
});

it('an item in the event store that is no event is reported once, at once, and holds up no event behind it (I9)', async () => {
  const { roleId, groupId } = await organisation(own.admin);
  const event = {
    eventId: randomUUID(),
    aggregate: 'user' as const,
    aggregateId: unique('u'),
    version: 1,
    type: 'UserCreated',
    payload: {},
    executionQueue: 'executeCreateUserQueue',
    timestamp: Date.now(),
    commandId: randomUUID(),
    operation: 'createUser',
    actor: 'admin:auth0|admin',
    schemaVersion: 1,
  };
  const strange: Record<string, unknown>[] = [
    // One for about every lane of the stream.
    ...Array.from({ length: 12 }, (_, n) => ({ streamId: `stray#${n}`, version: 1 })),
    { ...itemOf({ ...event, executionQueue: 'createUserQueue' }), streamId: 'stray#queue' },
    { ...itemOf(event), streamId: 'stray#shape', aggregateId: 7 },
    { ...itemOf(event), streamId: 'stray#\u{1F41B}\uffff', eventId: { no: 'id' } },
    // 380 KB in the store, 2.3 MB as text.
    { ...itemOf(event), streamId: 'stray#size', payload: { firstName: '\u0001'.repeat(380_000) } },
  ];
  const reporters: string[] = [];
  const stopCounting = own.stack.gateway.onCall(({ phase, operation, input, caller }) => {
    if (
      phase === 'before' &&
      operation.startsWith('SendMessage') &&
      String(input['QueueUrl']).endsWith('mediatorFailureQueue')
    )
      reporters.push(caller);
  });
  await Promise.all(
    strange.map((Item) =>
      own.inspection.dynamoDb.send(new PutCommand({ TableName: own.outputs.Tables['eventStore'], Item })),
    ),
  );
  // Had any lane to wait for retries, one of these would.
  await Promise.all(Array.from({ length: 16 }, () => own.admin.apply('createUser', person({ roleId, groupId }))));

  const reports = (await take('mediatorFailureQueue', strange.length)).map(
    (body) =>
      JSON.parse(body) as { reason: string; keys: Record<string, unknown>; sequenceNumber: string; streamArn: string },
  );
  stopCounting();
  expect(
    reports.map(({ keys }) => keys).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
  ).toEqual(
    strange
      .map(({ streamId, version }) => ({ streamId: { S: streamId }, version: { N: String(version) } }))
      .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
  );
  for (const { reason, sequenceNumber, streamArn } of reports) {
    expect(reason).not.toBe('');
    expect(sequenceNumber).toMatch(/^\d+$/);
    expect(streamArn).toContain('eventStore/stream/');
  }
  // By the function itself, not by the mapping after its retries.
  for (const reporter of reporters) expect(reporter).toMatch(/mediator/);
  expect(reporters.length).toBeLessThanOrEqual(strange.length);
  expect(await own.inspection.waiting(true)).toEqual([]);
});

it('an event that cannot follow its stream ends in the dead-letter queue of its execution queue, others go on (I9)', async () => {
  const { roleId, groupId } = await organisation(own.admin);
  const orphan = {
    eventId: randomUUID(),
    aggregate: 'user' as const,
    aggregateId: unique('u'),
    version: 1,
    type: 'UserUpdated',
    payload: { firstName: 'Nobody' },
    executionQueue: 'executeUpdateUserQueue',
    timestamp: Date.now(),
    commandId: randomUUID(),
    operation: 'updateUser',
    actor: 'admin:auth0|admin',
    schemaVersion: 1,
  };
  await own.inspection.dynamoDb.send(
    new PutCommand({ TableName: own.outputs.Tables['eventStore'], Item: itemOf(orphan) }),
  );
  // Who commands that stream is no luckier, but an operator hears of it.
  const { commandId } = await own.admin.send('updateUser', { id: orphan.aggregateId, firstName: 'Anyone' });
  const id = await own.admin.apply('createUser', person({ roleId, groupId }));
  await own.admin.apply('updateUser', { id, lastName: 'Leigh' });
  expect(JSON.parse((await take('executeUpdateUserQueueDlq', 1))[0]!)).toMatchObject({
    kind: 'event',
    event: { eventId: orphan.eventId },
  });
  expect(JSON.parse((await take('updateUserQueueDlq', 1))[0]!)).toMatchObject({ commandId });
  expect(await own.inspection.waiting(true)).toEqual([]);
});

it('every queue of that kind has an alarm that tells someone', () => {
  const { Resources } = JSON.parse(
    readFileSync(join(inject('assemblyDir'), `${own.stack.model.stackName}.template.json`), 'utf8'),
  ) as { Resources: Record<string, { Type: string; Properties: Record<string, any> }> };
  const watched = Object.values(Resources)
    .filter(
      ({ Type, Properties }) =>
        Type === 'AWS::CloudWatch::Alarm' && Properties['Threshold'] === 0 && Properties['AlarmActions'].length > 0,
    )
    .flatMap(({ Properties }) => (Properties['Metrics'] ?? []) as any[])
    .filter(({ MetricStat }) => MetricStat?.Metric.MetricName === 'ApproximateNumberOfMessagesVisible')
    .map(({ MetricStat }) => MetricStat.Metric.Dimensions[0].Value as string);
  const kept = own.stack.model.queues.map(({ name }) => name).filter((name) => /Dlq$|FailureQueue$/.test(name));
  expect(watched.sort()).toEqual(kept.sort());
  expect(kept).toHaveLength(2 * queuePairs.length + 2);
});

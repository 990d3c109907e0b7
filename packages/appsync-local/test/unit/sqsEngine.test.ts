import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { SqsEngine } from '../../src/engines/sqs/engine.ts';
import type { QueueModel } from '../../src/model.ts';

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const queue = (name: string, attributes: Record<string, string> = {}): QueueModel => ({
  logicalId: name,
  name,
  arn: arn(name),
  url: '',
  attributes,
  policy: [],
});
const redrive = (target: string, maxReceiveCount: number) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(target), maxReceiveCount }),
});
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

const engines: SqsEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop();
});

/** An engine with those queues, and a short way to call it; answers are looked into by each test. */
async function open(queues: QueueModel[], file?: string, visibilityTimeoutSeconds?: number) {
  const engine = new SqsEngine({
    url: 'http://127.0.0.1:4001',
    region: 'us-east-1',
    accountId: '000000000000',
    ...(file === undefined ? {} : { file }),
  });
  engines.push(engine);
  const gone = await engine.createQueues(queues, { visibilityTimeoutSeconds });
  const call = async (operation: string, name: string, input: object = {}): Promise<any> =>
    engine.call(operation, { QueueUrl: engine.queueUrl(name), ...input });
  const send = (name: string, MessageBody: string, more: object = {}) =>
    call('SendMessage', name, { MessageBody, ...more });
  const receive = async (name: string, more: object = {}): Promise<any[]> =>
    (await call('ReceiveMessage', name, { MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], ...more }))
      .Messages ?? [];
  const bodies = async (name: string, more: object = {}) => (await receive(name, more)).map(({ Body }) => Body);
  const counts = async (name: string) => {
    const { Attributes } = await call('GetQueueAttributes', name, { AttributeNames: ['All'] });
    return ['', 'NotVisible', 'Delayed'].map((kind) => Number(Attributes[`ApproximateNumberOfMessages${kind}`]));
  };
  return { engine, gone, call, send, receive, bodies, counts };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a queue', () => {
  it('gives a message to one receiver until its time-out, then again with a higher count, then to the dead letters', async () => {
    const { send, receive, counts, call } = await open([
      queue('jobs', { VisibilityTimeout: '0', ...redrive('dead', 2) }),
      queue('dead'),
    ]);
    await send('jobs', 'bad');
    const [first] = await receive('jobs', { VisibilityTimeout: 1 });
    expect(first.Attributes).toMatchObject({ ApproximateReceiveCount: '1', SenderId: '000000000000' });
    expect(await receive('jobs')).toEqual([]);
    expect(await counts('jobs')).toEqual([0, 1, 0]);
    const [second] = await receive('jobs', { WaitTimeSeconds: 2 });
    expect(second.Attributes.ApproximateReceiveCount).toBe('2');
    // The first receipt is worth nothing any more, and SQS says nothing of it.
    await call('DeleteMessage', 'jobs', { ReceiptHandle: first.ReceiptHandle });
    expect(await receive('jobs')).toEqual([]);
    const [dead] = await receive('dead');
    expect(dead).toMatchObject({ Body: 'bad', MessageId: first.MessageId });
    expect(dead.Attributes).toMatchObject({
      DeadLetterQueueSourceArn: arn('jobs'),
      SentTimestamp: first.Attributes.SentTimestamp,
    });
    await call('DeleteMessage', 'dead', { ReceiptHandle: dead.ReceiptHandle });
    expect(await counts('dead')).toEqual([0, 0, 0]);
  });

  it('answers a long poll with what comes, a batch together, and an aborted one takes nothing', async () => {
    const { engine, call, bodies, send } = await open([queue('jobs')]);
    const polling = bodies('jobs', { WaitTimeSeconds: 20 });
    const Entries = ['a', 'b', 'c'].map((MessageBody) => ({ Id: MessageBody, MessageBody }));
    await call('SendMessageBatch', 'jobs', { Entries });
    expect(await polling).toEqual(['a', 'b', 'c']);
    const gone = new AbortController();
    const input = { QueueUrl: engine.queueUrl('jobs'), WaitTimeSeconds: 20 };
    const abandoned = engine.call('ReceiveMessage', input, { signal: gone.signal });
    gone.abort();
    expect(await abandoned).toEqual({});
    await send('jobs', 'd');
    expect(await bodies('jobs')).toEqual(['d']);
    const last = bodies('jobs', { WaitTimeSeconds: 20 });
    await engine.stop();
    expect(await last).toEqual([]);
  });

  it('lets a test shorten every time-out, those that a consumer asks for included', async () => {
    const { send, receive, bodies, call } = await open([queue('jobs', { VisibilityTimeout: '600' })], undefined, 1);
    await send('jobs', 'again');
    const [first] = await receive('jobs');
    await call('ChangeMessageVisibility', 'jobs', { ReceiptHandle: first.ReceiptHandle, VisibilityTimeout: 600 });
    expect(await bodies('jobs')).toEqual([]);
    const [second] = await receive('jobs', { WaitTimeSeconds: 5 });
    const Entries = [{ Id: '0', ReceiptHandle: second.ReceiptHandle, VisibilityTimeout: 600 }];
    expect(await call('ChangeMessageVisibilityBatch', 'jobs', { Entries })).toEqual({ Successful: [{ Id: '0' }] });
    expect(await bodies('jobs', { WaitTimeSeconds: 5 })).toEqual(['again']);
  });

  it('shows what is delayed when its time has come, and what is given back at once', async () => {
    const { send, receive, bodies, call, counts } = await open([queue('jobs', { DelaySeconds: '1' })]);
    await send('jobs', 'late');
    await send('jobs', 'now', { DelaySeconds: 0 });
    expect(await counts('jobs')).toEqual([1, 0, 1]);
    const [now] = await receive('jobs');
    await call('ChangeMessageVisibility', 'jobs', { ReceiptHandle: now.ReceiptHandle, VisibilityTimeout: 0 });
    expect(await bodies('jobs')).toEqual(['now']);
    expect(await bodies('jobs', { WaitTimeSeconds: 3 })).toEqual(['late']);
    await expect(
      call('ChangeMessageVisibility', 'jobs', { ReceiptHandle: now.ReceiptHandle, VisibilityTimeout: 0 }),
    ).rejects.toMatchObject({ code: 'AWS.SimpleQueueService.MessageNotInflight' });
    await expect(call('DeleteMessage', 'jobs', { ReceiptHandle: 'garbage' })).rejects.toMatchObject({
      name: 'ReceiptHandleIsInvalid',
    });
  });

  it('shows what is delayed to who waits for it, though a timer goes off too early', async () => {
    const { send, bodies } = await open([queue('jobs', { DelaySeconds: '1' })]);
    await send('jobs', 'late');
    const received = bodies('jobs', { WaitTimeSeconds: 5 });
    // To the engine only half of each second passes.
    const began = Date.now();
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => began + (performance.now() - since) / 2);
    const since = performance.now();
    onTestFinished(() => clock.mockRestore());
    expect(await received).toEqual(['late']);
  });

  it('is fair: one group with a long backlog does not hold up the others', async () => {
    const { send, receive } = await open([queue('jobs')]);
    for (let n = 0; n < 100; n += 1) await send('jobs', `noisy ${n}`, { MessageGroupId: 'noisy' });
    await receive('jobs');
    for (const group of ['a', 'b']) await send('jobs', group, { MessageGroupId: group });
    // Each without a group counts as somebody else's.
    for (const body of ['nobody 0', 'nobody 1']) await send('jobs', body);
    const next = await receive('jobs');
    expect(next.map(({ Body }) => Body).slice(0, 4)).toEqual(['a', 'b', 'nobody 0', 'nobody 1']);
    expect(next.find(({ Body }) => Body === 'a').Attributes.MessageGroupId).toBe('a');
    // In a group, and with nobody else about, the oldest comes first.
    expect((await receive('jobs')).map(({ Body }) => Body)[0]).toBe('noisy 16');
    await expect(send('jobs', 'x', { MessageGroupId: 'two words' })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  it('takes every character that SQS takes, gives it back as it was with its checksum, and refuses what SQS refuses', async () => {
    const { call, receive } = await open([queue('jobs')]);
    const bodies = [
      'plain',
      '{"name":"\u{1F600} \u{10FFFF}\u{10000}"}',
      '\ue000',
      '\t\n\r \ud7ff\uf8ff\ufffd',
      'e\u0301',
    ];
    const entries = (all: string[]) => ({
      Entries: all.map((MessageBody, index) => ({ Id: `${index}`, MessageBody })),
    });
    const { Successful } = await call('SendMessageBatch', 'jobs', entries(bodies));
    expect(Successful.map((one: any) => one.MD5OfMessageBody)).toEqual(bodies.map(md5));
    const received = await receive('jobs');
    expect(received.map(({ Body }) => Body)).toEqual(bodies);
    for (const { Body, MD5OfBody } of received) expect(MD5OfBody).toBe(md5(Body));
    const refused = ['\ud83d', '\ude00\ud83d', 'a\ufffe', '\uffff\u{1F600}', '\u0001'];
    const { Failed, Successful: fine } = await call('SendMessageBatch', 'jobs', entries([...refused, 'fine']));
    expect(fine).toMatchObject([{ Id: '5' }]);
    expect(Failed).toEqual(
      refused.map((_, index) =>
        expect.objectContaining({ Id: `${index}`, SenderFault: true, Code: 'InvalidMessageContents' }),
      ),
    );
  });

  it('takes a message of 1 MiB, its attributes counted, and no more, one or a batch of them', async () => {
    const { send, call, bodies } = await open([queue('jobs')]);
    const most = 'x'.repeat(2 ** 20);
    await send('jobs', most);
    expect((await bodies('jobs'))[0]).toHaveLength(2 ** 20);
    await expect(send('jobs', `${most}x`)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    const MessageAttributes = { a: { DataType: 'String', StringValue: 'b' } };
    await expect(send('jobs', most, { MessageAttributes })).rejects.toThrow('shorter than 1048576 bytes');
    const half = 'x'.repeat(2 ** 19);
    const Entries = ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: half }));
    await expect(call('SendMessageBatch', 'jobs', { Entries })).rejects.toMatchObject({
      code: 'AWS.SimpleQueueService.BatchRequestTooLong',
    });
    expect((await call('SendMessageBatch', 'jobs', { Entries: Entries.slice(1) })).Successful).toHaveLength(2);
  });
});

describe('moving dead letters back', () => {
  const queues = [queue('jobs', { VisibilityTimeout: '0', ...redrive('dead', 1) }), queue('dead'), queue('other')];

  async function withDeadLetters(count: number) {
    const opened = await open(queues);
    for (let n = 0; n < count; n += 1) await opened.send('jobs', `${n}`);
    await opened.receive('jobs', { MaxNumberOfMessages: count });
    expect(await opened.receive('jobs')).toEqual([]);
    expect(await opened.counts('dead')).toEqual([count, 0, 0]);
    const task = async () =>
      ((await opened.engine.call('ListMessageMoveTasks', { SourceArn: arn('dead') })) as any).Results[0];
    return { ...opened, task };
  }

  it('takes them to where they came from, as new messages', async () => {
    const { engine, task, counts, receive } = await withDeadLetters(3);
    await engine.call('StartMessageMoveTask', { SourceArn: arn('dead') });
    await expect.poll(async () => (await task()).Status).toBe('COMPLETED');
    expect(await task()).toMatchObject({ ApproximateNumberOfMessagesMoved: 3, ApproximateNumberOfMessagesToMove: 3 });
    expect(await counts('dead')).toEqual([0, 0, 0]);
    const [message] = await receive('jobs', { VisibilityTimeout: 30 });
    expect(message.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
    expect(message.Attributes.DeadLetterQueueSourceArn).toBeUndefined();
  });

  it('moves no faster than asked, one task at a time, to another queue if asked, and stops when it is cancelled', async () => {
    const { engine, task, counts } = await withDeadLetters(5);
    const input = { SourceArn: arn('dead'), DestinationArn: arn('other'), MaxNumberOfMessagesPerSecond: 1 };
    const { TaskHandle } = await engine.call('StartMessageMoveTask', input);
    await expect(engine.call('StartMessageMoveTask', input)).rejects.toMatchObject({ name: 'UnsupportedOperation' });
    expect(await task()).toMatchObject({ Status: 'RUNNING', TaskHandle, MaxNumberOfMessagesPerSecond: 1 });
    await expect.poll(() => counts('other')).toEqual([1, 0, 0]);
    expect(await engine.call('CancelMessageMoveTask', { TaskHandle })).toEqual({ ApproximateNumberOfMessagesMoved: 1 });
    expect(await task()).toMatchObject({ Status: 'CANCELLED' });
    expect(await counts('dead')).toEqual([4, 0, 0]);
  });

  it('is for dead-letter queues alone', async () => {
    const { engine } = await open(queues);
    await expect(engine.call('StartMessageMoveTask', { SourceArn: arn('jobs') })).rejects.toThrow('Dead Letter Queue');
    await expect(engine.call('StartMessageMoveTask', { SourceArn: arn('none') })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('what is kept', () => {
  const dir = mkdtempSync(join(tmpdir(), 'queues-'));
  const file = join(dir, 'queues.journal');
  afterEach(() => rmSync(file, { force: true }));

  /** As `kill -9` leaves it: nothing of the first engine ends in order. */
  const reopen = (queues: QueueModel[]) => open(queues, file);

  it('takes nothing any more once it is stopped, rather than acknowledge what it cannot keep', async () => {
    const { engine, send } = await open([queue('jobs')], file);
    await send('jobs', 'kept');
    await engine.stop();
    await expect(send('jobs', 'too late')).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    const again = await reopen([queue('jobs')]);
    expect(await again.bodies('jobs')).toEqual(['kept']);
  });

  it('holds every message that was acknowledged, with its receives, and none that was deleted', async () => {
    const queues = [queue('jobs', { VisibilityTimeout: '0', ...redrive('dead', 3) }), queue('dead')];
    const first = await reopen(queues);
    for (const body of ['done', 'tried', 'new']) await first.send('jobs', body, { MessageGroupId: 'g' });
    const [done] = await first.receive('jobs', { MaxNumberOfMessages: 1 });
    await first.call('DeleteMessage', 'jobs', { ReceiptHandle: done.ReceiptHandle });
    await first.receive('jobs', { MaxNumberOfMessages: 1 });
    // A file's time follows the clock by some milliseconds.
    await sleep(50);
    // Half a line: what was being written when the end came.
    appendFileSync(file, '{"q":"jobs","gone":"');

    const second = await reopen(queues);
    const messages = await second.receive('jobs');
    expect(messages.map(({ Body, Attributes }) => [Body, Attributes.ApproximateReceiveCount]).sort()).toEqual([
      ['new', '1'],
      ['tried', '2'],
    ]);
    expect(messages[0].Attributes.MessageGroupId).toBe('g');
  });

  it('gives back at once what somebody had when the end came, and does not count that receive', async () => {
    const first = await reopen([queue('jobs', { VisibilityTimeout: '600' })]);
    await first.send('jobs', 'a');
    await first.send('jobs', 'late', { DelaySeconds: 900 });
    await first.receive('jobs');
    const second = await reopen([queue('jobs', { VisibilityTimeout: '600' })]);
    expect(await second.counts('jobs')).toEqual([1, 0, 1]);
    const [message] = await second.receive('jobs');
    expect(message.Attributes.ApproximateReceiveCount).toBe('1');
  });

  it('keeps dead letters, and tells of messages whose queue is no more', async () => {
    const queues = [queue('jobs', { VisibilityTimeout: '0', ...redrive('dead', 1) }), queue('dead'), queue('old')];
    const first = await reopen(queues);
    await first.send('jobs', 'bad');
    await first.send('old', 'x');
    await first.receive('jobs');
    await first.receive('jobs');
    const second = await reopen(queues.slice(0, 2));
    expect(second.gone).toEqual([{ queue: 'old', messages: 1 }]);
    expect(await second.counts('dead')).toEqual([1, 0, 0]);
    expect((await reopen(queues)).gone).toEqual([]);
  });
});

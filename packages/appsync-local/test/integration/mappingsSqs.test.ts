import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Mappings } from '../../src/lambda/mapping/mappings.ts';
import type { FunctionModel, QueueModel, SqsMappingModel } from '../../src/model.ts';
import { eventually } from './lambdaFixtures.ts';
import { roleWithout, sqsMapping, startEngines, Subject, type Engines } from './mappingsFixture.ts';

const needed = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

let engines: Engines;
let subject: Subject;

beforeAll(async () => {
  engines = await startEngines({ roles: needed.map(roleWithout) });
});
afterAll(() => engines.stop());
beforeEach(() => {
  subject = new Subject(engines);
});
afterEach(() => subject.stop());

/** A function that notes the bodies of each batch before the statements run. */
function consumer(statements: string, settings: Partial<FunctionModel> = {}): FunctionModel {
  return subject.consumer(`note(Records.map(({ body }) => body)); ${statements}`, settings);
}

const onFirstDelivery = 'if (Number(Records[0].attributes.ApproximateReceiveCount) === 1)';
const bodies = (): string[] => subject.noted().flat().sort();
const texts = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `message ${String(index).padStart(2, '0')}`);

function start(fn: FunctionModel, source: QueueModel, settings: Partial<SqsMappingModel> = {}): Promise<Mappings> {
  return subject.start([fn], [source], [sqsMapping(fn, source, settings)]);
}

test('every record of every batch reaches the function, and the queue ends empty', async () => {
  const source = await engines.nextQueue();
  await engines.send(source, texts(45));
  const running = await start(consumer(''), source);
  await running.idle();
  expect(bodies()).toEqual(texts(45));
  expect(Math.max(...subject.noted().map(({ length }) => length))).toBeGreaterThan(1);
  expect(await engines.counts(source)).toEqual({ visible: 0, inFlight: 0 });
});

test('a record has exactly the shape that Lambda gives it', async () => {
  const source = await engines.nextQueue();
  await engines.sqs.send(
    new SendMessageCommand({
      QueueUrl: source.url,
      MessageBody: '{"é":1}',
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'test' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
      },
    }),
  );
  await (await start(subject.consumer('note(Records);'), source)).idle();
  expect(subject.noted()).toEqual([
    [
      {
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        receiptHandle: expect.any(String),
        body: '{"é":1}',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {
          kind: { stringValue: 'test', stringListValues: [], binaryListValues: [], dataType: 'String' },
          raw: { binaryValue: 'AQI=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
        },
        md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
        md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventSource: 'aws:sqs',
        eventSourceARN: source.arn,
        awsRegion: 'us-east-1',
      },
    ],
  ]);
});

test('a reported item comes back after its visibility timeout and ends in the dead-letter queue; the others are done', async () => {
  const dead = await engines.nextQueue();
  const source = await engines.nextQueue({
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
  });
  await engines.send(source, ['good 1', 'poison', 'good 2']);
  const fn = consumer(
    'return { batchItemFailures: Records.filter(({ body }) => body === "poison").map(({ messageId }) => ({ itemIdentifier: messageId })) };',
  );
  await (await start(fn, source)).idle();
  expect(bodies()).toEqual(['good 1', 'good 2', 'poison', 'poison']);
  expect(await engines.bodies(dead)).toEqual(['poison']);
});

test.each([
  ['throws', 'throw new Error("once");'],
  ['runs out of time', 'await sleep(60_000);'],
  ['crashes', 'process.exit(1);'],
  ['answers nonsense', 'return { batchItemFailures: [{ itemIdentifier: "unknown" }] };'],
])('when the function %s, the whole batch is delivered again', async (_name, statement) => {
  const source = await engines.nextQueue({ VisibilityTimeout: '2' });
  await engines.send(source, texts(3));
  await (await start(consumer(`${onFirstDelivery} ${statement}`), source)).idle();
  expect(bodies()).toEqual([...texts(3), ...texts(3)].sort());
});

test('a batch whose sandbox is killed is delivered again', async () => {
  const source = await engines.nextQueue();
  await engines.send(source, texts(3));
  const running = await start(consumer(`${onFirstDelivery} await sleep(60_000);`), source);
  const busy = await eventually(
    () => subject.noted().length > 0 && subject.runtime?.workers().find((worker) => worker.busy),
  );
  if (busy) subject.runtime?.killWorker(busy.id);
  await running.idle();
  expect(bodies()).toEqual([...texts(3), ...texts(3)].sort());
});

test('without ReportBatchItemFailures the answer does not matter', async () => {
  const source = await engines.nextQueue();
  await engines.send(source, texts(2));
  const fn = consumer('return { batchItemFailures: [{ itemIdentifier: Records[0].messageId }] };');
  await (await start(fn, source, { reportBatchItemFailures: false })).idle();
  expect(bodies()).toEqual(texts(2));
});

test('no more is received than the mapping’s concurrency can hold', async () => {
  const source = await engines.nextQueue({ VisibilityTimeout: '30' });
  await engines.send(source, texts(20));
  const gate = subject.gate();
  const fn = consumer(`while (!existsSync(${JSON.stringify(gate.path)})) await sleep(10);`, { timeoutSeconds: 30 });
  const running = await start(fn, source, { batchSize: 3, maximumConcurrency: 2 });
  await eventually(() => subject.noted().length === 2);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await engines.counts(source)).toEqual({ visible: 14, inFlight: 6 });
  expect(subject.runtime?.workers()).toHaveLength(2);
  gate.open();
  await running.idle();
  expect(bodies()).toEqual(texts(20));
});

test('a batching window fills batches beyond ten', async () => {
  const source = await engines.nextQueue({ VisibilityTimeout: '10' });
  await engines.send(source, texts(35));
  await (await start(consumer(''), source, { batchSize: 30, windowSeconds: 1 })).idle();
  expect(subject.noted().map(({ length }) => length)).toEqual([30, 5]);
});

test('messages over 6 MB together go in several invocations', async () => {
  const source = await engines.nextQueue({ VisibilityTimeout: '10' });
  const large = Array.from({ length: 8 }, (_, index) => String(index).repeat(1_000_000));
  for (const body of large) await engines.sqs.send(new SendMessageCommand({ QueueUrl: source.url, MessageBody: body }));
  await (
    await start(
      subject.consumer('note(Records.map(({ body }) => body[0]));', { timeoutSeconds: 5, memoryMb: 512 }),
      source,
    )
  ).idle();
  expect(bodies()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  expect(subject.noted().length).toBeGreaterThan(1);
});

test('stopping and starting again and again loses no message', async () => {
  const source = await engines.nextQueue({ VisibilityTimeout: '5' });
  const fn = consumer('');
  for (let round = 0; round < 3; round += 1) {
    const running = await start(fn, source);
    const sending = (async () => {
      for (const text of texts(10)) await engines.send(source, [`${round} ${text}`]);
    })();
    await running.stop();
    await sending;
  }
  const left = await engines.counts(source);
  expect(left.inFlight).toBe(0);
  expect(bodies().length + left.visible).toBe(30);
});

test('a throttled batch comes back after its visibility timeout, a receive poorer, and may end among the dead letters', async () => {
  const dead = await engines.nextQueue();
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 });
  const source = await engines.nextQueue({ RedrivePolicy });
  await engines.send(source, ['unlucky']);
  const never = consumer('', { reservedConcurrency: 0 });
  await (await start(never, source)).idle();
  expect(bodies()).toEqual([]);
  expect(await engines.bodies(dead)).toEqual(['unlucky']);
});

test('where concurrency is short, batches come through as it becomes free', async () => {
  const source = await engines.nextQueue({ VisibilityTimeout: '2' });
  await engines.send(source, texts(12));
  subject.accountConcurrency = 1;
  const fn = subject.consumer(
    'note(Records.map(({ body, attributes }) => body + " " + attributes.ApproximateReceiveCount)); await sleep(300);',
  );
  await (await start(fn, source, { batchSize: 3, maximumConcurrency: 4 })).idle();
  const receives = bodies().map((text) => Number(text.split(' ').at(-1)));
  expect(receives).toHaveLength(12);
  expect(Math.max(...receives)).toBeGreaterThan(1);
});

describe('a function that sends to the queue that triggers it', () => {
  const sdk = pathToFileURL(createRequire(import.meta.url).resolve('@aws-sdk/client-sqs')).href;
  /** Hands each message on by the SDK, which carries the lineage, twenty times at most. */
  const handOn = (url: string) => `
    const { SQSClient, SendMessageCommand } = (await import(${JSON.stringify(sdk)})).default;
    const client = new SQSClient({ useQueueUrlAsEndpoint: false });
    const hop = Number(Records[0].body) + 1;
    if (hop < 20) await client.send(new SendMessageCommand({ QueueUrl: ${JSON.stringify(url)}, MessageBody: String(hop) }));`;

  test.each([
    ['is cut after sixteen invocations, and the message ends among the dead letters', 'Terminate', 16],
    ['goes on with RecursiveLoop: Allow', 'Allow', 20],
  ] as const)('%s', async (_name, recursiveLoop, invocations) => {
    const dead = await engines.nextQueue();
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
    const source = await engines.nextQueue({ VisibilityTimeout: '5', RedrivePolicy });
    await engines.send(source, ['0']);
    const fn = consumer(handOn(source.url), { recursiveLoop, timeoutSeconds: 5 });
    await (await start(fn, source)).idle();
    expect(subject.noted()).toHaveLength(invocations);
    expect(await engines.bodies(dead)).toEqual(recursiveLoop === 'Allow' ? [] : ['16']);
  });

  test('may be triggered by others as often as they like', async () => {
    const source = await engines.nextQueue();
    await engines.send(source, texts(40));
    await (await start(consumer(''), source, { batchSize: 1 })).idle();
    expect(bodies()).toEqual(texts(40));
  });
});

test('a disabled mapping does nothing', async () => {
  const source = await engines.nextQueue();
  await engines.send(source, texts(1));
  await (await start(consumer(''), source, { enabled: false })).idle();
  expect(await engines.counts(source)).toEqual({ visible: 1, inFlight: 0 });
});

test.each(needed)('a role without %s is refused at the start', async (action) => {
  const source = await engines.nextQueue();
  const { arn: roleArn, name } = roleWithout(action);
  await expect(start(consumer('', { roleArn }), source)).rejects.toThrow(
    `Mapping ${source.name}Mapping: role ${name} (${name}) of function subjectFunction is not allowed ${action} on ${source.arn}`,
  );
});

test.each<[string, Partial<FunctionModel>, Partial<SqsMappingModel>, RegExp]>([
  [
    'a visibility timeout under the function’s',
    { timeoutSeconds: 20 },
    {},
    /visibility timeout of 1 s, less than the 20 s timeout of function subjectFunction/,
  ],
  ['more than ten records without a window', {}, { batchSize: 11 }, /batch size of 11 needs a batching window/],
  [
    'a queue that is not in the template',
    {},
    { queueArn: 'arn:aws:sqs:us-east-1:000000000000:other' },
    /other is not in the template/,
  ],
])('%s is refused at the start', async (_name, fn, mapping, message) => {
  const source = await engines.nextQueue();
  await expect(start(consumer('', fn), source, mapping)).rejects.toThrow(message);
});

test('a queue that does not exist is an error with the mapping’s name', async () => {
  const source: QueueModel = { ...(await engines.nextQueue()), url: engines.queueUrl('missing') };
  await expect(start(consumer(''), source)).rejects.toThrow(/^Mapping queue\d+Mapping: sqs:GetQueueAttributes failed/);
});

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMappings, type Mappings } from '../../local/lambda/mappings.ts';
import { startLambdaRuntime, type LambdaRuntime } from '../../local/lambda/runtime.ts';
import type { FunctionModel, QueueModel, SqsMappingModel } from '../../local/model.ts';
import { accountId, eventually, functionFrom, iamDenying, region, role, temporaryFolder } from './lambdaFixtures.ts';
import { sqsMappingOf, stackOf, startQueues, type Queues } from './mappingsEngines.ts';

let queues: Queues;
let runtime: LambdaRuntime | undefined;
let mappings: Mappings | undefined;
let seen = '';
let counter = 0;

beforeAll(async () => { queues = await startQueues(); });
afterAll(() => queues.stop());
beforeEach(() => { seen = join(temporaryFolder(), 'seen'); });
afterEach(async () => {
  await mappings?.stop();
  await runtime?.stop();
  mappings = runtime = undefined;
});

/** A function that notes the bodies of each batch as one line of JSON before the given statements run. */
function consumer(statements: string, settings: Partial<FunctionModel> = {}): FunctionModel {
  return functionFrom(`
    import { appendFileSync } from 'node:fs';
    export const handler = async ({ Records }) => {
      const bodies = Records.map(({ body }) => body);
      appendFileSync(process.env.SEEN, JSON.stringify(bodies) + '\\n');
      ${statements}
    };`, { timeoutSeconds: 1, environment: { SEEN: seen }, ...settings });
}

const batches = (): string[][] => (existsSync(seen) ? readFileSync(seen, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as string[]) : []);
const bodies = (): string[] => batches().flat();
const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `message ${index}`);

async function queue(attributes: Record<string, string> = {}): Promise<QueueModel> {
  counter += 1;
  return queues.create(`queue${counter}`, { VisibilityTimeout: '1', ...attributes });
}

async function send(to: QueueModel, messages: string[]): Promise<void> {
  for (let from = 0; from < messages.length; from += 10) {
    const Entries = messages.slice(from, from + 10).map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await queues.client.send(new SendMessageBatchCommand({ QueueUrl: to.url, Entries }));
  }
}

async function start(fn: FunctionModel, source: QueueModel, settings: Partial<SqsMappingModel> = {}, iam = iamDenying()): Promise<Mappings> {
  const model = stackOf([fn], [source], [sqsMappingOf(fn, source, settings)]);
  runtime ??= await startLambdaRuntime({ functions: [fn], roles: [role], iam, endpoint: queues.endpoint, region, accountId, logDir: temporaryFolder(), concurrencyPerFunction: 4 });
  mappings = await startMappings({ model, iam, invoker: runtime, endpoint: queues.endpoint, region });
  return mappings;
}

test('every record of every batch reaches the function, and the queue ends empty', async () => {
  const source = await queue();
  await send(source, texts(45));
  const running = await start(consumer(''), source);
  await running.idle();
  expect(bodies().sort()).toEqual(texts(45).sort());
  expect(Math.max(...batches().map(({ length }) => length))).toBeGreaterThan(1);
  expect(await queues.counts(source)).toEqual({ visible: 0, inFlight: 0 });
});

test('a record has exactly the shape that Lambda gives it', async () => {
  const source = await queue();
  const fn = consumer('appendFileSync(process.env.SEEN + "-record", JSON.stringify(Records[0]));');
  await queues.client.send(new SendMessageCommand({
    QueueUrl: source.url,
    MessageBody: '{"é":1}',
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'test' }, raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) } },
  }));
  await (await start(fn, source)).idle();
  expect(JSON.parse(readFileSync(`${seen}-record`, 'utf8'))).toEqual({
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
    awsRegion: region,
  });
});

test('a reported item comes back after its visibility timeout and ends in the dead-letter queue; the others are done', async () => {
  const dead = await queue();
  const source = await queue({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }) });
  await send(source, ['good 1', 'poison', 'good 2']);
  const fn = consumer('return { batchItemFailures: Records.filter(({ body }) => body === "poison").map(({ messageId }) => ({ itemIdentifier: messageId })) };');
  await (await start(fn, source)).idle();
  expect(bodies().sort()).toEqual(['good 1', 'good 2', 'poison', 'poison']);
  expect(await queues.bodies(dead)).toEqual(['poison']);
});

test.each([
  ['throws', 'if (Number(Records[0].attributes.ApproximateReceiveCount) === 1) throw new Error("once");'],
  ['runs out of time', 'if (Number(Records[0].attributes.ApproximateReceiveCount) === 1) await new Promise((r) => setTimeout(r, 60_000));'],
  ['crashes', 'if (Number(Records[0].attributes.ApproximateReceiveCount) === 1) process.exit(1);'],
  ['answers nonsense', 'if (Number(Records[0].attributes.ApproximateReceiveCount) === 1) return { batchItemFailures: [{ itemIdentifier: "unknown" }] };'],
])('when the function %s, the whole batch is delivered again', async (_name, statement) => {
  const source = await queue({ VisibilityTimeout: '2' });
  await send(source, texts(3));
  await (await start(consumer(statement), source)).idle();
  expect(bodies().sort()).toEqual([...texts(3), ...texts(3)].sort());
});

test('a batch whose sandbox is killed is delivered again', async () => {
  const source = await queue();
  await send(source, texts(3));
  const running = await start(consumer('if (Number(Records[0].attributes.ApproximateReceiveCount) === 1) await new Promise((r) => setTimeout(r, 60_000));', { timeoutSeconds: 1 }), source);
  const busy = await eventually(() => batches().length > 0 && runtime?.workers().find((worker) => worker.busy));
  if (busy) runtime?.killWorker(busy.id);
  await running.idle();
  expect(bodies().sort()).toEqual([...texts(3), ...texts(3)].sort());
});

test('without ReportBatchItemFailures the answer does not matter', async () => {
  const source = await queue();
  await send(source, texts(2));
  await (await start(consumer('return { batchItemFailures: [{ itemIdentifier: Records[0].messageId }] };'), source, { reportBatchItemFailures: false })).idle();
  expect(bodies().sort()).toEqual(texts(2));
});

test('no more is received than the mapping’s concurrency can hold', async () => {
  const source = await queue({ VisibilityTimeout: '30' });
  await send(source, texts(20));
  const gate = `${seen}-gate`;
  const fn = consumer(`const { existsSync } = await import('node:fs'); while (!existsSync(${JSON.stringify(gate)})) await new Promise((r) => setTimeout(r, 10));`, { timeoutSeconds: 30 });
  const running = await start(fn, source, { batchSize: 3, maximumConcurrency: 2 });
  await eventually(() => batches().length === 2);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await queues.counts(source)).inFlight).toBeLessThanOrEqual(6);
  expect(runtime?.workers()).toHaveLength(2);
  appendFileSync(gate, '');
  await running.idle();
  expect(bodies().sort()).toEqual(texts(20).sort());
});

test('a batching window fills batches beyond ten', async () => {
  const source = await queue({ VisibilityTimeout: '10' });
  await send(source, texts(35));
  await (await start(consumer(''), source, { batchSize: 30, windowSeconds: 1 })).idle();
  expect(batches().map(({ length }) => length)).toEqual([30, 5]);
});

test('messages over 6 MB together go in several invocations', async () => {
  const source = await queue({ VisibilityTimeout: '10' });
  const large = Array.from({ length: 8 }, (_, index) => String(index).repeat(1_000_000));
  for (const body of large) await queues.client.send(new SendMessageCommand({ QueueUrl: source.url, MessageBody: body }));
  await (await start(consumer('', { timeoutSeconds: 5, memoryMb: 512 }), source)).idle();
  expect(bodies().map((body) => body[0]).sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  expect(batches().length).toBeGreaterThan(1);
});

test('idle waits for what a function sends on', async () => {
  const [source, next] = [await queue(), await queue()];
  const send2 = `await fetch(process.env.AWS_ENDPOINT_URL_SQS, { method: 'POST', headers: { 'x-amz-target': 'AmazonSQS.SendMessage', 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify({ QueueUrl: process.env.NEXT, MessageBody: 'on from ' + bodies[0] }) });`;
  const first = consumer(`if (!bodies[0].startsWith('on')) { await new Promise((r) => setTimeout(r, 100)); ${send2} }`, { environment: { SEEN: seen, NEXT: next.url } });
  runtime = await startLambdaRuntime({ functions: [first], roles: [role], iam: iamDenying(), endpoint: queues.endpoint, region, accountId, logDir: temporaryFolder(), concurrencyPerFunction: 4 });
  const model = stackOf([first], [source, next], [sqsMappingOf(first, source), sqsMappingOf(first, next)]);
  mappings = await startMappings({ model, iam: iamDenying(), invoker: runtime, endpoint: queues.endpoint, region });
  await send(source, ['a']);
  await mappings.idle();
  expect(bodies()).toEqual(['a', 'on from a']);
});

test('stopping and starting again and again loses no message', async () => {
  const source = await queue({ VisibilityTimeout: '5' });
  const fn = consumer('');
  for (let round = 0; round < 3; round += 1) {
    const running = await start(fn, source);
    const sending = (async () => { for (const text of texts(10)) await send(source, [`${round} ${text}`]); })();
    await running.stop();
    await sending;
  }
  const left = await queues.counts(source);
  expect(left.inFlight).toBe(0);
  expect(bodies().length + left.visible).toBe(30);
});

test('a disabled mapping does nothing', async () => {
  const source = await queue();
  await send(source, texts(1));
  await (await start(consumer(''), source, { enabled: false })).idle();
  expect(await queues.counts(source)).toEqual({ visible: 1, inFlight: 0 });
});

test.each(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])('a role without %s is refused at the start', async (action) => {
  const source = await queue();
  await expect(start(consumer(''), source, {}, iamDenying(action))).rejects.toThrow(`Mapping ${source.name}Mapping: role FunctionRole (function-role) of function subjectFunction is not allowed ${action} on ${source.arn}`);
});

test.each<[string, Partial<FunctionModel>, Partial<SqsMappingModel>, RegExp]>([
  ['a visibility timeout under the function’s', { timeoutSeconds: 20 }, {}, /visibility timeout of 1 s, less than the 20 s timeout of function subjectFunction/],
  ['more than ten records without a window', {}, { batchSize: 11 }, /batch size of 11 needs a batching window/],
  ['a queue that is not in the template', {}, { queueArn: 'arn:aws:sqs:us-east-1:000000000000:other' }, /other is not in the template/],
])('%s is refused at the start', async (_name, fn, mapping, message) => {
  const source = await queue();
  await expect(start(consumer('', fn), source, mapping)).rejects.toThrow(message);
});

test('a queue that does not exist is an error with the mapping’s name', async () => {
  const source: QueueModel = { ...(await queue()), url: `${queues.endpoint}/000000000000/missing` };
  await expect(start(consumer(''), source)).rejects.toThrow(/^Mapping queue\d+Mapping: sqs:GetQueueAttributes failed/);
});

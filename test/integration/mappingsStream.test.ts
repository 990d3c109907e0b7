import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchWriteItemCommand, DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMappings, type Mappings, type MappingsOptions } from '../../local/lambda/mappings.ts';
import { startLambdaRuntime, type LambdaRuntime } from '../../local/lambda/runtime.ts';
import type { FunctionModel, QueueModel, StreamMappingModel } from '../../local/model.ts';
import { accountId, eventually, functionFrom, iamDenying, region, role, temporaryFolder } from './lambdaFixtures.ts';
import { frontOf, stackOf, startQueues, startTables, streamMappingOf, type Front, type Queues, type Tables } from './mappingsEngines.ts';

let tables: Tables;
let queues: Queues;
let front: Front;
let runtime: LambdaRuntime | undefined;
let mappings: Mappings | undefined;
let seen = '';
let counter = 0;

beforeAll(async () => {
  [tables, queues] = await Promise.all([startTables(), startQueues()]);
  front = await frontOf(tables, queues);
}, 40_000);
afterAll(async () => {
  await front.stop();
  await queues.stop();
  tables.stop();
});
beforeEach(() => { seen = join(temporaryFolder(), 'seen'); });
afterEach(async () => {
  await mappings?.stop();
  await runtime?.stop();
  mappings = runtime = undefined;
});

interface Source { table: string; streamArn: string }

async function source(): Promise<Source> {
  counter += 1;
  const table = `table${counter}`;
  return { table, streamArn: await tables.create(table) };
}

/** A function that notes `pk/sk` of each record, a line of JSON per batch, before the given statements run. */
function consumer(statements: string, settings: Partial<FunctionModel> = {}): FunctionModel {
  return functionFrom(`
    import { appendFileSync } from 'node:fs';
    const nameOf = ({ dynamodb: { Keys } }) => Keys.pk.S + '/' + Keys.sk.S;
    export const handler = async ({ Records }) => {
      appendFileSync(process.env.SEEN, JSON.stringify(Records.map(nameOf)) + '\\n');
      ${statements}
    };`, { timeoutSeconds: 5, environment: { SEEN: seen }, ...settings });
}

const batches = (): string[][] => (existsSync(seen) ? readFileSync(seen, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as string[]) : []);

async function put({ table }: Source, names: string[]): Promise<void> {
  for (let from = 0; from < names.length; from += 25) {
    const requests = names.slice(from, from + 25).map((name) => ({ PutRequest: { Item: itemNamed(name) } }));
    await tables.client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
}

function itemNamed(name: string): Record<string, { S: string }> {
  const [pk = '', sk = ''] = name.split('/');
  return { pk: { S: pk }, sk: { S: sk } };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `a/${String(index).padStart(4, '0')}`);

async function start(fn: FunctionModel, from: Source, settings: Partial<StreamMappingModel> = {}, options: Partial<MappingsOptions> & { queues?: QueueModel[] } = {}): Promise<Mappings> {
  const iam = options.iam ?? iamDenying();
  runtime ??= await startLambdaRuntime({ functions: [fn], roles: [role], iam, endpoint: front.endpoint, region, accountId, logDir: temporaryFolder(), concurrencyPerFunction: 4 });
  const model = stackOf([fn], options.queues ?? [], [streamMappingOf(fn, from.streamArn, settings)]);
  mappings = await startMappings({ model, iam, invoker: runtime, endpoint: front.endpoint, region, ...options });
  return mappings;
}

test('every record reaches the function once, in batches', async () => {
  const from = await source();
  await put(from, names(120));
  const running = await start(consumer(''), from, { batchSize: 50 });
  await running.idle();
  await put(from, ['b/later']);
  await running.idle();
  expect(batches().flat().slice(0, 120).sort()).toEqual(names(120));
  expect(batches().flat()).toHaveLength(121);
  expect(batches().map(({ length }) => length)).toEqual([50, 50, 20, 1]);
});

test('a record has exactly the shape that Lambda gives it', async () => {
  const from = await source();
  const fn = consumer('appendFileSync(process.env.SEEN + "-records", Records.map((record) => JSON.stringify(record) + "\\n").join(""));');
  const key = itemNamed('a/1');
  await tables.client.send(new PutItemCommand({ TableName: from.table, Item: { ...key, bin: { B: new Uint8Array([1, 2]) }, many: { L: [{ N: '1.5' }, { NULL: true }, { M: { deep: { BS: [new Uint8Array([3])] } } }] } } }));
  await tables.client.send(new UpdateItemCommand({ TableName: from.table, Key: key, UpdateExpression: 'REMOVE bin, many' }));
  await tables.client.send(new DeleteItemCommand({ TableName: from.table, Key: key }));
  await (await start(fn, from)).idle();

  const records = readFileSync(`${seen}-records`, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { eventName: string; dynamodb: object });
  const image = { ...key, bin: { B: 'AQI=' }, many: { L: [{ N: '1.5' }, { NULL: true }, { M: { deep: { BS: ['Aw=='] } } }] } };
  expect(records[0]).toEqual({
    eventID: expect.any(String),
    eventName: 'INSERT',
    eventVersion: expect.stringMatching(/^1\.\d$/),
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: key,
      NewImage: image,
      SequenceNumber: expect.stringMatching(/^\d+$/),
      SizeBytes: expect.any(Number),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: from.streamArn,
  });
  expect(records[1]).toMatchObject({ eventName: 'MODIFY', dynamodb: { OldImage: image, NewImage: key } });
  expect(records[2]).toMatchObject({ eventName: 'REMOVE', dynamodb: { OldImage: key } });
  expect(records[2]?.dynamodb).not.toHaveProperty('NewImage');
});

test('bisection isolates the poison record, tells the on-failure queue where it is, and the rest is processed', async () => {
  const from = await source();
  const dead = await queues.create(`onFailure${counter}`);
  await put(from, names(20));
  const fn = consumer('if (Records.some((record) => nameOf(record) === "a/0013")) throw new Error("poison"); appendFileSync(process.env.SEEN + "-done", Records.map((record) => nameOf(record) + "\\n").join(""));');
  const running = await start(fn, from, { maximumRetryAttempts: 1, onFailureArn: dead.arn }, { queues: [dead] });
  await running.idle();

  expect(readFileSync(`${seen}-done`, 'utf8').trimEnd().split('\n').sort()).toEqual(names(20).filter((name) => name !== 'a/0013'));
  const [message, ...others] = await queues.bodies(dead);
  expect(others).toEqual([]);
  const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
  const metadata = JSON.parse(message ?? '{}') as { DDBStreamBatchInfo: Record<string, string> };
  expect(metadata).toEqual({
    requestContext: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/), functionArn: fn.arn, condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: expect.stringMatching(isoTime),
    DDBStreamBatchInfo: {
      shardId: expect.stringMatching(/^shardId-/),
      startSequenceNumber: expect.stringMatching(/^\d+$/),
      endSequenceNumber: expect.stringMatching(/^\d+$/),
      approximateArrivalOfFirstRecord: expect.stringMatching(isoTime),
      approximateArrivalOfLastRecord: expect.stringMatching(isoTime),
      batchSize: 1,
      streamArn: from.streamArn,
    },
  });
  expect(metadata.DDBStreamBatchInfo['startSequenceNumber']).toBe(metadata.DDBStreamBatchInfo['endSequenceNumber']);
});

test('without bisection a failing batch blocks the shard until it succeeds', async () => {
  const from = await source();
  const gate = `${seen}-gate`;
  await put(from, ['a/1', 'a/2']);
  const fn = consumer(`const { existsSync } = await import('node:fs'); if (!existsSync(${JSON.stringify(gate)})) throw new Error("closed");`);
  const running = await start(fn, from, { bisectOnError: false, maximumRetryAttempts: -1 });
  await eventually(() => batches().length >= 2);
  await put(from, ['a/3']);
  await eventually(() => batches().length >= 4);
  expect(batches().every((batch) => !batch.includes('a/3'))).toBe(true);
  writeFileSync(gate, '');
  await running.idle();
  expect(batches().at(-1)).toEqual(['a/3']);
});

test('a killed sandbox fails the batch, which is delivered again', async () => {
  const from = await source();
  await put(from, names(3));
  const fn = consumer('const { existsSync, writeFileSync } = await import("node:fs"); if (!existsSync(process.env.SEEN + "-once")) { writeFileSync(process.env.SEEN + "-once", ""); await new Promise((r) => setTimeout(r, 60_000)); }', { timeoutSeconds: 60 });
  const running = await start(fn, from, { bisectOnError: false });
  await eventually(() => existsSync(`${seen}-once`));
  runtime?.workers().filter(({ busy }) => busy).forEach(({ id }) => runtime?.killWorker(id));
  await running.idle();
  expect(batches().map((batch) => batch.sort())).toEqual([names(3), names(3)]);
});

test('with parallelization batches overlap, and the records of one item keep their order', async () => {
  const from = await source();
  const items = Array.from({ length: 8 }, (_, index) => `item${index}/x`);
  const fn = consumer(`
    for (const { dynamodb: { Keys, NewImage } } of Records) {
      appendFileSync(process.env.SEEN + '-log', 'begin ' + Keys.pk.S + ' ' + NewImage.n.N + '\\n');
      await new Promise((r) => setTimeout(r, Math.random() * 5));
      appendFileSync(process.env.SEEN + '-log', 'end ' + Keys.pk.S + ' ' + NewImage.n.N + '\\n');
    }`);
  for (let n = 0; n < 10; n += 1) {
    for (const name of items) await tables.client.send(new PutItemCommand({ TableName: from.table, Item: { ...itemNamed(name), n: { N: String(n) } } }));
  }
  await (await start(fn, from, { parallelizationFactor: 4, batchSize: 5 })).idle();

  const log = readFileSync(`${seen}-log`, 'utf8').trimEnd().split('\n').map((line) => line.split(' '));
  let open = 0;
  let most = 0;
  for (const [what] of log) most = Math.max(most, open += what === 'begin' ? 1 : -1);
  expect(most).toBeGreaterThan(1);
  for (const item of items) {
    const ends = log.filter(([what, pk]) => what === 'end' && `${pk}/x` === item).map(([, , n]) => Number(n));
    expect(ends).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }
});

test('filtered records do not reach the function', async () => {
  const from = await source();
  await put(from, ['user/1', 'role/1']);
  await tables.client.send(new DeleteItemCommand({ TableName: from.table, Key: itemNamed('user/1') }));
  const filter = JSON.stringify({ eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'us' }] } } } });
  await (await start(consumer(''), from, { filters: [filter] })).idle();
  expect(batches()).toEqual([['user/1']]);
});

test('a batching window gathers what comes within it', async () => {
  const from = await source();
  const running = await start(consumer(''), from, { windowSeconds: 1 });
  for (const name of names(3)) {
    await put(from, [name]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await running.idle();
  expect(batches()).toEqual([names(3)]);
});

test('LATEST skips what was there before, TRIM_HORIZON does not, a start point skips up to it', async () => {
  const from = await source();
  await put(from, ['a/old']);
  const running = await start(consumer(''), from, { startingPosition: 'LATEST' });
  await running.idle();
  await put(from, ['a/new']);
  await running.idle();
  expect(batches()).toEqual([['a/new']]);
  await running.stop();

  const fn = consumer('appendFileSync(process.env.SEEN + "-numbers", Records.map(({ dynamodb }) => dynamodb.SequenceNumber + "\\n").join(""));');
  await runtime?.stop();
  runtime = undefined;
  await (await start(fn, from)).idle();
  expect(batches().slice(1).flat()).toEqual(['a/old', 'a/new']);
  await mappings?.stop();
  const [first = ''] = readFileSync(`${seen}-numbers`, 'utf8').split('\n');
  await (await start(fn, from, {}, { streamStart: { [from.streamArn]: first } })).idle();
  expect(batches().at(-1)).toEqual(['a/new']);
});

test('an expired iterator is got again where reading had come to', async () => {
  const from = await source();
  const running = await start(consumer(''), from);
  await put(from, ['a/1']);
  await running.idle();
  front.failNext('GetRecords', 'ExpiredIteratorException');
  await eventually(() => front.failuresLeft() === 0);
  await put(from, ['a/2']);
  await running.idle();
  expect(batches()).toEqual([['a/1'], ['a/2']]);
});

test.each(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams', 'sqs:SendMessage'])('a role without %s is refused at the start', async (action) => {
  const from = await source();
  const dead = await queues.create(`onFailure${counter}`);
  await expect(start(consumer(''), from, { onFailureArn: dead.arn }, { queues: [dead], iam: iamDenying(action) })).rejects.toThrow(`Mapping streamMapping: role FunctionRole (function-role) of function subjectFunction is not allowed ${action} on `);
});

test('a call denied at the start names mapping, role and action', async () => {
  const from = await source();
  front.failNext('DescribeStream', 'AccessDeniedException');
  await expect(start(consumer(''), from)).rejects.toThrow(/^Mapping streamMapping: role FunctionRole \(function-role\) of function subjectFunction is not allowed dynamodb:DescribeStream on /);
});

test('a filter that the service would not take is refused with its place', async () => {
  const from = await source();
  await expect(start(consumer(''), from, { filters: ['{"eventName":[{"suffix":"T"}]}'] })).rejects.toThrow(/^Mapping streamMapping: filter pattern at eventName: operator suffix is not supported$/);
});

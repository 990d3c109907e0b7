import { readFileSync } from 'node:fs';
import { BatchWriteItemCommand, DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Mappings, MappingsOptions } from '../../src/lambda/mapping/mappings.ts';
import type { FunctionModel, QueueModel, StreamMappingModel, TableModel } from '../../src/model.ts';
import { eventually } from './lambdaFixtures.ts';
import { roleWithout, startEngines, streamMapping, Subject, type Engines } from './mappingsFixture.ts';

type Source = TableModel & { streamArn: string };

const needed = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
  'sqs:SendMessage',
];

let engines: Engines;
let subject: Subject;

beforeAll(async () => {
  engines = await startEngines({ tables: 20, roles: needed.map(roleWithout) });
});
afterAll(() => engines.stop());
beforeEach(() => {
  subject = new Subject(engines);
});
afterEach(() => subject.stop());

/** A function that notes `pk/sk` of each record, batch by batch, before the statements run. */
function consumer(statements: string, settings: Partial<FunctionModel> = {}): FunctionModel {
  return subject.consumer(`note(Records.map(nameOf)); ${statements}`, { timeoutSeconds: 5, ...settings });
}

const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `a/${String(index).padStart(4, '0')}`);

async function put({ name: table }: Source, items: string[]): Promise<void> {
  for (let from = 0; from < items.length; from += 25) {
    const requests = items.slice(from, from + 25).map((name) => ({ PutRequest: { Item: itemNamed(name) } }));
    await engines.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
}

function itemNamed(name: string): Record<string, { S: string }> {
  const [pk = '', sk = ''] = name.split('/');
  return { pk: { S: pk }, sk: { S: sk } };
}

function start(
  fn: FunctionModel,
  from: Source,
  settings: Partial<StreamMappingModel> = {},
  queues: QueueModel[] = [],
  options: Partial<MappingsOptions> = {},
): Promise<Mappings> {
  return subject.start([fn], queues, [streamMapping(fn, from.streamArn, settings)], options);
}

test('every record reaches the function once, in batches', async () => {
  const from = engines.nextTable();
  await put(from, names(120));
  const running = await start(consumer(''), from, { batchSize: 50 });
  await running.idle();
  await put(from, ['b/later']);
  await running.idle();
  expect(subject.noted().flat().slice(0, 120).sort()).toEqual(names(120));
  expect(subject.noted().flat()).toHaveLength(121);
  expect(subject.noted().map(({ length }) => length)).toEqual([50, 50, 20, 1]);
});

test('a record has exactly the shape that Lambda gives it', async () => {
  const from = engines.nextTable();
  const fn = subject.consumer('note(Records);', { timeoutSeconds: 5 });
  const key = itemNamed('a/1');
  const many = { L: [{ N: '1.5' }, { NULL: true as const }, { M: { deep: { BS: [new Uint8Array([3])] } } }] };
  await engines.dynamodb.send(
    new PutItemCommand({ TableName: from.name, Item: { ...key, bin: { B: new Uint8Array([1, 2]) }, many } }),
  );
  await engines.dynamodb.send(
    new UpdateItemCommand({ TableName: from.name, Key: key, UpdateExpression: 'REMOVE bin, many' }),
  );
  await engines.dynamodb.send(new DeleteItemCommand({ TableName: from.name, Key: key }));
  await (await start(fn, from)).idle();

  const records = subject.noted<{ eventName: string; dynamodb: object }[]>().flat();
  const image = {
    ...key,
    bin: { B: 'AQI=' },
    many: { L: [{ N: '1.5' }, { NULL: true }, { M: { deep: { BS: ['Aw=='] } } }] },
  };
  expect(records[0]).toEqual({
    eventID: expect.any(String),
    eventName: 'INSERT',
    eventVersion: expect.stringMatching(/^1\.\d$/),
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
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
  const from = engines.nextTable();
  const dead = await engines.nextQueue();
  await put(from, names(20));
  const fn = subject.consumer(
    'const names = Records.map(nameOf); if (names.includes("a/0013")) throw new Error("poison"); note(names);',
  );
  const running = await start(fn, from, { maximumRetryAttempts: 1, onFailureArn: dead.arn }, [dead]);
  await running.idle();

  expect(subject.noted().flat().sort()).toEqual(names(20).filter((name) => name !== 'a/0013'));
  const [message, ...others] = await engines.bodies(dead);
  expect(others).toEqual([]);
  const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
  const wholeSeconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
  const metadata = JSON.parse(message ?? '{}') as { DDBStreamBatchInfo: Record<string, string> };
  expect(metadata).toEqual({
    requestContext: {
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionArn: fn.arn,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 2,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: expect.stringMatching(isoTime),
    DDBStreamBatchInfo: {
      shardId: expect.stringMatching(/^shardId-/),
      startSequenceNumber: expect.stringMatching(/^\d+$/),
      endSequenceNumber: expect.stringMatching(/^\d+$/),
      approximateArrivalOfFirstRecord: expect.stringMatching(wholeSeconds),
      approximateArrivalOfLastRecord: expect.stringMatching(wholeSeconds),
      batchSize: 1,
      streamArn: from.streamArn,
    },
  });
  expect(metadata.DDBStreamBatchInfo['startSequenceNumber']).toBe(metadata.DDBStreamBatchInfo['endSequenceNumber']);
});

test('without bisection a failing batch blocks the shard until it succeeds', async () => {
  const from = engines.nextTable();
  const gate = subject.gate();
  await put(from, ['a/1', 'a/2']);
  const fn = consumer(`if (!existsSync(${JSON.stringify(gate.path)})) throw new Error("closed");`);
  const running = await start(fn, from, { bisectOnError: false, maximumRetryAttempts: -1 });
  await eventually(() => subject.noted().length >= 2);
  await put(from, ['a/3']);
  await eventually(() => subject.noted().length >= 4);
  expect(subject.noted().every((batch) => !batch.includes('a/3'))).toBe(true);
  gate.open();
  await running.idle();
  expect(subject.noted().at(-1)).toEqual(['a/3']);
});

test('a killed sandbox fails the batch, which is delivered again', async () => {
  const from = engines.nextTable();
  await put(from, names(3));
  const gate = subject.gate();
  const fn = consumer(`if (!existsSync(${JSON.stringify(gate.path)})) await sleep(60_000);`, { timeoutSeconds: 60 });
  const running = await start(fn, from, { bisectOnError: false });
  await eventually(() => subject.noted().length === 1);
  gate.open();
  subject.runtime
    ?.workers()
    .filter(({ busy }) => busy)
    .forEach(({ id }) => subject.runtime?.killWorker(id));
  await running.idle();
  expect(subject.noted().map((batch) => batch.sort())).toEqual([names(3), names(3)]);
});

test('with parallelization batches overlap, and the records of one item keep their order', async () => {
  const from = engines.nextTable();
  const items = Array.from({ length: 8 }, (_, index) => `item${index}/x`);
  const fn = consumer(`
    for (const { dynamodb: { Keys, NewImage } } of Records) {
      appendFileSync(process.env.NOTES + '-log', 'begin ' + Keys.pk.S + ' ' + NewImage.n.N + '\\n');
      await sleep(Math.random() * 5);
      appendFileSync(process.env.NOTES + '-log', 'end ' + Keys.pk.S + ' ' + NewImage.n.N + '\\n');
    }`);
  for (let n = 0; n < 10; n += 1) {
    for (const name of items)
      await engines.dynamodb.send(
        new PutItemCommand({ TableName: from.name, Item: { ...itemNamed(name), n: { N: String(n) } } }),
      );
  }
  await (await start(fn, from, { parallelizationFactor: 4, batchSize: 5 })).idle();

  const log = readFileSync(`${subject.notes}-log`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '));
  let open = 0;
  let most = 0;
  for (const [what] of log) most = Math.max(most, (open += what === 'begin' ? 1 : -1));
  expect(most).toBeGreaterThan(1);
  for (const item of items) {
    const ends = log.filter(([what, pk]) => what === 'end' && `${pk}/x` === item).map(([, , n]) => Number(n));
    expect(ends).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }
});

test('filtered records do not reach the function', async () => {
  const from = engines.nextTable();
  await put(from, ['user/1', 'role/1']);
  await engines.dynamodb.send(new DeleteItemCommand({ TableName: from.name, Key: itemNamed('user/1') }));
  const filter = JSON.stringify({ eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'us' }] } } } });
  await (await start(consumer(''), from, { filters: [filter] })).idle();
  expect(subject.noted()).toEqual([['user/1']]);
});

test('a batching window gathers what comes within it', async () => {
  const from = engines.nextTable();
  const running = await start(consumer(''), from, { windowSeconds: 1 });
  for (const name of names(3)) {
    await put(from, [name]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await running.idle();
  expect(subject.noted()).toEqual([names(3)]);
});

test('LATEST skips what was there before, TRIM_HORIZON does not, a start point skips up to it', async () => {
  const from = engines.nextTable();
  await put(from, ['a/old']);
  const running = await start(consumer(''), from, { startingPosition: 'LATEST' });
  await running.idle();
  await put(from, ['a/new']);
  await running.idle();
  expect(subject.noted()).toEqual([['a/new']]);
  await running.stop();

  const fn = consumer(
    'appendFileSync(process.env.NOTES + "-numbers", Records.map(({ dynamodb }) => dynamodb.SequenceNumber + "\\n").join(""));',
  );
  await subject.runtime?.stop();
  subject.runtime = undefined;
  await (await start(fn, from)).idle();
  expect(subject.noted().slice(1).flat()).toEqual(['a/old', 'a/new']);
  await subject.mappings?.stop();
  const [first = ''] = readFileSync(`${subject.notes}-numbers`, 'utf8').split('\n');
  await (await start(fn, from, {}, [], { streamStart: { [from.streamArn]: first } })).idle();
  expect(subject.noted().at(-1)).toEqual(['a/new']);
});

test('an expired iterator is got again where reading had come to', async () => {
  const from = engines.nextTable();
  const running = await start(consumer(''), from);
  await put(from, ['a/1']);
  await running.idle();
  await eventually(engines.failNext('GetRecords', 'ExpiredIteratorException'));
  await put(from, ['a/2']);
  await running.idle();
  expect(subject.noted()).toEqual([['a/1'], ['a/2']]);
});

test.each(needed)('a role without %s is refused at the start', async (action) => {
  const from = engines.nextTable();
  const dead = await engines.nextQueue();
  const { arn: roleArn, name } = roleWithout(action);
  await expect(start(consumer('', { roleArn }), from, { onFailureArn: dead.arn }, [dead])).rejects.toThrow(
    `Mapping streamMapping: role ${name} (${name}) of function subjectFunction is not allowed ${action} on `,
  );
});

test('a call denied at the start names mapping, role and action', async () => {
  const from = engines.nextTable();
  engines.failNext('DescribeStream', 'AccessDeniedException');
  await expect(start(consumer(''), from)).rejects.toThrow(
    'Mapping streamMapping: role FunctionRole (FunctionRole) of function subjectFunction is not allowed dynamodb:DescribeStream on ',
  );
});

test('a filter that the service would not take is refused with its place', async () => {
  const from = engines.nextTable();
  const filters = ['{"eventName":[{"suffix":"T"}]}'];
  await expect(start(consumer(''), from, { filters })).rejects.toThrow(
    'Mapping streamMapping: filter pattern at eventName: operator suffix is not supported',
  );
});

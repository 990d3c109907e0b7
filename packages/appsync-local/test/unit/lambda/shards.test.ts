import { afterEach, expect, test } from 'vitest';
import { StreamMapping } from '../../../src/lambda/mapping/stream/streamMapping.ts';
import type { RoleCalls, StreamMappingModel } from '../../../src/model.ts';

interface FakeShard {
  id: string;
  parent?: string;
  numbers: number[];
  closed: boolean;
}

const mapping: StreamMappingModel = {
  kind: 'dynamodb',
  logicalId: 'mapping',
  functionArn: 'fn',
  streamArn: 'stream',
  startingPosition: 'TRIM_HORIZON',
  batchSize: 10,
  windowSeconds: 0,
  parallelizationFactor: 2,
  bisectOnError: false,
  maximumRetryAttempts: 0,
  maximumRecordAgeSeconds: -1,
  reportBatchItemFailures: false,
  filters: [],
  enabled: true,
};

/** A stream of the given shards, which may change while it is read. Iterators read `<shard>:<index>`. */
function callsOf(shards: FakeShard[]): RoleCalls {
  const find = (id: unknown): FakeShard =>
    shards.find((shard) => shard.id === id) ?? { id: '', numbers: [], closed: true };
  const answers: Record<string, (input: Record<string, unknown>) => unknown> = {
    DescribeStream: () => ({
      StreamDescription: {
        Shards: shards.map(({ id, parent, numbers, closed }) => ({
          ShardId: id,
          ParentShardId: parent,
          SequenceNumberRange: {
            StartingSequenceNumber: String(numbers[0] ?? 0),
            ...(closed && { EndingSequenceNumber: String(numbers.at(-1) ?? 0) }),
          },
        })),
      },
    }),
    GetShardIterator({ ShardId, ShardIteratorType, SequenceNumber }) {
      const { id, numbers } = find(ShardId);
      if (ShardIteratorType === 'LATEST') return { ShardIterator: `${id}:${numbers.length}` };
      const after = ShardIteratorType === 'TRIM_HORIZON' ? -1 : numbers.indexOf(Number(SequenceNumber));
      return { ShardIterator: `${id}:${after + 1}` };
    },
    GetRecords({ ShardIterator }) {
      const [id, index] = String(ShardIterator).split(':');
      const { numbers, closed } = find(id);
      const Records = numbers.slice(Number(index)).map((number) => ({
        eventName: 'INSERT',
        dynamodb: { SequenceNumber: String(number), Keys: { pk: { S: String(number) } } },
      }));
      return { Records, NextShardIterator: closed ? undefined : `${id}:${numbers.length}` };
    },
  };
  return {
    send: () => expect.unreachable(),
    call: (target, input) => Promise.resolve(answers[target.split('.')[1]!]?.({ ...input }) as never),
  };
}

let running: StreamMapping | undefined;
afterEach(() => running?.stop());

/** Starts a mapping over the shards; returns the sequence numbers that the function gets, as they come. */
async function read(
  shards: FakeShard[],
  settings: { startingPosition?: 'LATEST'; startAfter?: string } = {},
): Promise<number[]> {
  const got: number[] = [];
  running = new StreamMapping({
    mapping: { ...mapping, startingPosition: settings.startingPosition ?? 'TRIM_HORIZON' },
    region: 'us-east-1',
    calls: callsOf(shards),
    invoker: {
      async invoke(_arn, payload) {
        await new Promise((resolve) => {
          setTimeout(resolve, 5);
        });
        got.push(
          ...(payload as { Records: { dynamodb: { SequenceNumber: string } }[] }).Records.map(({ dynamodb }) =>
            Number(dynamodb.SequenceNumber),
          ),
        );
        return { ok: true, payload: null, requestId: 'r' };
      },
    },
    onFailureQueueUrl: undefined,
    onProgress: () => undefined,
    idleMs: 200,
    startAfter: settings.startAfter,
  });
  await running.start();
  return got;
}

async function drained(): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await running?.isDrained())) {
    if (Date.now() > deadline) throw new Error('not drained');
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

const lineage = (): FakeShard[] => [
  { id: 'parent', numbers: [1, 2, 3], closed: true },
  { id: 'child', parent: 'parent', numbers: [4, 5], closed: false },
];

test('a parent is processed before its child', async () => {
  const got = await read(lineage());
  await drained();
  expect(got.slice(0, 3).sort()).toEqual([1, 2, 3]);
  expect(got.slice(3).sort()).toEqual([4, 5]);
});

test('when a shard closes, reading goes on in its child', async () => {
  const shards: FakeShard[] = [{ id: 'first', numbers: [1], closed: false }];
  const got = await read(shards);
  await drained();
  shards[0]?.numbers.push(2);
  shards.push({ id: 'second', parent: 'first', numbers: [3], closed: false });
  if (shards[0]) shards[0].closed = true;
  await drained();
  while (got.length < 3) await drained();
  expect(got).toEqual([1, 2, 3]);
});

test('LATEST skips closed shards and what the open one holds', async () => {
  const shards = lineage();
  const got = await read(shards, { startingPosition: 'LATEST' });
  await drained();
  shards[1]?.numbers.push(6);
  await drained();
  expect(got).toEqual([6]);
});

test.each([
  ['2', [3, 4, 5]],
  ['3', [4, 5]],
  ['4', [5]],
  ['5', []],
])('after the start point %s come %j', async (startAfter, expected) => {
  const got = await read(lineage(), { startAfter });
  await drained();
  expect(got.sort()).toEqual(expected);
});

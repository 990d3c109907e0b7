import { expect, test } from 'vitest';
import { deliverBatch, type DeliveryRules, type Discarded } from '../../../src/lambda/mapping/stream/streamDelivery.ts';
import type { StreamItem } from '../../../src/lambda/mapping/stream/streamRecord.ts';

type Answer = 'ok' | 'error' | number[] | 'nonsense';

const rules: DeliveryRules = {
  bisectOnError: false,
  maximumRetryAttempts: 2,
  maximumRecordAgeSeconds: -1,
  reportBatchItemFailures: true,
};

function items(count: number, writtenAt = Date.now()): StreamItem[] {
  return Array.from({ length: count }, (_, index) => ({
    record: {},
    sequenceNumber: String(index + 1),
    key: '',
    writtenAt,
    bytes: 1,
  }));
}

/**
 * Delivers records 1..n to a function that answers as given; returns what it was given each time, and what was
 * discarded.
 */
async function deliver(
  batch: StreamItem[],
  settings: Partial<DeliveryRules>,
  answer: (numbers: number[], call: number) => Answer,
) {
  const calls: number[][] = [];
  const discarded: Discarded[] = [];
  await deliverBatch(
    batch,
    { ...rules, ...settings },
    {
      invoke(given) {
        const numbers = given.map(({ sequenceNumber }) => Number(sequenceNumber));
        calls.push(numbers);
        const reply = answer(numbers, calls.length);
        const requestId = `request-${calls.length}`;
        if (reply === 'error')
          return Promise.resolve({ ok: false, errorType: 'Unhandled', errorMessage: 'no', requestId } as const);
        const payload =
          reply === 'ok'
            ? null
            : reply === 'nonsense'
              ? 'what'
              : { batchItemFailures: reply.map((number) => ({ itemIdentifier: String(number) })) };
        return Promise.resolve({ ok: true, payload, requestId } as const);
      },
      discard: (given) => {
        discarded.push(given);
        return Promise.resolve();
      },
      pause: () => Promise.resolve(),
      stopping: () => calls.length > 200,
    },
  );
  return {
    calls,
    discarded: discarded.map(({ items: given, ...rest }) => ({
      ...rest,
      numbers: given.map(({ sequenceNumber }) => Number(sequenceNumber)),
    })),
  };
}

const poison =
  (number: number) =>
  (numbers: number[]): Answer =>
    numbers.includes(number) ? 'error' : 'ok';

test('a batch that succeeds is delivered once', async () => {
  expect(await deliver(items(3), {}, () => 'ok')).toEqual({ calls: [[1, 2, 3]], discarded: [] });
});

test('the lowest reported number is the checkpoint; later successes are delivered again', async () => {
  const { calls } = await deliver(items(5), {}, (_numbers, call) => (call === 1 ? [4, 2] : 'ok'));
  expect(calls).toEqual([
    [1, 2, 3, 4, 5],
    [2, 3, 4, 5],
  ]);
});

test.each(['error', 'nonsense'] as const)('after an answer of %s the whole batch is delivered again', async (reply) => {
  expect((await deliver(items(3), {}, (_numbers, call) => (call === 1 ? reply : 'ok'))).calls).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
});

test('without partial responses only an error counts', async () => {
  expect((await deliver(items(2), { reportBatchItemFailures: false }, () => [1])).calls).toEqual([[1, 2]]);
});

test('past the retries the batch is given up, with the last request and how often it was tried', async () => {
  const { calls, discarded } = await deliver(items(2), {}, () => 'error');
  expect(calls).toHaveLength(3);
  expect(discarded).toEqual([
    {
      numbers: [1, 2],
      condition: 'RetryAttemptsExhausted',
      invocations: 3,
      requestId: 'request-3',
      functionError: 'Unhandled',
    },
  ]);
});

test('a reported failure that is given up carries no function error', async () => {
  const { discarded } = await deliver(items(2), { maximumRetryAttempts: 0 }, () => [2]);
  expect(discarded).toEqual([
    {
      numbers: [2],
      condition: 'RetryAttemptsExhausted',
      invocations: 1,
      requestId: 'request-1',
      functionError: undefined,
    },
  ]);
});

test('without a maximum it is tried until it succeeds', async () => {
  const { calls, discarded } = await deliver(items(1), { maximumRetryAttempts: -1 }, (_numbers, call) =>
    call <= 50 ? 'error' : 'ok',
  );
  expect(calls).toHaveLength(51);
  expect(discarded).toEqual([]);
});

test('bisection isolates a poison record and delivers every other once it is out of the way, in order', async () => {
  const { calls, discarded } = await deliver(items(8), { bisectOnError: true, maximumRetryAttempts: 1 }, poison(6));
  expect(calls).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4], [5, 6, 7, 8], [5, 6], [5], [6], [6], [7, 8]]);
  expect(discarded.map(({ numbers, invocations }) => ({ numbers, invocations }))).toEqual([
    { numbers: [6], invocations: 2 },
  ]);
});

test('with bisection and partial responses the cut is at the reported number', async () => {
  const { calls, discarded } = await deliver(items(6), { bisectOnError: true, maximumRetryAttempts: 0 }, (numbers) =>
    numbers.includes(3) ? [3] : 'ok',
  );
  expect(calls).toEqual([[1, 2, 3, 4, 5, 6], [3, 4, 5, 6], [3, 4], [3], [4], [5, 6]]);
  expect(discarded.map(({ numbers }) => numbers)).toEqual([[3]]);
});

test('records that are too old are given up without a call, the others delivered', async () => {
  const batch = [...items(2, Date.now() - 120_000), ...items(4).slice(2)];
  const { calls, discarded } = await deliver(batch, { maximumRecordAgeSeconds: 60 }, () => 'ok');
  expect(calls).toEqual([[3, 4]]);
  expect(discarded).toEqual([
    { numbers: [1, 2], condition: 'RecordAgeExceeded', invocations: 0, requestId: undefined, functionError: undefined },
  ]);
});

import type { SQSEvent } from 'aws-lambda';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryReasons } from '../../../../functions/ports/reasons/memory.ts';
import type { Redelivery } from '../../../../functions/ports/redelivery/port.ts';
import { budget, NoTimeLeft } from '../../../../functions/runtime/budget.ts';
import { beforeTheEnd, timeLeft } from '../../../../functions/runtime/deadline.ts';
import { Failure, UnreadableMessage } from '../../../../functions/runtime/failure.ts';
import { answerToQueue, failuresOf } from '../../../../functions/runtime/batches.ts';
import { lastDeliveryToTell, mostDeliveries, secondsUntilNext } from '../../../../functions/runtime/redeliveries.ts';
import { chunksOf, mapBounded } from '../../../../functions/runtime/concurrency.ts';
import { readEnvironment } from '../../../../functions/runtime/environment.ts';
import { again, retry } from '../../../../functions/runtime/retry.ts';
import { createTelemetry } from '../../../../functions/runtime/telemetry.ts';

describe("a function's environment", () => {
  it('names everything that is missing', () => {
    expect(() =>
      readEnvironment(['USER_TABLE', 'GRAPHQL_URL', 'QUEUE_URL_PREFIX'], { USER_TABLE: 'user', GRAPHQL_URL: '' }),
    ).toThrow('Environment variable missing: GRAPHQL_URL, QUEUE_URL_PREFIX');
    expect(readEnvironment(['USER_TABLE'], { USER_TABLE: 'user' })).toEqual({ USER_TABLE: 'user' });
  });
});

describe('bounded concurrency', () => {
  it('keeps the order of results, never exceeds its bound, and stops at an error', async () => {
    let running = 0;
    let most = 0;
    const results = await mapBounded([5, 1, 4, 2, 3], 2, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, item));
      running -= 1;
      return item * 2;
    });
    expect(results).toEqual([10, 2, 8, 4, 6]);
    expect(most).toBe(2);
    expect(await mapBounded([], 3, async () => 1)).toEqual([]);
    await expect(
      mapBounded([1], 3, async () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('begins nothing more after a failure, and has nothing under way when it is over', async () => {
    const begun: number[] = [];
    let underWay = 0;
    const work = mapBounded([1, 2, 3, 4, 5, 6], 2, async (item) => {
      begun.push(item);
      underWay += 1;
      await new Promise((resolve) => setTimeout(resolve, item * 5));
      underWay -= 1;
      if (item === 1) throw new Error('first');
      if (item === 2) throw new Error('second');
    });
    await expect(work).rejects.toThrow('first');
    expect(underWay).toBe(0);
    expect(begun).toEqual([1, 2]);
  });
});

describe('retry', () => {
  const policy = { attempts: 3, firstPause: 1, longestPause: 2 };

  it('goes on until there is a result, or the tries are used up', async () => {
    expect(
      await retry(
        policy,
        async (attempt) => (attempt < 3 ? again : attempt),
        () => new Error('exhausted'),
      ),
    ).toBe(3);
    await expect(
      retry(
        policy,
        async () => again,
        () => new Error('exhausted'),
      ),
    ).rejects.toThrow('exhausted');
    await expect(
      retry(
        policy,
        async () => {
          throw new Error('at once');
        },
        () => new Error('exhausted'),
      ),
    ).rejects.toThrow('at once');
  });
});

describe('telemetry', () => {
  const environment = { POWERTOOLS_SERVICE_NAME: 'command', POWERTOOLS_METRICS_NAMESPACE: 'UserManagement-dev' };
  const written = () => {
    const lines: string[] = [];
    const said = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    return { telemetry: createTelemetry((line) => lines.push(line), environment), lines, said };
  };

  it('writes structured lines with the id of the request, and metrics in the form that CloudWatch reads', async () => {
    const { telemetry, said } = written();
    await telemetry.invocation({ awsRequestId: 'r1' }, async () => {
      telemetry.info('Command applied', { commandId: 'c1', aggregate: 'user', operation: 'createUser' });
      telemetry.error('Command could not be handled', { commandId: 'c2', error: new Failure('why') });
      telemetry.count('CommandsRejected', 1, { name: 'code', value: 'EMAIL_TAKEN' });
      telemetry.count('CommandsRejected', 2);
      telemetry.milliseconds('CommandAge', 12);
      telemetry.milliseconds('CommandAge', 13);
    });
    expect(said()).toMatchObject([
      { message: 'Command applied', commandId: 'c1', level: 'INFO', service: 'command', requestId: 'r1' },
      {
        message: 'Command could not be handled',
        commandId: 'c2',
        level: 'ERROR',
        requestId: 'r1',
        error: { name: 'Failure', message: 'why', stack: expect.arrayContaining([expect.stringContaining('at ')]) },
      },
      {
        code: 'EMAIL_TAKEN',
        CommandsRejected: 1,
        _aws: { CloudWatchMetrics: [{ Namespace: 'UserManagement-dev', Dimensions: [['service', 'code']] }] },
      },
      {
        CommandsRejected: 3,
        CommandAge: [12, 13],
        service: 'command',
        _aws: {
          CloudWatchMetrics: [
            {
              Dimensions: [['service']],
              Metrics: [
                { Name: 'CommandsRejected', Unit: 'Count' },
                { Name: 'CommandAge', Unit: 'Milliseconds' },
              ],
            },
          ],
        },
      },
    ]);
    expect(said()).toHaveLength(4);
  });

  it('writes the metrics out though the work fails, says why as far as it may, and hides it from the answer', async () => {
    const { telemetry, said } = written();
    const work = telemetry.invocation({ awsRequestId: 'r2' }, async () => {
      telemetry.count('EventsStored');
      throw new TypeError('ada@example.com');
    });
    await expect(work).rejects.toThrow('The invocation failed; the log says why');
    expect(said()).toMatchObject([{ requestId: 'r2', error: { name: 'TypeError' } }, { EventsStored: 1 }]);
  });

  it('writes no more values of a metric in one line than CloudWatch takes', async () => {
    const { telemetry, said } = written();
    await telemetry.invocation({ awsRequestId: 'r3' }, async () => {
      for (let n = 0; n < 250; n += 1) telemetry.milliseconds('CommandAge', n);
    });
    const values = said().map(({ CommandAge }) => (CommandAge as number[]).length);
    expect(Math.max(...values)).toBeLessThanOrEqual(100);
    expect(values.reduce((sum, count) => sum + count, 0)).toBe(250);
  });

  it('never writes what is not on its list: no attribute, payload, token, or message of an error that was not made here', () => {
    const secret = 's3cr3t-v4lue';
    const anything = fc.anything({ maxDepth: 2 });
    const errors = fc.constantFrom(
      new Error(secret),
      new SyntaxError(`Unexpected token in ${secret}`),
      Object.assign(new Error(secret), { name: 'ValidationException', $response: { body: secret }, Item: { secret } }),
      new Failure('fine', { cause: new Error(secret) }),
      new UnreadableMessage(new SyntaxError(secret)),
    );
    fc.assert(
      fc.property(fc.string(), anything, errors, (name, value, error) => {
        const { telemetry, lines } = written();
        const fields = {
          commandId: 'c1',
          input: { firstName: secret },
          email: secret,
          token: secret,
          payload: { deep: [secret] },
          aggregateId: { id: secret },
          version: [secret],
          [name === 'commandId' ? '' : name]: name in { version: 0 } ? 1 : value,
          error,
        };
        telemetry.error('Something', fields as never);
        expect(lines.join('')).not.toContain(secret);
        expect(JSON.parse(lines[0]!)).toMatchObject({ commandId: 'c1' });
      }),
    );
  });
});

describe('the invocation that is about to end', () => {
  const slow = { attempts: 50, firstPause: 400, longestPause: 400 };

  it('ends the tries that it has no time for', async () => {
    let tries = 0;
    const endsAt = Date.now() + budget.end + 300;
    await expect(
      beforeTheEnd(
        () => endsAt - Date.now(),
        () =>
          retry(
            slow,
            async () => {
              tries += 1;
              return again;
            },
            () => new Error('exhausted'),
          ),
      ),
    ).rejects.toThrow('exhausted');
    expect(Date.now()).toBeLessThan(endsAt - budget.end + 50);
    expect(tries).toBeLessThan(50);
    expect(timeLeft()).toBe(Infinity);
  });
});

describe('a message that failed', () => {
  it('comes back after pauses that grow: long enough together for an engine that is away for ten minutes', () => {
    const pauses = (random: number) =>
      Array.from({ length: mostDeliveries - 1 }, (_, n) => secondsUntilNext(new Error('away'), n + 1, () => random));
    for (const random of [0, 0.5, 0.999]) {
      const seconds = pauses(random);
      expect(seconds).toEqual([...seconds].sort((one, other) => one - other));
      expect(seconds[0]).toBeLessThanOrEqual(2);
      expect(seconds.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(600);
      // SQS takes no more than twelve hours.
      expect(Math.max(...seconds)).toBeLessThanOrEqual(43_200);
      expect(seconds.slice(0, lastDeliveryToTell - 1).reduce((sum, each) => sum + each, 0)).toBeGreaterThan(3 * 60);
    }
    expect(lastDeliveryToTell).toBeLessThan(mostDeliveries);
  });

  it('comes back at once when it was not begun, and soon when nobody will ever read it', () => {
    expect(secondsUntilNext(new NoTimeLeft(), 7)).toBe(0);
    expect(secondsUntilNext(new UnreadableMessage(new Error('no')), 7)).toBe(1);
  });

  it('fails with all that was sent in one call with it, if the call failed', async () => {
    const refused = await failuresOf(['a', 'b'], async () => [{ index: 1, error: new Error('too large') }]);
    expect([...refused.keys()]).toEqual(['b']);
    const failed = await failuresOf(['a', 'b'], () => Promise.reject(new Error('away')));
    expect([...failed.keys()]).toEqual(['a', 'b']);
  });

  it('is answered to its queue, and nothing else of its batch, with the pause that is its own', async () => {
    const record = (messageId: string) => ({
      messageId,
      receiptHandle: `handle ${messageId}`,
      eventSourceARN: 'arn:aws:sqs:eu-west-1:1:queue',
      attributes: { ApproximateReceiveCount: '3' },
    });
    const event = { Records: ['a', 'b', 'c'].map(record) } as unknown as SQSEvent;
    const postponed: { receiptHandle: string; seconds: number }[] = [];
    const reasons = memoryReasons();
    const redelivery: Redelivery = { postpone: async (messages) => void postponed.push(...messages) };
    const answering = { redelivery, reasons };
    const failures = new Map<string, Error>([
      ['b', new NoTimeLeft()],
      ['c', new UnreadableMessage(new Error('no'))],
    ]);
    expect(await answerToQueue(event, failures, answering)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'c' }],
    });
    expect(postponed).toMatchObject([
      { receiptHandle: 'handle b', seconds: 0 },
      { receiptHandle: 'handle c', seconds: 1 },
    ]);
    expect(await answerToQueue(event, new Map(), answering)).toEqual({ batchItemFailures: [] });
    // Of what will not be handled any more it is said why; the other comes back.
    expect(await reasons.find(['a', 'b', 'c'])).toEqual([
      { messageId: 'c', reason: 'UnreadableMessage: The message cannot be read: Error', failedAt: expect.any(Number) },
    ]);
  });

  it('says why it is given up with its last delivery, and no more of it than the log does', async () => {
    const reasons = memoryReasons();
    const answering = { redelivery: { postpone: async () => undefined }, reasons };
    const record = (messageId: string, deliveries: number) => ({
      messageId,
      attributes: { ApproximateReceiveCount: String(deliveries) },
    });
    const event = {
      Records: [record('again', mostDeliveries - 1), record('last', mostDeliveries), record('caused', mostDeliveries)],
    } as unknown as SQSEvent;
    const secret = new TypeError('Ada Lovelace is not a date');
    await answerToQueue(
      event,
      new Map<string, Error>([
        ['again', secret],
        ['last', secret],
        ['caused', new RangeError('Ada', { cause: new Failure('The stream is damaged') })],
      ]),
      answering,
    );
    expect(await reasons.find(['again', 'last', 'caused'])).toMatchObject([
      { messageId: 'last', reason: 'TypeError' },
      { messageId: 'caused', reason: 'RangeError, because of Failure: The stream is damaged' },
    ]);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { chunksOf, mapBounded } from '../../../functions/runtime/concurrency.ts';
import { readEnvironment } from '../../../functions/runtime/environment.ts';
import { again, retry } from '../../../functions/runtime/retry.ts';
import { createTelemetry } from '../../../functions/runtime/telemetry.ts';

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
  it('writes structured lines, and metrics in the form that CloudWatch reads', () => {
    const lines: string[] = [];
    const write = (line: unknown) => {
      lines.push(String(line));
    };
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'command')
      .stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'UserManagement-dev')
      .stubEnv('POWERTOOLS_DEV', 'true')
      .stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const spies = (['log', 'info', 'error', 'warn'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation(write),
    );
    const telemetry = createTelemetry();
    telemetry.info('Command applied', { commandId: 'c1', aggregate: 'user', operation: 'createUser' });
    telemetry.error('Command could not be handled', { commandId: 'c2', error: new Error('why') });
    telemetry.count('CommandsRejected', 1, { name: 'code', value: 'EMAIL_TAKEN' });
    telemetry.milliseconds('CommandAge', 12);
    telemetry.flush();
    telemetry.flush();
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
    const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(said).toMatchObject([
      { message: 'Command applied', commandId: 'c1', level: 'INFO', service: 'command' },
      {
        message: 'Command could not be handled',
        commandId: 'c2',
        level: 'ERROR',
        error: { message: 'why', stack: expect.anything() },
      },
      {
        code: 'EMAIL_TAKEN',
        CommandsRejected: 1,
        _aws: { CloudWatchMetrics: [{ Namespace: 'UserManagement-dev', Dimensions: [['service', 'code']] }] },
      },
      { CommandsRejected: 1, CommandAge: 12, _aws: { CloudWatchMetrics: [{ Dimensions: [['service']] }] } },
    ]);
    expect(said).toHaveLength(4);
  });
});

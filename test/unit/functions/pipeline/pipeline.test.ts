import { afterEach, describe, expect, it, vi } from 'vitest';
import { readPipeline, workQueues } from '../../../../functions/pipeline/pipeline.ts';
import { cloudWatch } from '../../../../functions/ports/metrics/cloudwatch.ts';
import { type Metrics, noMetrics } from '../../../../functions/ports/metrics/port.ts';

const warn = vi.fn();
const facts: Record<string, { waiting: number; inFlight: number }> = {
  createUserQueue: { waiting: 7, inFlight: 2 },
  createUserQueueDlq: { waiting: 1, inFlight: 1 },
  executeCreateUserQueueDlq: { waiting: 3, inFlight: 0 },
  mediatorFailureQueue: { waiting: 4, inFlight: 0 },
};
const read = (metrics: Metrics) =>
  readPipeline({
    queueFacts: { read: async (queue) => facts[queue] ?? { waiting: 0, inFlight: 0 } },
    deadLetters: { sample: async () => [], move: async () => undefined, latestMove: async () => undefined },
    metrics,
    stackName: 'Stack-dev',
    warn,
  });

describe('the pipeline', () => {
  it('names every queue with what waits, what is worked on, and its dead letters', async () => {
    const { queues, deadLetters } = await read(noMetrics);
    expect(queues.map(({ name }) => name)).toEqual([...workQueues, 'mediatorFailureQueue']);
    expect(queues.find(({ name }) => name === 'createUserQueue')).toEqual({
      name: 'createUserQueue',
      waiting: 7,
      inFlight: 2,
      oldestSeconds: null,
      deadLetters: 2,
      redrive: null,
    });
    expect(queues.at(-1)).toMatchObject({ waiting: 0, deadLetters: 4 });
    expect(deadLetters).toBe(9);
  });

  it('tells lags and ages in seconds, and null where nothing was measured', async () => {
    const asked: string[] = [];
    const { queues, commandLag, projectionLag } = await read({
      latest: async (metrics) => {
        asked.push(...metrics.map(({ namespace, name, dimension }) => `${namespace} ${name} ${dimension.value}`));
        return metrics.map(({ dimension }) =>
          dimension.value === 'command' ? 1500 : dimension.value === 'Stack-dev-updateUserQueue' ? 42 : null,
        );
      },
    });
    expect(asked).toContain('Stack-dev CommandAge command');
    expect(asked).toContain('AWS/SQS ApproximateAgeOfOldestMessage Stack-dev-recoveryQueue');
    expect({ commandLag, projectionLag }).toEqual({ commandLag: 1.5, projectionLag: null });
    expect(queues.filter(({ oldestSeconds }) => oldestSeconds !== null)).toEqual([
      expect.objectContaining({ name: 'updateUserQueue', oldestSeconds: 42 }),
    ]);
  });

  it('answers without lags and ages while CloudWatch does not', async () => {
    const refused = new Error('Throttled');
    const { queues, commandLag } = await read({ latest: () => Promise.reject(refused) });
    expect(queues.length).toBe(workQueues.length + 1);
    expect(commandLag).toBeNull();
    expect(warn).toHaveBeenCalledWith('Lags and ages could not be read', refused);
  });
});

describe('CloudWatch', () => {
  afterEach(() => void vi.unstubAllGlobals());
  const identity = {
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
    region: async () => 'eu-central-1',
  };
  const metric = (name: string) => ({ namespace: 'N', name, dimension: { name: 'D', value: 'v' }, statistic: 'p95' });
  const answering = (status: number, answer: unknown) => {
    const fetched = vi.fn(
      async (_url: string, _request: RequestInit) => new Response(JSON.stringify(answer), { status }),
    );
    vi.stubGlobal('fetch', fetched);
    return fetched;
  };

  it('is asked once, signed, and its answer put in order', async () => {
    const fetched = answering(200, {
      MetricDataResults: [
        { Id: 'm1', Values: [7, 3] },
        { Id: 'm0', Values: [] },
      ],
    });
    const metrics = cloudWatch('https://monitoring.eu-central-1.amazonaws.com/', identity);
    expect(await metrics.latest([metric('A'), metric('B'), metric('C')])).toEqual([null, 7, null]);
    expect(fetched).toHaveBeenCalledTimes(1);
    const [url, { headers, body }] = fetched.mock.calls[0]!;
    expect(url).toBe('https://monitoring.eu-central-1.amazonaws.com/');
    expect(headers).toMatchObject({
      'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
      authorization: expect.stringContaining('/eu-central-1/monitoring/aws4_request'),
    });
    expect(JSON.parse(String(body)).MetricDataQueries[1]).toEqual({
      Id: 'm1',
      MetricStat: {
        Metric: { Namespace: 'N', MetricName: 'B', Dimensions: [{ Name: 'D', Value: 'v' }] },
        Period: 60,
        Stat: 'p95',
      },
    });
  });

  it('is quoted where it refuses', async () => {
    answering(400, { __type: 'AccessDenied' });
    await expect(cloudWatch('https://monitoring.test/', identity).latest([metric('A')])).rejects.toThrow(
      'CloudWatch answered 400: {"__type":"AccessDenied"}',
    );
  });
});

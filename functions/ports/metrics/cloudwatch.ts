import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod/mini';
import { budget } from '../../runtime/budget.ts';
import { type Identity, Sha256 } from '../notifier/signedPost.ts';
import type { MetricName, Metrics } from './port.ts';

/** How far back is looked; CloudWatch has a minute's metrics a minute or two later. */
const seconds = 600;
const path = '/';

/** CloudWatch's JSON protocol, signed here: the SDK's client would double the function's weight for one call. */
export const cloudWatch = (endpoint: string, identity: Identity): Metrics => {
  const { host, hostname, protocol } = new URL(endpoint);
  const signer = new SignatureV4({ service: 'monitoring', ...identity, sha256: Sha256 });
  return {
    latest: async (metrics) => {
      const now = Math.floor(Date.now() / 1000);
      const body = JSON.stringify({
        StartTime: now - seconds,
        EndTime: now,
        ScanBy: 'TimestampDescending',
        MetricDataQueries: metrics.map(queryOf),
      });
      const { headers } = await signer.sign({
        ...{ method: 'POST', protocol, hostname, path, body },
        headers: {
          host,
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
        },
      });
      const answer = await fetch(endpoint, { method: 'POST', headers, body, signal: AbortSignal.timeout(budget.call) });
      if (!answer.ok) throw new Error(`CloudWatch answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
      return valuesIn(shape.parse(await answer.json()), metrics.length);
    },
  };
};

const shape = z.object({
  MetricDataResults: z.optional(z.array(z.object({ Id: z.string(), Values: z.optional(z.array(z.number())) }))),
});

const queryOf = ({ namespace, name, dimension, statistic }: MetricName, index: number) => ({
  Id: `m${index}`,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: name,
      Dimensions: [{ Name: dimension.name, Value: dimension.value }],
    },
    Period: 60,
    Stat: statistic,
  },
});

/** The answer may be in any order, and leave out what it has nothing of. */
const valuesIn = ({ MetricDataResults = [] }: z.infer<typeof shape>, count: number): (number | null)[] => {
  const byId = new Map(MetricDataResults.map(({ Id, Values }) => [Id, Values?.[0] ?? null]));
  return Array.from({ length: count }, (_, index) => byId.get(`m${index}`) ?? null);
};

import { heard, sumsOf } from '../scenarios/notifications.ts';
import type { Bench } from '../scenario.ts';
import { chunksOf } from '../../functions/runtime/concurrency.ts';
import { percentile } from '../support/statistics.ts';
import type { Pace } from './measure.ts';

const [commands, eachRound] = [200, 50];

/** From a mutation to its notification, beside the hops on the way by themselves. */
export const notification = async (bench: Bench): Promise<Pace[]> => {
  const { latencies, hops } = await heard(bench, commands);
  const median = (values: number[]) => percentile(values, 0.5);
  const sums = chunksOf(sumsOf(hops), eachRound).map(median);
  const rounds = chunksOf(latencies, eachRound).map(median);
  return [
    {
      name: 'Mutation to notification, median as a multiple of its raw hops’',
      values: rounds.map((latency, n) => latency / sums[n]!),
      aim: { atMost: 2 },
    },
    { name: 'The same, ms', values: rounds, digits: 1 },
  ];
};

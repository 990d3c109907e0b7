import { rebuildShare } from '../scenarios/recovery.ts';
import type { Bench } from '../scenario.ts';
import type { Pace } from './measure.ts';

const events = 10_000;
const rounds = 2;

/** A rebuild, beside the AWS SDK alone with the same reads and writes. */
export const rebuild = async (bench: Bench): Promise<Pace[]> => {
  const values: number[] = [];
  for (let n = 1; n <= rounds; n += 1) {
    bench.say(`rebuild, round ${n} of ${rounds}`);
    values.push(await rebuildShare(bench, events));
  }
  const size = events.toLocaleString('en');
  return [
    {
      name: `Rebuild of ${size} events, CPU of the AWS SDK alone with the same calls, as a share of it`,
      values,
      aim: { atLeast: 0.4 },
    },
  ];
};

import type { Bench } from '../scenario.ts';
import { startOf } from '../support/starts.ts';
import type { Pace } from './measure.ts';

const rounds = 3;

/** CPU of `npm start` until it serves, with all that it starts: the first time, and once it has been started. */
export const starts = async (bench: Bench): Promise<Pace[]> => {
  const [first, again]: [number[], number[]] = [[], []];
  for (let n = 1; n <= rounds; n += 1) {
    bench.say(`npm start, round ${n} of ${rounds}`);
    const folder = bench.newFolder();
    first.push((await startOf(folder)).cpuSeconds);
    again.push((await startOf(folder)).cpuSeconds);
  }
  return [
    { name: '`npm start` with nothing kept, CPU seconds', values: first, aim: { atMost: 6 }, digits: 1 },
    { name: '`npm start` again, CPU seconds', values: again, aim: { atMost: 4 }, digits: 1 },
  ];
};

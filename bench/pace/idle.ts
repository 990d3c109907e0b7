import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../scenario.ts';
import { taken } from '../support/cpu.ts';
import { withStack } from '../support/stack.ts';
import type { Pace } from './measure.ts';

const rounds = 3;
const seconds = 10;

/** What a stack that nobody uses takes of a core, with its engine. */
export const idle = (bench: Bench): Promise<Pace[]> =>
  withStack(bench, {}, async () => {
    bench.say('leaving it alone');
    await delay(15_000);
    const values: number[] = [];
    for (let n = 0; n < rounds; n += 1) {
      const { clock, node, engine } = await taken(() => delay(seconds * 1000));
      values.push((100 * (node + engine)) / clock);
    }
    return [{ name: 'Idle stack with its engine, percent of a core', values, aim: { atMost: 2 }, digits: 1 }];
  });

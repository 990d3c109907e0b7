import type { Scenario } from '../scenario.ts';
import { heardCreates } from '../support/heardCreates.ts';
import { eventsPerStream, seedUsers } from '../support/history.ts';
import { withStack } from '../support/stack.ts';
import { withoutHistory } from '../support/triggers.ts';
import { p50p95p99, rounded, timed } from '../support/statistics.ts';
import { recover } from './recovery.ts';

const usual = 100;

/**
 * How long a live create takes while everything is rebuilt, beside how long it usually takes.
 * @param slowness how many times as long each call of the tables takes, with a rebuild and without
 */
const besideOf = (name: string, events: number, about: string, slowness = 1): Scenario => ({
  name,
  about,
  run: (bench) =>
    withStack(bench, { transformTemplate: withoutHistory }, async (running) => {
      bench.say(`seeding ${events} events of ${events / eventsPerStream} streams`);
      const rows = await seedUsers(running.stack, events / eventsPerStream);
      const { create, close } = await heardCreates(running);
      running.stack.chaos.set({ slowness });
      bench.say(`${usual} creates with nothing beside them`);
      for (let n = 0; n < 30; n += 1) await create();
      const alone: number[] = [];
      for (let n = 0; n < usual; n += 1) alone.push(await create());

      bench.say('creates, one after the other, beside a complete rebuild');
      const beside: number[] = [];
      let rebuilding = true;
      const [took] = await Promise.all([
        // The groups that were created are rebuilt too, as many as there are when each is looked at.
        timed(() => recover(running, rows.size)).finally(() => (rebuilding = false)),
        (async () => {
          while (rebuilding) beside.push(await create());
        })(),
      ]);
      close();
      const row = (title: string, latencies: number[]) => [
        title,
        latencies.length,
        ...p50p95p99(latencies).map((value) => rounded(value)),
      ];
      const ratios = p50p95p99(beside).map((value, index) => rounded(value / p50p95p99(alone)[index]!, 2));
      const size = events.toLocaleString('en');
      const engine = slowness === 1 ? '' : ` on an engine ${slowness} times as slow`;
      return {
        tables: [
          {
            title: `A live create beside a complete rebuild of ${size} events${engine}, in milliseconds`,
            columns: ['', 'creates', 'p50', 'p95', 'p99'],
            rows: [row('alone', alone), row('beside', beside), ['ratio', '', ...ratios]],
            note: `From the mutation to the notification of a subscriber, one after the other. The rebuild took ${rounded(took / 1000)} s.`,
          },
        ],
        figures: [
          {
            name: `Live create beside a rebuild of ${size} events${engine}, as a multiple of its usual time there (p50, p99)`,
            value: `${ratios[0]}, ${ratios[2]}`,
            aim: '≤ 2',
          },
        ],
      };
    }),
});

export const beside = besideOf('beside', 10_000, 'a live create beside a complete rebuild of 10,000 events');
export const besideLarge = besideOf('beside-large', 100_000, 'the same beside 100,000 events; takes minutes');
export const besideSlow = besideOf(
  'beside-slow',
  100_000,
  'the same, of 20,000 users, on an engine five times as slow; takes minutes',
  5,
);

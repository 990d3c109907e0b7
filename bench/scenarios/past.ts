import type { Result } from '../report.ts';
import type { Bench, Scenario } from '../scenario.ts';
import { seedUsers } from '../support/history.ts';
import { Meter, totalOf } from '../support/meter.ts';
import { withStack } from '../support/stack.ts';
import { percentile, rounded, timed } from '../support/statistics.ts';
import { withoutMediator } from '../support/triggers.ts';

const year = 365 * 24 * 3600_000;
/** Users of a year ago, and users of today. */
const sizes: [number, number] = [1_000, 20_000];
const pageSize = 25;
const times = 10;
/** Of each user: less to seed, and a page reads whole streams in any case. */
const eventsEach = 2;

/** What a question about the past reads, and how long it takes, with few users and with many. */
export const past: Scenario = {
  name: 'past',
  about: `a page of usersAt at ${sizes.join(' and ')} users, now and a year back; whatIf with 100 commands; takes minutes`,
  async run(bench: Bench): Promise<Result> {
    let meter: Meter | undefined;
    return withStack(
      bench,
      { measure: 'INDEXES', transformTemplate: withoutMediator, onLambdaEvent: (event) => meter?.hear(event) },
      async ({ stack, admin }) => {
        meter = new Meter(stack);
        const rows: (string | number)[][] = [];
        const measure = async (name: string, query: string, variables: Record<string, unknown>) => {
          bench.say(name);
          await admin.ask(query, variables);
          await meter!.take();
          await admin.ask(query, variables);
          const { reads } = await meter!.take();
          const milliseconds = [];
          for (let n = 0; n < times; n += 1) milliseconds.push(await timed(() => admin.ask(query, variables)));
          rows.push([name, rounded(totalOf(reads), 1), rounded(percentile(milliseconds, 0.5), 0)]);
        };
        const yearAgo = Date.now() - year;
        for (const [index, size] of sizes.entries()) {
          bench.say(`seeding up to ${size} users`);
          const first = index === 0 ? 0 : sizes[index - 1]!;
          await seedUsers(stack, size - first, {
            first,
            now: index === 0 ? yearAgo : Date.now() - 60_000,
            events: eventsEach,
          });
          const page = `query ($t: AWSDateTime!) { usersAt(timestamp: $t, limit: ${pageSize}) { items { id firstName lastName } } }`;
          const of = `of ${size} users`;
          await measure(`usersAt, now, ${of}`, page, { t: new Date().toISOString() });
          await measure(`usersAt, a year back, ${of}`, page, { t: new Date(yearAgo).toISOString() });
          const commands = Array.from({ length: 100 }, (_, n) => ({
            operation: 'updateUser',
            input: JSON.stringify({ id: `user-${String(n).padStart(6, '0')}`, email: `supposed-${n}@example.org` }),
          }));
          await measure(
            `whatIf, 100 commands, ${of}`,
            'query ($input: WhatIfInput!) { whatIf(input: $input) { outcomes { status } changes { attribute } } }',
            { input: { at: new Date().toISOString(), commands } },
          );
        }
        return {
          tables: [
            {
              title: 'Questions about the past',
              columns: ['', 'read units', 'ms, median'],
              rows,
              note: `A page has ${pageSize} users, each of a stream of ${eventsEach} events. One question at a time.`,
            },
          ],
          figures: rows.map(([name, units, ms]) => ({ name: String(name), value: `${units} read units, ${ms} ms` })),
        };
      },
    );
  },
};

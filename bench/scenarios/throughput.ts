import { randomUUID } from 'node:crypto';
import type { Scenario } from '../scenario.ts';
import type { Client } from '../support/client.ts';
import { createReferences, userInput } from '../support/people.ts';
import { bareReplay, endOf, rawDatabase, type Replay, sdkReplay, StreamReader } from '../support/raw.ts';
import { Recorder } from '../support/recorder.ts';
import { withStack } from '../support/stack.ts';
import { inFlight, p50p95p99, rounded, timed } from '../support/statistics.ts';

const rounds = 4;
/** Users per round: each is created, and then changed. */
const users = 250;
const concurrency = 16;
const samples = 200;
/** Between two reads of the stream, as Lambda's mapping has it here. */
const streamPauseMs = 50;

/** Milliseconds for the same commands. */
interface Round {
  /** All of the path. */
  path: number;
  /** The engine with the AWS SDK. */
  sdk: number;
  /** The engine over bare HTTP. */
  bare: number;
}

/** How fast commands become views, and how fast the engine alone makes the same writes. */
export const throughput: Scenario = {
  name: 'throughput',
  about: 'commands per second beside the raw engine; mutation-to-view latency',
  run: (bench) =>
    withStack(bench, {}, async (running) => {
      const { stack, admin } = running;
      const recorder = new Recorder(stack);
      const [sdk, bare] = [await rawDatabase(stack), await rawDatabase(stack)];
      const references = await createReferences(running);
      const round = async (size: number): Promise<Round> => {
        recorder.reset();
        const ids = Array.from({ length: size }, () => randomUUID());
        const creating = await timed(async () => {
          await inFlight(
            ids,
            concurrency,
            async (id) => void (await admin.send('createUser', userInput(id, references))),
          );
          await recorder.rows(size);
        });
        const creates = recorder.calls;
        await stack.mappings.idle();
        recorder.reset();
        const changing = await timed(async () => {
          await inFlight(
            ids,
            concurrency,
            async (id) => void (await admin.send('updateUser', { id, lastName: 'King' })),
          );
          await recorder.rows(size);
        });
        await stack.mappings.idle();
        const changes = recorder.calls;
        const alone = ({ raw, stream }: typeof sdk, replay: Replay) =>
          timed(async () => {
            const read = new StreamReader(raw, await endOf(raw, stream)).records(2 * size, streamPauseMs);
            await replay(creates, concurrency);
            await replay(changes, concurrency);
            await read;
          });
        return {
          path: creating + changing,
          sdk: await alone(sdk, sdkReplay(sdk.raw)),
          bare: await alone(bare, bareReplay(bare.raw)),
        };
      };

      bench.say('warming up');
      for (let n = 1; n <= 2; n += 1) await round(users);
      const done: Round[] = [];
      for (let n = 1; n <= rounds; n += 1) {
        bench.say(`round ${n} of ${rounds}: ${2 * users} commands`);
        done.push(await round(users));
      }
      for (const { raw } of [sdk, bare]) raw.close();
      bench.say(`${samples} commands one after the other`);
      const latencies = await latenciesOf(admin, samples);

      const commands = rounds * users * 2;
      const perSecond = (of: keyof Round) => (1000 * commands) / done.reduce((sum, each) => sum + each[of], 0);
      const rates = { path: perSecond('path'), sdk: perSecond('sdk'), bare: perSecond('bare') };
      const [p50, p95, p99] = p50p95p99(latencies);
      const row = (name: string, of: keyof Round) => [
        name,
        rounded(rates[of]),
        of === 'path' ? '' : rounded(rates.path / rates[of], 2),
        of === 'path' ? '' : done.map((each) => rounded(each[of] / each.path, 2)).join(', '),
      ];
      return {
        tables: [
          {
            title: 'Throughput of the write path',
            columns: ['', 'commands per second', 'the path’s share of it', 'round by round'],
            rows: [
              row('whole path, until all views show it', 'path'),
              row('the same writes by the AWS SDK alone', 'sdk'),
              row('the same writes over bare HTTP', 'bare'),
            ],
            note: `${commands} commands in ${rounds} rounds, half creates of users (a transaction), half updates (one write), ${concurrency} in flight. After each round the engine alone did the same again: outcome, stream, append, view, stream read; first for a program with the AWS SDK, then for one that sends bodies written beforehand, unsigned, and looks at no answer.`,
          },
          {
            title: 'From mutation to view, at low load',
            columns: ['', 'p50', 'p95', 'p99'],
            rows: [['milliseconds', rounded(p50), rounded(p95), rounded(p99)]],
            note: `${samples} commands, one after the other, each awaited by polling its query.`,
          },
        ],
        figures: [
          {
            name: 'Write path, share of the raw engine’s rate with the same writes (AWS SDK)',
            value: rounded(rates.path / rates.sdk, 2),
            aim: '≥ 0.5',
          },
          { name: '… over bare HTTP', value: rounded(rates.path / rates.bare, 2) },
          {
            name: 'Mutation to view at low load, ms (p50, p95, p99)',
            value: [p50, p95, p99].map((value) => value.toFixed(0)).join(', '),
          },
        ],
      };
    }),
};

const latenciesOf = async (admin: Client, count: number): Promise<number[]> => {
  const latencies: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const name = randomUUID();
    latencies.push(
      await timed(async () => {
        const { aggregateId } = await admin.send('createGroup', { name, description: 'one of many' });
        while (
          (await admin.ask('query ($id: ID!) { group(id: $id) { version } }', { id: aggregateId }))['group'] === null
        );
      }),
    );
  }
  return latencies;
};

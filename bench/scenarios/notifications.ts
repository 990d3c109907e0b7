import type { Bench, Scenario } from '../scenario.ts';
import { heardCreates } from '../support/heardCreates.ts';
import { callsHop, type Hop, httpHop, queueHop, socketHop, streamHop } from '../support/hops.ts';
import { rawDatabase } from '../support/raw.ts';
import { recordEvery, type RecordedCall } from '../support/recorder.ts';
import { withStack } from '../support/stack.ts';
import { p50p95p99, rounded } from '../support/statistics.ts';

const samples = 200;
const warmingSamples = 60;

/**
 * How long it takes until a subscriber hears of a command, and what the engines and sockets on the way take by
 * themselves.
 */
export const notifications: Scenario = {
  name: 'notifications',
  about: 'mutation-to-notification latency beside the sum of its raw hops',
  async run(bench) {
    const { latencies, hops } = await heard(bench, samples);
    const whole = p50p95p99(latencies);
    const sum = p50p95p99(sumsOf(hops));
    const row = (name: string, values: number[]) => [name, ...values.map((value) => rounded(value))];
    return {
      tables: [
        {
          title: 'From mutation to notification, at low load, in milliseconds',
          columns: ['', 'p50', 'p95', 'p99'],
          rows: [
            row('mutation to notification', whole),
            ...hops.map(({ name, times, taken }) =>
              row(`  ${name}${times > 1 ? `, ${times} times` : ''}`, p50p95p99(taken)),
            ),
            row('all hops of a command together', sum),
            ['ratio', ...whole.map((value, index) => rounded(value / sum[index]!))],
          ],
          note: `${samples} commands, one after the other; after each, every hop by itself.`,
        },
      ],
      figures: [
        {
          name: 'Mutation to notification at low load, ms (p50, p95, p99)',
          value: whole.map((value) => value.toFixed(0)).join(', '),
        },
        {
          name: '… as a multiple of its raw hops (p50, p95, p99)',
          value: whole.map((value, index) => rounded(value / sum[index]!)).join(', '),
        },
      ],
    };
  },
};

/** A hop, and what each command took for all of its times, in milliseconds. */
type TakenHop = Pick<Hop, 'name' | 'times'> & { taken: number[] };

/** What all hops of each command took together. */
export const sumsOf = (hops: TakenHop[]): number[] =>
  hops[0]!.taken.map((_, n) => hops.reduce((total, { taken }) => total + taken[n]!, 0));

/** Commands one after the other until a subscriber has heard, and after each every hop by itself; milliseconds. */
export const heard = (bench: Bench, commands: number): Promise<{ latencies: number[]; hops: TakenHop[] }> =>
  withStack(bench, {}, async (running) => {
    const { stack } = running;
    const { create, close } = await heardCreates(running);
    const every = recordEvery(stack);
    const { raw, stream } = await rawDatabase(stack);
    const [http, queue, socket] = [await httpHop(), await queueHop(), await socketHop()];
    const records = await streamHop(raw, stream, stack.outputs.Tables['eventStore']!);

    const commandCalls: RecordedCall[][] = [];
    const sample = async (): Promise<number> => {
      every.take();
      const latency = await create();
      commandCalls.push(every.take());
      return latency;
    };
    const hops: Hop[] = [
      { name: 'mutation, over HTTP', times: 1, take: http.take },
      { name: 'SQS, send to receive', times: 2, take: queue.take },
      { name: 'reads and writes of the functions', times: 1, take: callsHop(raw, commandCalls) },
      { name: 'read of the stream', times: 1, take: records },
      { name: 'publish, over HTTP', times: 1, take: http.take },
      { name: 'socket', times: 1, take: socket.take },
    ];

    bench.say('notifications: warming up');
    for (let n = 0; n < warmingSamples; n += 1) {
      await sample();
      for (const hop of hops) await hop.take();
    }
    bench.say(`notifications: ${commands} commands one after the other, and every hop by itself after each`);
    const latencies: number[] = [];
    const taken = hops.map((): number[] => []);
    for (let n = 0; n < commands; n += 1) {
      latencies.push(await sample());
      await stack.mappings.idle();
      for (const [index, { take, times }] of hops.entries()) taken[index]!.push(times * (await take()));
    }
    for (const stop of [http.stop, queue.stop, socket.stop]) await stop();
    close();
    raw.close();
    return { latencies, hops: hops.map(({ name, times }, index) => ({ name, times, taken: taken[index]! })) };
  });

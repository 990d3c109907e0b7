import { randomUUID } from 'node:crypto';
import type { Bench } from '../scenario.ts';
import { type Taken, taken } from '../support/cpu.ts';
import { createReferences, userInput } from '../support/people.ts';
import { endOf, rawDatabase, sdkReplay, StreamReader } from '../support/raw.ts';
import { type RecordedCall, recordEvery, Recorder } from '../support/recorder.ts';
import { withStack } from '../support/stack.ts';
import { inFlight } from '../support/statistics.ts';
import type { Pace } from './measure.ts';

const rounds = 4;
/** Users per round: each is created, and then changed. */
const users = 250;
const concurrency = 16;
/** Between two reads of the stream, as Lambda's mapping has it here. */
const streamPauseMs = 50;

/**
 * Commands until all views show them, beside a program that makes every one of the functions' calls of DynamoDB again,
 * those for references and lists included, with the AWS SDK alone.
 */
export const writePath = (bench: Bench): Promise<Pace[]> =>
  withStack(bench, {}, async (running) => {
    const { stack, admin } = running;
    const recorder = new Recorder(stack);
    const every = recordEvery(stack);
    const { raw, stream } = await rawDatabase(stack);
    const replay = sdkReplay(raw);
    const references = await createReferences(running);
    await replay(every.take(), 1);
    const create = async (id: string) => void (await admin.send('createUser', userInput(id, references)));
    const update = async (id: string) => void (await admin.send('updateUser', { id, lastName: 'King' }));
    const pair = async (): Promise<{ path: Taken; alone: Taken }> => {
      const ids = Array.from({ length: users }, () => randomUUID());
      const calls: RecordedCall[][] = [];
      const path = await taken(async () => {
        for (const send of [create, update]) {
          recorder.reset();
          await inFlight(ids, concurrency, send);
          await recorder.rows(users);
          await stack.mappings.idle();
          calls.push(every.take());
        }
      });
      const alone = await taken(async () => {
        const read = new StreamReader(raw, await endOf(raw, stream)).records(2 * users, streamPauseMs);
        for (const part of calls) await replay(part, concurrency);
        await read;
      });
      return { path, alone };
    };

    bench.say('write path: warming up');
    for (let n = 0; n < 2; n += 1) await pair();
    const pairs: { path: Taken; alone: Taken }[] = [];
    for (let n = 1; n <= rounds; n += 1) {
      bench.say(`write path: round ${n} of ${rounds}`);
      pairs.push(await pair());
    }
    raw.close();
    const cpu = ({ node, engine }: Taken) => node + engine;
    const each = 2 * users;
    return [
      {
        name: 'Write path, CPU of the AWS SDK alone with the same calls, as a share of it',
        values: pairs.map(({ path, alone }) => cpu(alone) / cpu(path)),
        aim: { atLeast: 0.45 },
      },
      {
        name: 'Write path, rate as a share of that of the AWS SDK alone',
        values: pairs.map(({ path, alone }) => alone.clock / path.clock),
        aim: { atLeast: 0.5 },
      },
      {
        name: 'Of it: CPU of the engine, ms a command',
        values: pairs.map(({ path }) => path.engine / each),
      },
      {
        name: 'Of it: CPU of functions, API, queues and gateway, ms a command',
        values: pairs.map(({ path }) => path.node / each),
      },
    ];
  });

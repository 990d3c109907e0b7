import { isDeepStrictEqual } from 'node:util';
import type { Bench } from '../scenario.ts';
import { Client } from '../support/client.ts';
import { taken } from '../support/cpu.ts';
import { userInput } from '../support/people.ts';
import type { RecordedCall } from '../support/recorder.ts';
import { type RunningStack, withStack } from '../support/stack.ts';
import { inFlight } from '../support/statistics.ts';
import type { Pace } from './measure.ts';
import { plainServer } from './plainServer.ts';

const people = 100;
const rounds = 5;

interface Question {
  name: string;
  query: string;
  /** How often it is asked in a round. */
  asks: number;
  atMost: number;
}

const questions: Question[] = [
  {
    name: `users(limit: ${people}) with all that belongs to them`,
    query: `{ users(limit: ${people}) { items { id firstName lastName displayName email status version createdAt role { id name description authorizations { id name description } } group { id name } authorizations { id name } } nextToken } }`,
    asks: 30,
    atMost: 2,
  },
  {
    name: 'user(id)',
    query: '{ user(id: "person-1") { id firstName lastName displayName email status version createdAt } }',
    asks: 200,
    atMost: 1.5,
  },
];

/** Queries through the stack, beside a plain server that makes the same calls of the same tables. */
export const reads = (bench: Bench): Promise<Pace[]> =>
  withStack(bench, {}, async (running) => {
    const { stack, admin } = running;
    bench.say(`reads: ${people} people`);
    await populate(running);
    let calls: RecordedCall[] = [];
    const plain = await plainServer(stack.database, stack.outputs.Tables, () => calls);
    const beside = new Client(plain.url, '');
    const paces: Pace[] = [];
    for (const { name, query, asks, atMost } of questions) {
      calls = await callsOf(running, query);
      const [ours, theirs] = [await admin.ask(query), await beside.ask(query)];
      if (!isDeepStrictEqual(sorted(ours), sorted(theirs)))
        throw new Error(`${name}: the plain server answers otherwise`);
      const cpu = async (client: Client): Promise<number> => {
        const { node, engine } = await taken(async () => {
          for (let n = 0; n < asks; n += 1) await client.ask(query);
        });
        return node + engine;
      };
      bench.say(`reads: ${name}`);
      for (const client of [admin, beside]) for (let n = 0; n < 2; n += 1) await cpu(client);
      const values: number[] = [];
      for (let n = 0; n < rounds; n += 1) values.push((await cpu(admin)) / (await cpu(beside)));
      paces.push({ name: `${name}, CPU as a multiple of a plain graphql-js server’s`, values, aim: { atMost } });
    }
    beside.close();
    plain.stop();
    return paces;
  });

/** Lists of one table come in any order. */
const sorted = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer), (_, value: unknown) =>
    Array.isArray(value) ? value.map((each) => JSON.stringify(each)).sort() : value,
  );

/** People in five roles of four authorizations each, and in three groups. */
const populate = async ({ stack, admin }: RunningStack): Promise<void> => {
  const all = async (count: number, send: (n: number) => Promise<unknown>) => {
    await inFlight(Array.from({ length: count }), 16, async (_, n) => void (await send(n)));
    await stack.mappings.idle();
  };
  const id = (name: string, n: number) => `00000000-0000-4000-8000-${name}${String(n).padStart(10, '0')}`;
  await all(8, (n) => admin.send('createAuthorization', { name: `may ${n}`, description: 'do so' }, id('aa', n)));
  await all(3, (n) => admin.send('createGroup', { name: `group ${n}`, description: 'some people' }, id('bb', n)));
  await all(5, (n) =>
    admin.send(
      'createRole',
      {
        name: `role ${n}`,
        description: 'some work',
        authorizationIds: Array.from({ length: 4 }, (_, more) => id('aa', (n + more) % 8)),
      },
      id('cc', n),
    ),
  );
  await all(people, (n) =>
    admin.send('createUser', {
      ...userInput(`person-${n}`, { roleId: id('cc', n % 5), groupId: id('bb', n % 3) }),
      lastName: `Lovelace ${n}`,
    }),
  );
};

/** The calls by which the stack answers a question. */
const callsOf = async ({ stack, admin }: RunningStack, query: string): Promise<RecordedCall[]> => {
  const calls: RecordedCall[] = [];
  const unhook = stack.gateway.onCall(({ phase, service, operation, input }) => {
    if (phase === 'before' && service === 'dynamodb' && ['GetItem', 'Query', 'BatchGetItem'].includes(operation))
      calls.push({ operation, body: JSON.stringify(input) });
  });
  await admin.ask(query);
  unhook();
  return calls;
};

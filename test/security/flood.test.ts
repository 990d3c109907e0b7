import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { chunksOf } from '../../functions/runtime/concurrency.ts';
import { admin, type Client, eventually, unique, user } from '../support/clients/client.ts';
import { organisation, person } from '../e2e/organisation.ts';

/** As the schema's documentation has it. */
const commandsAMinute = 60;
const commandsInTenSeconds = 20;
const requests = 10;
const aliases = 400;

const profile = () => ({
  firstName: 'Ann',
  lastName: 'Lee',
  birthDate: '1990-01-01',
  email: `${unique('f')}@example.com`,
});

const deadLetters = async (root: Client): Promise<number> =>
  (await root.get('{ pipeline { deadLetters } }'))['pipeline'].deadLetters;

const median = (numbers: number[]): number =>
  numbers.sort((one, other) => one - other)[Math.floor(numbers.length / 2)]!;

it('4,000 updates of one user in ten requests: twenty in ten seconds are taken, each has an outcome, and nobody else waits for more', async () => {
  const root = await admin();
  const [flooder, other] = [await user(unique('auth0|flood')), await user(unique('auth0|other'))];
  for (const each of [flooder, other]) expect(await each.run('signUp', profile())).toMatchObject({ status: 'APPLIED' });
  const { roleId, groupId } = await organisation(root);
  const somebody = await root.apply('createUser', person({ roleId, groupId }));

  /** When others' updates were sent, and known to be applied. */
  const waits: { from: number; to: number }[] = [];
  /** Milliseconds until the others know that their updates were applied. */
  const others = async (rounds: number): Promise<number[]> => {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const begun = performance.now();
      const from = Date.now();
      const outcomes = await Promise.all([
        other.run('updateProfile', { firstName: unique('o') }),
        root.run('updateUser', { id: somebody, firstName: unique('s') }),
      ]);
      times.push(performance.now() - begun);
      waits.push({ from, to: Date.now() });
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'APPLIED' });
    }
    return times;
  };
  const usual = median(await others(5));
  const dead = await deadLetters(root);

  const begun = Date.now();
  const flood = Array.from({ length: requests }, () => Array.from({ length: aliases }, () => randomUUID()));
  const sent = flood.map(async (ids) => {
    const fields = ids.map(
      (id, n) => `a${n}: updateProfile(input: { firstName: "${id.slice(0, 8)}" }, commandId: "${id}") { commandId }`,
    );
    return flooder.ask(`mutation { ${fields.join(' ')} }`);
  });
  const during = median(await others(5));
  const answers = await Promise.all(sent);
  // As clocks count them: the flood may begin at the end of one part of a minute.
  const parts = Math.floor(Date.now() / 10_000) - Math.floor(begun / 10_000) + 1;
  const kinds = new Set(answers.flatMap(({ errors }) => (errors ?? []).map(({ errorType }) => errorType)));
  expect([...kinds]).toContain('TOO_MANY_COMMANDS');
  expect(['ResolverExecutionLimitReached', 'TOO_MANY_COMMANDS']).toEqual(expect.arrayContaining([...kinds]));

  // What was queued, in whatever two minutes it was counted, has an outcome; what was refused has none and is nowhere.
  const applied = async (): Promise<{ commandId: string; timestamp: string }[]> => {
    const found: { commandId: string; timestamp: string }[] = [];
    let nextToken: string | null = null;
    do {
      const { events }: Record<string, any> = await root.get(
        'query($id: ID!, $n: String) { events(aggregate: USER, aggregateId: $id, limit: 100, nextToken: $n) { items { commandId timestamp } nextToken } }',
        { id: flooder.sub.slice('auth0|'.length), n: nextToken },
      );
      found.push(...events.items);
      ({ nextToken } = events);
    } while (nextToken !== null);
    return found;
  };
  // A request goes on to its first refusal.
  const queued = flood.flatMap((ids, n) => {
    const refused = (answers[n]!.errors ?? []).map(({ path }) => Number(String(path?.[0]).slice(1)));
    return ids.slice(0, Math.min(ids.length, ...refused));
  });
  const decided = async (ids: string[]) => {
    let count = 0;
    for (const chunk of chunksOf(ids, 90)) {
      const fields = chunk.map((id, n) => `c${n}: command(commandId: "${id}") { status }`);
      count += Object.values(await flooder.get(`{ ${fields.join(' ')} }`)).filter((outcome) => outcome !== null).length;
    }
    return count;
  };
  await eventually('every command that was queued is decided', async () => (await decided(queued)) === queued.length);
  const events = await applied();
  expect(queued.length).toBeGreaterThan(0);
  expect(queued.length).toBeLessThanOrEqual(Math.min(parts * commandsInTenSeconds, 2 * commandsAMinute));
  expect(events.length).toBeLessThanOrEqual(1 + queued.length);
  expect(await deadLetters(root)).toBe(dead);
  // What was decided of the flood while somebody else waited for one update.
  const before = waits.map(({ from, to }) => {
    const within = ({ timestamp }: { timestamp: string }) =>
      Date.parse(timestamp) >= from && Date.parse(timestamp) <= to;
    return events.filter(within).length;
  });
  expect(Math.max(...before)).toBeLessThanOrEqual(parts * commandsInTenSeconds);
  console.log(
    `A flood of ${requests * aliases} updates: ${queued.length} queued and decided, ${requests * aliases - queued.length} refused; at most ${Math.max(...before)} of them decided while one of another's waited; others' updates took ${Math.round(during)} ms, usually ${Math.round(usual)} ms: ${(during / usual).toFixed(1)} times`,
  );
});

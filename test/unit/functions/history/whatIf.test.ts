import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregates, operations } from '../../../../domain/operations.ts';
import {
  beginnings,
  live,
  pastSystem,
  type PastSystem,
  type Step,
  step,
  uuid,
  type Wish,
  wishOf,
} from '../../../support/models/pastSystem.ts';

const start = Date.UTC(2026, 2, 31, 23, 59, 59, 990);
const iso = (moment: number) => new Date(moment).toISOString();
const person = { firstName: 'Ann', lastName: 'Lee', birthDate: '1990-01-01', roleId: uuid(1), groupId: uuid(5) };
type Row = Record<string, any>;

const ask = (system: PastSystem, input: Row) =>
  system.ask('whatIf', { input: { at: iso(system.now()), ...input }, actor: 'admin:a' });
const refusal = (system: PastSystem, input: Row) =>
  system.refusal('whatIf', { input: { at: iso(system.now()), ...input }, actor: 'admin:a' });
const commandOf = ({ operation, input, commandId }: Wish) => ({ operation, input, commandId });

const stateNow = async (system: PastSystem): Promise<Map<string, unknown>> => {
  const rows = await Promise.all(
    system.streams().map(async ([aggregate, id]) => {
      const row = await system.ask<Row | null>(`${aggregate}At`, { id, timestamp: iso(system.now()) });
      return Object.keys(aggregates[aggregate].columns).map(
        (attribute) => [`${aggregate.toUpperCase()} ${id} ${attribute}`, row?.[attribute] ?? null] as const,
      );
    }),
  );
  return new Map(rows.flat());
};

const differing = (before: Map<string, unknown>, after: Map<string, unknown>) =>
  [...after]
    .map(([key, value]) => [key, before.get(key) ?? null, value])
    .filter(([, one, other]) => JSON.stringify(one) !== JSON.stringify(other))
    .map((each) => JSON.stringify(each))
    .sort();

/** The same life twice. */
const twins = async (steps: Step[]) => {
  const [one, other] = [pastSystem(start), pastSystem(start)];
  await live(one, steps);
  await live(other, steps);
  return [one, other] as const;
};

describe('what would be', () => {
  it('is what comes of doing it on a twin: every outcome, every difference, and nothing is stored', async () => {
    const seen: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 15, size: 'max' }),
        fc.array(step, { minLength: 1, maxLength: 8 }),
        async (steps, wishes) => {
          const [system, twin] = await twins(steps);
          for (const each of [system, twin]) each.pass(100);
          const before = await stateNow(system);
          const stored = JSON.stringify(system.eventStore.items);
          const said: Wish[] = [];
          for (const each of wishes) said.push(await wishOf(system, each));
          const { outcomes, changes } = await ask(system, { commands: said.map(commandOf) });
          const real = [];
          // What is said of an address that a token would prove is for the form to check; a repeat is no new command.
          for (const wish of said) real.push(await twin.run({ ...wish, commandId: undefined, ...made(wish) }));
          const plain = (list: Row[]) =>
            list.map(({ operation, status, version, code, aggregateId, message }) => ({
              operation,
              status,
              version,
              code,
              aggregateId,
              message,
            }));
          expect(plain(outcomes)).toEqual(plain(real));
          for (const { status, code } of real) seen[code ?? status] = (seen[code ?? status] ?? 0) + 1;
          const found = changes.map((change: Row) =>
            JSON.stringify([
              `${change['aggregate']} ${change['aggregateId']} ${change['attribute']}`,
              change['before'],
              change['after'],
            ]),
          );
          expect(found.sort()).toEqual(differing(before, await stateNow(twin)));
          expect(JSON.stringify(system.eventStore.items)).toBe(stored);
        },
      ),
      { numRuns: 40 },
    );
    for (const what of ['APPLIED', 'INVALID', 'NOT_FOUND', 'IN_USE'])
      expect(seen[what] ?? 0, `${what} of ${JSON.stringify(seen)}`).toBeGreaterThan(0);
  });

  it('from a moment of the past is what would have come of doing it then, before what happened later', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 12, size: 'max' }),
        fc.array(step, { minLength: 1, maxLength: 5 }),
        async (steps, wishes) => {
          const [system, twin] = await twins(steps);
          const said: Wish[] = [];
          for (const each of wishes) {
            const wish = await wishOf(system, each);
            if (wish.operation !== 'correctEvent') said.push(wish);
          }
          const at = system.now();
          for (const wish of said) await twin.run({ ...wish, commandId: undefined, ...made(wish) });
          // What happens later has to do with nothing of it.
          const later: Wish = {
            operation: 'createUser',
            input: { id: 'later', ...person, roleId: uuid(90), email: 'later@example.com' },
          };
          for (const each of [system, twin]) {
            each.pass(1000);
            await each.run({
              operation: 'createRole',
              input: { name: 'later', description: 'd', authorizationIds: [] },
              commandId: uuid(90),
            });
            await each.run({ ...later, input: { ...later.input, groupId: uuid(91) } });
          }
          const before = await stateNow(system);
          const { changes } = await ask(system, { at: iso(at), commands: said.map(commandOf) });
          const found = changes.map((change: Row) =>
            JSON.stringify([
              `${change['aggregate']} ${change['aggregateId']} ${change['attribute']}`,
              change['before'],
              change['after'],
            ]),
          );
          expect(found.sort()).toEqual(differing(before, await stateNow(twin)));
        },
      ),
      { numRuns: 40 },
    );
  });

  const system = async (...wishes: Wish[]) => {
    const past = pastSystem(start);
    for (const wish of beginnings) await past.run(wish);
    past.pass(10);
    await past.run({ operation: 'createUser', input: { id: 'ann', ...person, email: 'ann@example.com' } });
    for (const wish of wishes) {
      past.pass(10);
      expect(await past.run(wish)).toMatchObject({ status: 'APPLIED' });
    }
    past.pass(1000);
    return past;
  };
  const update = (input: Row): Wish => ({ operation: 'updateUser', input: { id: 'ann', ...input } });
  const created = start + 10;
  const plain = ({ outcomes, changes }: { outcomes: Row[]; changes: Row[] }) => ({
    outcomes: outcomes.map(({ status, code, version }) => code ?? `${status} ${version}`),
    changes: changes.map(({ aggregateId, attribute, before, after }) => [aggregateId, attribute, before, after]),
  });

  it('without an event is what a cancellation would make of it, and leaves free what it took', async () => {
    const past = await system(update({ firstName: 'Bo', email: 'bo@example.com' }));
    const without = [{ aggregate: 'USER', aggregateId: 'ann', version: 2 }];
    const bo = { operation: 'createUser', input: { id: 'bo', ...person, email: 'bo@example.com' } };
    expect(plain(await ask(past, { without }))).toEqual({
      outcomes: [],
      changes: [
        ['ann', 'firstName', 'Bo', 'Ann'],
        ['ann', 'email', 'bo@example.com', 'ann@example.com'],
      ],
    });
    expect(plain(await ask(past, { without, commands: [bo] })).outcomes).toEqual(['APPLIED 1']);
    expect(plain(await ask(past, { commands: [bo] })).outcomes).toEqual(['EMAIL_TAKEN']);
  });

  it('of one correction is its dry run', async () => {
    const past = await system(update({ firstName: 'Bo' }));
    const correction = {
      aggregate: 'USER',
      aggregateId: 'ann',
      kind: 'CANCEL',
      version: 2,
      payload: null,
      expectedVersion: null,
    };
    expect(plain(await ask(past, { corrections: [correction] }))).toEqual({
      outcomes: ['APPLIED 3'],
      changes: [['ann', 'firstName', 'Bo', 'Ann']],
    });
    const { outcomes, changes } = await ask(past, { corrections: [{ ...correction, version: 1 }] });
    expect(outcomes).toMatchObject([{ code: 'INVALID', message: expect.stringContaining('version 2, UserUpdated') }]);
    expect(changes).toEqual([]);
  });

  it('knows by the past who held a value, what was there, and what was in use', async () => {
    const bo = { operation: 'createUser', input: { id: 'bo', ...person, email: 'ann@example.com' } };
    const past = await system(update({ email: 'new@example.com' }));
    expect(plain(await ask(past, { commands: [bo] })).outcomes).toEqual(['APPLIED 1']);
    expect(plain(await ask(past, { at: iso(created), commands: [bo] })).outcomes).toEqual(['EMAIL_TAKEN']);
    const gone = await system(
      { operation: 'deleteUser', input: { id: 'ann' } },
      { operation: 'deleteGroup', input: { id: uuid(5) } },
    );
    const group = { operation: 'deleteGroup', input: { id: uuid(5) } };
    expect(plain(await ask(gone, { commands: [bo] })).outcomes).toEqual(['GROUP_NOT_FOUND']);
    expect(plain(await ask(gone, { at: iso(created), commands: [group] })).outcomes).toEqual(['IN_USE']);
    expect(plain(await ask(gone, { at: iso(created - 1), commands: [group] })).outcomes).toEqual(['INVALID']);
  });

  it('puts a command before what happened later, and tells where that could then not have been', async () => {
    const past = await system(update({ firstName: 'Bo' }), update({ lastName: 'Ray' }));
    const at = iso(created + 1);
    expect(plain(await ask(past, { at, commands: [update({ firstName: 'Early', lastName: 'Early' })] }))).toEqual({
      outcomes: ['APPLIED 2'],
      changes: [],
    });
    expect(
      plain(
        await ask(past, {
          at,
          commands: [update({ email: 'e@example.com' }), update({ birthDate: '2000-01-01', expectedVersion: 2 })],
        }),
      ),
    ).toEqual({
      outcomes: ['APPLIED 2', 'APPLIED 3'],
      changes: [
        ['ann', 'birthDate', '1990-01-01', '2000-01-01'],
        ['ann', 'email', 'ann@example.com', 'e@example.com'],
      ],
    });
    const { outcomes } = await ask(past, { at, commands: [{ operation: 'deleteUser', input: { id: 'ann' } }] });
    expect(outcomes).toMatchObject([
      { code: 'INVALID', message: expect.stringContaining('version 2, UserUpdated, could then not have happened') },
    ]);
  });

  it('lets later commands name what earlier ones make', async () => {
    const past = await system();
    const commands = [
      { operation: 'createRole', input: { name: 'new', description: 'd', authorizationIds: [] }, commandId: uuid(77) },
      update({ roleId: uuid(77) }),
    ];
    expect(plain(await ask(past, { commands })).outcomes).toEqual(['APPLIED 1', 'APPLIED 2']);
  });

  it('shows nothing of who was erased', async () => {
    const past = await system(update({ firstName: 'Bo' }));
    expect(
      plain(
        await ask(past, { commands: [{ operation: 'eraseUser', input: { id: 'ann' } }, update({ firstName: 'Cy' })] }),
      ).outcomes,
    ).toEqual(['APPLIED 3', 'ERASED']);
    await past.run({ operation: 'eraseUser', input: { id: 'ann' } });
    past.pass(1);
    expect(
      await ask(past, { corrections: [{ aggregate: 'USER', aggregateId: 'ann', kind: 'CANCEL', version: 1 }] }),
    ).toMatchObject({
      outcomes: [{ code: 'ERASED' }],
      changes: [],
    });
    expect(await refusal(past, { without: [{ aggregate: 'USER', aggregateId: 'ann', version: 1 }] })).toMatchObject({
      invalid: { field: 'without[0].version' },
    });
  });

  it('is refused with the place and the rule where it cannot be read', async () => {
    const past = await system(update({ firstName: 'Bo' }));
    const ann = { aggregate: 'USER', aggregateId: 'ann' };
    for (const [input, field, rule] of [
      [{ without: [{ ...ann, version: 9 }] }, 'without[0].version', 'there is no version 9 of user ann'],
      [
        { without: [{ ...ann, version: 1 }] },
        'without[0].version',
        'version 2, UserUpdated, could then not have happened: it updates what is absent',
      ],
      [
        { commands: [{ operation: 'explode', input: {} }] },
        'commands[0].operation',
        expect.stringContaining('name of an operation'),
      ],
      [{ commands: [{ operation: 'updateUser', input: [] }] }, 'commands[0].input', 'must be a JSON object'],
      [{ commands: [{ operation: 'updateUser', input: {} }] }, 'commands[0].input.id', 'is required'],
      [{ commands: Array.from({ length: 101 }, () => update({})) }, 'commands', 'must be 100 at the most'],
      [{ at: 'yesterday' }, 'at', expect.stringContaining('must be a date and time')],
    ] as const)
      expect(await refusal(past, input)).toEqual({ invalid: { field, rule } });
  });

  it('refuses a moment since which too much has changed', async () => {
    const past = await system();
    const [event] = past.eventStore.items.filter(({ type }) => type === 'UserCreated');
    for (let n = 0; n < 1_001; n += 1)
      past.eventStore.items.push({ ...event, streamId: `user#n${n}`, aggregateId: `n${n}`, timestamp: created + 5 });
    expect(
      await refusal(past, { at: iso(created), commands: [{ operation: 'deleteGroup', input: { id: uuid(6) } }] }),
    ).toEqual({
      invalid: { field: 'at', rule: expect.stringContaining('no more than 1000 of USER') },
    });
  });
});

/** Of an operation that makes its id, the id that was chosen. */
const made = ({ operation, commandId }: Wish) => (operations[operation]!.idFrom === 'command' ? { commandId } : {});

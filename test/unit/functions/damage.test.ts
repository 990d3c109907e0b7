import { marshall, NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { fold } from '../../../domain/kernel/stream/fold.ts';
import { longestShownId } from '../../../domain/kernel/values/showable.ts';
import { entriesOf } from '../../../domain/kernel/view/directory.ts';
import { rowOf, type ViewRow } from '../../../domain/kernel/view/view.ts';
import { aggregateNames, aggregates, queuePairs } from '../../../domain/operations.ts';
import { bodyOfEvent } from '../../../functions/messages.ts';
import { forwardBatch } from '../../../functions/mediator/forward.ts';
import { memoryClaims } from '../../../functions/ports/claims/memory.ts';
import type { memoryDirectory } from '../../../functions/ports/directory/memory.ts';
import type { MemoryEventStore } from '../../../functions/ports/eventStore/memory.ts';
import { messageOf } from '../../../functions/ports/eventStore/item.ts';
import type { MemoryOutcomes } from '../../../functions/ports/outcomes/memory.ts';
import { memoryRows } from '../../../functions/ports/rows/memory.ts';
import { replay } from '../../../functions/rebuild/chunk.ts';
import { itemIn } from '../../../functions/runtime/clients/numbers.ts';
import { groupBy } from '../../../functions/runtime/concurrency.ts';
import { Hopeless } from '../../../functions/runtime/failure.ts';
import { memoryQueues } from '../../../functions/ports/queues/memory.ts';
import {
  command,
  type CommandMessage,
  createAuthorization,
  createGroup,
  createRole,
  createUser,
  deleteUser,
  updateUser,
} from '../../support/clients/commands.ts';
import { memoryBackend, streamRecord, writePath, type WritePath } from '../../support/models/writePath.ts';

/**
 * Each attribute of each stored shape is damaged in turn, to whatever a table can hold: it holds up nobody else, what
 * can be mended is, and what cannot be is named once and given up.
 */
type Item = Record<string, unknown>;

const few: unknown[] = [undefined, null, '', 'x'.repeat(3000), 0, NumberValue.from('1e100'), {}, [null]];
const more: unknown[] = [
  ...['x', '2026-13-45', -1, 0.5, 2 ** 53, true, { version: 1, at: 'x' }, { version: 'x', at: '2026-01-01' }],
  ...[[], ['a'], ['x'.repeat(3000)], new Set(['a']), new Uint8Array([1])],
];
const values = process.env['SOAK'] ? [...few, ...more] : few;

interface Damage {
  id: string;
  attribute: string;
  value: unknown;
}

/** Who is damaged, and how: one for each attribute and value. */
const damagesOf = (attributes: string[]): Damage[] =>
  attributes
    .flatMap((attribute) => values.map((value) => ({ attribute, value })))
    .map((damage, n) => ({ ...damage, id: `victim-${n}` }));

const damaged = (item: Item, { attribute, value }: Damage): Item => {
  const { [attribute]: _before, ...rest } = item;
  return value === undefined ? rest : { ...rest, [attribute]: value };
};

const inWords = ({ attribute, value }: Damage): string =>
  `${attribute}: ${value instanceof NumberValue ? 'a huge number' : (JSON.stringify(value)?.slice(0, 30) ?? 'missing')}`;

let path: WritePath;
let store: MemoryEventStore;
let role: CommandMessage;
let group: CommandMessage;
let authorization: CommandMessage;

beforeEach(async () => {
  path = writePath(memoryBackend());
  store = path.backend.eventStore as MemoryEventStore;
  [group, authorization] = [createGroup('group'), createAuthorization('authorization')];
  role = createRole('role', [authorization.aggregateId]);
  await path.settle(group, authorization);
  await path.settle(role);
  await path.settle(person('bo'));
});

const person = (id: string) => createUser(id, `${id}@example.com`, role.aggregateId, group.aggregateId);

const whole = async (aggregate: AggregateName, id: string): Promise<ViewRow | undefined> =>
  rowOf(aggregate, id, fold(await store.load(aggregate, id)));

/** Whose row is what the stream says. */
const wrong = async (aggregate: AggregateName, damages: Damage[]): Promise<string[]> => {
  const found: string[] = [];
  for (const damage of damages) {
    const row = await path.row(aggregate, damage.id);
    try {
      expect(row).toEqual(await whole(aggregate, damage.id));
    } catch {
      found.push(inWords(damage));
    }
  }
  return found;
};

/** All of it in one batch of each function: who is beside a damaged one must not notice. */
const together = async (...messages: CommandMessage[]): Promise<Error[]> => {
  const failures = [await path.command(...messages), await path.mediate()];
  return [...failures, await path.execute(...path.takeMessages())].flatMap((each) => [...each.values()]);
};

const columnsOf = (aggregate: AggregateName): string[] => [
  ...new Set([
    ...Object.keys(aggregates[aggregate].columns),
    ...Object.keys(aggregates[aggregate].columns).flatMap((name) => [`${name}Key`, `${name}Since`]),
    ...['version', 'createdAt', 'updatedAt', 'deletedAt', 'expiresAt', 'strange'],
  ]),
];

/**
 * What looks like a row of some other stream, nobody can tell but a recovery: a version ahead, another text, id or flag,
 * nothing where there may be nothing.
 */
const looksSound = (aggregate: AggregateName, { attribute, value }: Damage): boolean => {
  if (attribute === 'version') return Number.isSafeInteger(value) && Number(value) > 1;
  const { kind, nullable } = aggregates[aggregate].columns[attribute.replace(/Since$/, '')] ?? {};
  if (value === undefined) return nullable === true;
  if (attribute.endsWith('Since')) return false;
  if (kind === 'reference') return typeof value === 'string' && value !== '' && value.length <= longestShownId;
  return (kind === 'text' && typeof value === 'string') || (kind === 'flag' && typeof value === 'boolean');
};

describe('a damaged row', () => {
  /** Puts rows as nothing of this system writes them. */
  const damageRows = async (aggregate: AggregateName, damages: Damage[]) => {
    for (const damage of damages) {
      const key = { aggregate, id: damage.id };
      const row = (await path.row(aggregate, damage.id))!;
      const result = await path.backend.views.put(key, damaged({ ...row }, damage) as unknown as ViewRow, row);
      expect(result.kind).toBe('written');
    }
  };

  it.each<[string, (id: string) => CommandMessage]>([
    ['is updated', (id) => updateUser(id, { firstName: 'Augusta' })],
    ['is suspended', (id) => command('suspendUser', id, { reason: 'why' })],
    ['is deleted', (id) => deleteUser(id)],
  ])('of a user is made anew when the user %s', async (_, next) => {
    const damages = damagesOf(columnsOf('user')).filter((damage) => !looksSound('user', damage));
    await path.settle(...damages.map(({ id }) => person(id)));
    await damageRows('user', damages);
    expect(await together(...damages.map(({ id }) => next(id)), updateUser('bo', { firstName: 'Robert' }))).toEqual([]);
    expect(await wrong('user', damages)).toEqual([]);
    expect(await path.row('user', 'bo')).toMatchObject({ firstName: 'Robert', version: 2 });
  });

  it('of a tombstone is made anew with the next life', async () => {
    const damages = damagesOf(['version', 'deletedAt', 'expiresAt', 'strange', 'firstName', 'roleId']).filter(
      (damage) => !looksSound('user', damage),
    );
    await path.settle(...damages.map(({ id }) => person(id)));
    await path.settle(...damages.map(({ id }) => deleteUser(id)));
    await damageRows('user', damages);
    const restored = damages.map(({ id }) => command('restoreUser', id, {}));
    expect(await together(...restored, updateUser('bo', { firstName: 'Robert' }))).toEqual([]);
    expect(await wrong('user', damages)).toEqual([]);
  });

  it.each(aggregateNames.filter((name) => name !== 'user'))('of one %s is made anew', async (aggregate) => {
    const damages = damagesOf(columnsOf(aggregate)).filter((damage) => !looksSound(aggregate, damage));
    const made = damages.map(({ id }) => ({
      role: createRole(id, [authorization.aggregateId]),
      group: createGroup(id),
      authorization: createAuthorization(id),
      user: person(id),
    }));
    await path.settle(...made.map((each) => each[aggregate]));
    const own = damages.map((damage, n) => ({ ...damage, id: made[n]![aggregate].aggregateId }));
    await damageRows(aggregate, own);
    const capital = aggregates[aggregate].typeName;
    const next = own.flatMap(({ id }) => [
      command(`update${capital}`, id, { description: 'new' }),
      ...(aggregate === 'role' ? [command('updateRole', id, { authorizationIds: [] })] : []),
    ]);
    expect(await together(...next, updateUser('bo', { firstName: 'Robert' }))).toEqual([]);
    expect(await wrong(aggregate, own)).toEqual([]);
  });

  it('of a stream that cannot be read either is left as it is, and holds nothing up', async () => {
    const damages = damagesOf(columnsOf('user')).filter(({ attribute }) => attribute !== 'version');
    await path.settle(...damages.map(({ id }) => person(id)));
    await path.command(...damages.map(({ id }) => updateUser(id, { firstName: 'Augusta' })));
    await path.mediate();
    await damageRows('user', damages);
    for (const item of store.items)
      if (item['version'] === 1 && String(item['streamId']).startsWith('user#victim')) item['type'] = 'PlanetFound';
    const failures = await path.execute(...path.takeMessages());
    for (const error of failures.values()) expect(error).toBeInstanceOf(Hopeless);
    // What looks deleted is not updated without its stream.
    const deleted = damages.filter(({ attribute, value }) => attribute === 'deletedAt' && value !== undefined);
    expect(failures.size).toBe(deleted.length);
  });

  it('that others refer to holds nobody up', async () => {
    for (const damage of damagesOf(columnsOf('role'))) {
      await damageRows('role', [{ ...damage, id: role.aggregateId }]);
      expect(await together(updateUser('bo', { firstName: inWords(damage).slice(0, 50) }))).toEqual([]);
    }
  });

  it('is rebuilt by a recovery, whatever it is, and so are those of its chunk', async () => {
    const damages = damagesOf(columnsOf('user'));
    await path.settle(...damages.map(({ id }) => person(id)));
    const rows = memoryRows();
    for (const damage of damages)
      rows.table.set(`user#${damage.id}`, damaged({ ...(await whole('user', damage.id)) }, damage));
    const streams = [...damages.map(({ id }) => id), 'bo'].map((aggregateId) => ({
      aggregate: 'user' as const,
      aggregateId,
    }));
    const ports = { ...path.backend, rows, claims: memoryClaims(store), now: Date.now };
    const { result } = await replay(
      { kind: 'replay', recoveryId: 'r', chunkId: 'c', streams, claims: true },
      false,
      ports,
    );
    expect(result).toMatchObject({ rebuilt: streams.length, failed: 0 });
    for (const { aggregateId } of streams)
      expect(rows.table.get(`user#${aggregateId}`)).toEqual(await whole('user', aggregateId));
  });
});

describe('a damaged entry of a list', () => {
  it('is put right when its row moves', async () => {
    const directory = path.backend.directory as ReturnType<typeof memoryDirectory>;
    const [sample] = directory.entries().filter(({ rowKey }) => rowKey === 'user#bo');
    const damages = damagesOf(Object.keys(sample!).filter((name) => !['rowKey', 'entry'].includes(name)));
    await path.settle(...damages.map(({ id }) => person(id)));
    const listed = () => groupBy(directory.entries(), ({ rowKey }) => rowKey);
    const before = listed();
    for (const damage of damages)
      await directory.settle(
        `user#${damage.id}`,
        before.get(`user#${damage.id}`)!.map((entry) => damaged(entry, damage) as typeof entry),
      );
    const next = damages.map(({ id }) => updateUser(id, { firstName: 'Augusta' }));
    expect(await together(...next, updateUser('bo', { firstName: 'Robert' }))).toEqual([]);
    const after = listed();
    for (const damage of damages) {
      const right = entriesOf(aggregates.user, await whole('user', damage.id)).map((entry) => entry.entry);
      expect(
        after
          .get(`user#${damage.id}`)!
          .map((entry) => [entry.entry, entry['firstName']])
          .sort(),
        inWords(damage),
      ).toEqual(right.map((entry) => [entry, 'Augusta']).sort());
    }
  });
});

describe('a damaged event', () => {
  const attributes = async () => {
    const [item] = store.items.filter(({ streamId }) => streamId === 'user#bo');
    return [...Object.keys(item!), 'effectiveAt', 'erased', 'sealedAt', 'strange'];
  };
  const damageEvents = async (version: number) => {
    const damages = damagesOf(await attributes());
    await path.settle(...damages.map(({ id }) => person(id)));
    await path.settle(...damages.map(({ id }) => updateUser(id, { firstName: 'Augusta' })));
    for (const damage of damages) {
      const at = store.items.findIndex(
        (item) => item['streamId'] === `user#${damage.id}` && item['version'] === version,
      );
      store.items[at] = damaged(store.items[at]!, damage);
    }
    return damages;
  };

  it.each([1, 2])('at version %i fails the commands of its stream alone, for good', async (version) => {
    const damages = await damageEvents(version);
    const failures = await path.command(
      ...damages.map(({ id }) => updateUser(id, { lastName: 'King' })),
      updateUser('bo', { firstName: 'Robert' }),
    );
    for (const error of failures.values()) expect(error).toBeInstanceOf(Hopeless);
    expect((await store.loadLast('user', 'bo', 1))[0]).toMatchObject({ version: 2, payload: { firstName: 'Robert' } });
  });

  it.each([1, 2])(
    'at version %i is forwarded or reported, and executed or given up, beside sound ones',
    async (version) => {
      const damages = await damageEvents(version);
      await path.command(updateUser('bo', { firstName: 'Robert' }));
      const queues = memoryQueues([...queuePairs.map(({ executionQueue }) => executionQueue), 'mediatorFailureQueue']);
      const records = store.items.filter((item) =>
        damages.every(({ id }) => item['streamId'] !== `user#${id}` || item['version'] === version),
      );
      expect(
        await forwardBatch(
          records.map((item) => streamRecord(item)),
          { queues, telemetry: path.telemetry },
        ),
      ).toEqual(new Map());
      const bodies = records.map((item) => bodyOfEvent(messageOf(item)));
      // One that names another place than its own waits for it there, for as long as its queue delivers it.
      for (const error of (await path.execute(...bodies)).values())
        if (!error.message.startsWith('The event store has no version')) expect(error).toBeInstanceOf(Hopeless);
      expect(await path.row('user', 'bo')).toEqual(await whole('user', 'bo'));
    },
  );

  it('costs its own stream a recovery alone', async () => {
    const damages = await damageEvents(1);
    const rows = memoryRows();
    const streams = [...damages.map(({ id }) => id), 'bo'].map((aggregateId) => ({
      aggregate: 'user' as const,
      aggregateId,
    }));
    const ports = { ...path.backend, rows, claims: memoryClaims(store), now: Date.now };
    const { result, failed } = await replay(
      { kind: 'replay', recoveryId: 'r', chunkId: 'c', streams, claims: true },
      false,
      ports,
    );
    expect(result.rebuilt + result.failed).toBe(streams.length);
    expect(failed.map(({ aggregateId }) => aggregateId)).not.toContain('bo');
    expect(rows.table.get('user#bo')).toEqual(await whole('user', 'bo'));
  });
});

describe('a damaged key', () => {
  it('fails what it sealed, for good, says that nothing was erased, and costs nobody else anything', async () => {
    const damages = damagesOf(['life1', 'life0', 'life2', 'strange']).filter(
      ({ attribute, value }) => attribute !== 'life1' || value !== undefined,
    );
    await path.settle(...damages.map(({ id }) => person(id)));
    await path.command(
      ...damages.map(({ id }) => updateUser(id, { firstName: 'Augusta' })),
      updateUser('bo', { firstName: 'Robert' }),
    );
    for (const damage of damages) {
      const subject = `user#${damage.id}`;
      store.keys.table.items.set(subject, damaged(store.keys.table.items.get(subject)!, damage));
      store.keys.forget(subject);
    }
    store.keys.forget('user#bo');
    await path.mediate();
    for (const error of (await path.execute(...path.takeMessages())).values()) expect(error).toBeInstanceOf(Hopeless);
    expect(await path.row('user', 'bo')).toMatchObject({ firstName: 'Robert', version: 2 });
    for (const { id, attribute } of damages)
      expect(await path.row('user', id)).toMatchObject({ firstName: attribute === 'life1' ? 'Ada' : 'Augusta' });
    const failures = await path.command(
      ...damages.map(({ id }) => updateUser(id, { lastName: 'King' })),
      updateUser('bo', { lastName: 'King' }),
    );
    for (const error of failures.values()) expect(error).toBeInstanceOf(Error);
    expect(await store.loadLast('user', 'bo', 1)).toMatchObject([{ version: 3 }]);
  });
});

describe('a damaged outcome', () => {
  it('is given up where its command is repeated, and costs nobody else anything', async () => {
    const outcomes = path.backend.outcomes as MemoryOutcomes;
    const rejected = updateUser('nobody', { firstName: 'Augusta' });
    await path.command(rejected);
    const [sample] = [...outcomes.recorded.values()];
    const damages = damagesOf(Object.keys(sample!));
    const commands = damages.map(() => updateUser('nobody', { firstName: 'Augusta' }));
    await path.command(...commands);
    for (const [n, each] of commands.entries()) {
      const key = `${each.actor}#${each.commandId}`;
      outcomes.recorded.set(key, damaged({ ...outcomes.recorded.get(key) }, damages[n]!) as never);
    }
    const before = path.notifier.published.length;
    const failures = await path.command(...commands, rejected);
    for (const error of failures.values()) expect(error).toBeInstanceOf(Hopeless);
    expect(path.notifier.published.length - before + failures.size).toBe(commands.length + 1);
    for (const { keptUntil } of (await outcomes.about('user', 'nobody', 1_000)).map(({ expiresAt }) => ({
      keptUntil: new Date(expiresAt * 1000),
    })))
      expect(keptUntil.getTime()).not.toBeNaN();
  });
});

it('a number that this language does not have stays what it is, and hides nothing beside it', () => {
  for (const text of ['1e100', '9007199254740993', '0.12345678901234567890123456789'])
    expect(marshall(itemIn({ a: { N: text }, b: { N: '1700000000000' }, c: { N: '-0.5' } }))).toEqual({
      a: { N: text },
      b: { N: '1700000000000' },
      c: { N: '-0.5' },
    });
});

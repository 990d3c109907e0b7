import { describe, expect, it } from 'vitest';
import { fold } from '../../../../domain/kernel/stream/fold.ts';
import { UnreadableEvent } from '../../../../functions/ports/eventStore/item.ts';
import type { memoryEventStore } from '../../../../functions/ports/eventStore/memory.ts';
import { eventsOf, readableEventsOf } from '../../../../functions/ports/eventStore/sealing.ts';
import { newKey, open, seal } from '../../../../functions/ports/keys/cipher.ts';
import { memoryKeys, memoryKeyTable } from '../../../../functions/ports/keys/memory.ts';
import { command, correctEvent, deleteUser, signUp, updateUser } from '../../../support/clients/commands.ts';
import { memoryBackend, whatIs, whatShouldBe, writePath } from '../../../support/models/writePath.ts';

const said = /Ada|Lovelace|1990-12-10|example\.com|Augusta|Byron/;

/** Somebody with a history, and somebody else. */
const setUp = async () => {
  const path = writePath(memoryBackend());
  const store = path.backend.eventStore as ReturnType<typeof memoryEventStore>;
  await path.settle(signUp('ada', 'ada@example.com'), signUp('bo', 'bo@example.com'));
  await path.settle(updateUser('ada', { firstName: 'Augusta' }), updateUser('bo', { firstName: 'Augusta' }));
  const payload = { firstName: 'Byron', lastName: 'Byron', birthDate: '1990-12-10', email: 'byron@example.com' };
  await path.settle(command('suspendUser', 'bo', { reason: 'Augusta said so' }));
  await path.settle(correctEvent({ aggregate: 'user', aggregateId: 'ada' }, 1, payload));
  const at = (id: string, version: number) =>
    store.items.find((item) => item['streamId'] === `user#${id}` && item['version'] === version)!;
  return { path, store, at, erase: () => path.settle(command('eraseUser', 'ada', {})) };
};

describe('what is stored', () => {
  it('says nothing of a person, of a correction neither, and the same comes out of it', async () => {
    const { path, store } = await setUp();
    expect(JSON.stringify([store.items, [...store.claims], [...store.keys.table.items]])).not.toMatch(said);
    expect(JSON.stringify(await path.events())).toMatch(said);
  });

  it.each([
    ['another version', 'ada', 2],
    ['another stream', 'bo', 1],
  ])('does not open in the place of %s', async (_, id, version) => {
    const { store, at } = await setUp();
    const moved = { ...at(id, version), sealed: at('ada', 1)['sealed'], life: at('ada', 1)['life'] };
    // Not even with the key that it was sealed with.
    const adas = (await store.keys.of(['user#ada'])).get('user#ada')!;
    const keys = { ...store.keys, of: async (subjects: string[]) => new Map(subjects.map((each) => [each, adas])) };
    expect(await eventsOf([moved], keys)).toEqual([expect.any(UnreadableEvent)]);
    expect(await eventsOf([at('ada', 1)], keys)).not.toEqual([expect.any(UnreadableEvent)]);
  });
});

describe('after an erasure', () => {
  it('keys are gone, claims are free, and the stream folds to erased', async () => {
    const { path, store, erase } = await setUp();
    await erase();
    expect([...store.keys.table.items.keys()]).not.toContain('user#ada');
    expect(JSON.stringify(await path.backend.rows('user'))).not.toMatch(/ada@|Lovelace.*ada/);
    expect(await whatIs(path)).toEqual(await whatShouldBe(path));
    const events = await store.load('user', 'ada');
    expect(events.map(({ erased, payload }) => ({ erased, payload }))).toEqual(
      events.map(() => ({ erased: true, payload: {} })),
    );
    expect(fold(events)).toMatchObject({ status: 'erased', version: 4 });
    expect(
      fold((await readableEventsOf(structuredClone(store.items.slice(0, 1)), store.keys)).slice(0, 1)),
    ).toMatchObject({ status: 'erased' });
  });

  it('neither a key in memory nor one from a backup brings a value back', async () => {
    const { path, store, at, erase } = await setUp();
    const old = structuredClone([at('ada', 1), at('ada', 2)]);
    const backup = new Map(store.keys.table.items);
    await erase();
    store.keys.table.items.set('user#ada', backup.get('user#ada')!);
    store.keys.forget('user#ada');
    expect(JSON.stringify(await store.load('user', 'ada'))).not.toMatch(said);
    // Messages that come late open, and still show nothing.
    await path.execute(...old.map((event) => ({ kind: 'event', event })).reverse());
    expect((await path.row('user', 'ada'))!).toMatchObject({ version: 4, deletedAt: expect.any(String) });
  });

  it('a new life has keys of its own, and what was said before stays erased', async () => {
    const { path, store, erase } = await setUp();
    await erase();
    await path.settle(signUp('ada', 'ada@example.com', { sentAt: new Date(Date.now() + 1000).toISOString() }));
    const events = await store.load('user', 'ada');
    expect(events.map(({ erased = false }) => erased)).toEqual([true, true, true, true, false]);
    expect(fold(events)).toMatchObject({ status: 'live', attributes: { email: 'ada@example.com' } });
    await path.settle(deleteUser('ada'));
    await path.settle(command('eraseUser', 'ada', {}));
    expect(fold(await store.load('user', 'ada'))).toMatchObject({ status: 'erased', version: 7 });
  });

  it('is refused while something stands in clear', async () => {
    const { path, store, at } = await setUp();
    const index = store.items.indexOf(at('ada', 2));
    const [event] = await readableEventsOf([structuredClone(at('ada', 2))], store.keys);
    const { life: _life, sealed: _sealed, ...item } = store.items[index]!;
    store.items[index] = { ...item, payload: event!.payload };
    const erasure = command('eraseUser', 'ada', {});
    await path.command(erasure);
    expect(path.outcomesOf(erasure)).toMatchObject([{ code: 'INVALID', message: expect.stringContaining('sealed') }]);
    expect([...store.keys.table.items.keys()]).toContain('user#ada');
  });
});

it('a sealed value opens in its place alone, and with its own key', () => {
  const key = newKey();
  const sealed = seal(key, 'Ada', 'user#ada 1 1');
  expect(open(key, sealed, 'user#ada 1 1').toString()).toBe('Ada');
  expect(() => open(key, sealed, 'user#ada 2 1')).toThrow('does not open');
  expect(() => open(newKey(), sealed, 'user#ada 1 1')).toThrow('does not open');
});

it('a table of keys that is not that of the events erases nobody', async () => {
  const { store } = await setUp();
  await expect(eventsOf(structuredClone(store.items), memoryKeys(memoryKeyTable()))).rejects.toThrow(
    'not the table of these events',
  );
});

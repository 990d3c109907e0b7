import { describe, expect, it } from 'vitest';
import { answer } from '../../../../functions/history/answer.ts';
import { personalData } from '../../../../functions/history/personal.ts';
import { memoryClaimReader } from '../../../../functions/ports/claims/memory.ts';
import { memoryDirectory } from '../../../../functions/ports/directory/memory.ts';
import { memoryEventIndex } from '../../../../functions/ports/eventIndex/memory.ts';
import { memorySnapshots } from '../../../../functions/ports/snapshots/memory.ts';
import type { MemoryEventStore } from '../../../../functions/ports/eventStore/memory.ts';
import type { MemoryOutcomes } from '../../../../functions/ports/outcomes/memory.ts';
import { command, correctEvent, deleteUser, person, signUp, updateUser } from '../../../support/clients/commands.ts';
import { memoryBackend, writePath } from '../../../support/models/writePath.ts';

/** Ada signs up, and may have a history. */
const setUp = async () => {
  const backend = memoryBackend();
  const path = writePath(backend);
  const store = backend.eventStore as MemoryEventStore;
  const ports = {
    eventStore: store,
    eventIndex: memoryEventIndex(store),
    outcomes: backend.outcomes as MemoryOutcomes,
    views: backend.views,
    directory: memoryDirectory(),
    snapshots: memorySnapshots(store.keys),
    claims: memoryClaimReader(store),
    now: Date.now,
    warn: () => undefined,
  };
  const ask = async (field: string, given: Record<string, unknown>) => answer({ field, arguments: given }, ports);
  const held = async (id = 'ada') => ((await ask('personalData', { id })) as { result: any }).result;
  const own = async () => ((await ask('myData', { id: 'ada', actor: 'user:ada' })) as { result: any }).result;
  await path.settle(signUp('ada', 'Ada@example.com'), signUp('bo', 'bo@example.com'));
  return { path, store, ports, ask, held, own };
};
const commandIds = (entries: { commandId: string }[]) => new Set(entries.map(({ commandId }) => commandId));

describe('everything held of a person', () => {
  it('is the state, the whole history with what corrections say, refused commands, suspensions and claims', async () => {
    const { path, held } = await setUp();
    const byOneself = command('updateProfile', 'ada', { email: 'bo@example.com' }, { actor: 'user:ada' });
    const byAdmin = updateUser('ada', { lastName: 'King' }, { expectedVersion: 7 });
    await path.settle(command('suspendUser', 'ada', { reason: 'Spam', until: '2999-01-01T00:00:00Z' }));
    await path.settle(command('reinstateUser', 'ada', {}));
    await path.settle(
      correctEvent({ aggregate: 'user', aggregateId: 'ada' }, 2, { reason: 'Mistaken for spam', until: null }),
    );
    await path.settle(updateUser('bo', { firstName: 'Bo' }), command('updateUser', 'nobody', { firstName: 'N' }));
    await path.command(byOneself, byAdmin);

    const data = await held();
    expect(data).toMatchObject({
      id: 'ada',
      status: 'LIVE',
      state: { ...person, email: 'Ada@example.com', status: 'ACTIVE', displayName: 'Ada Lovelace', version: 4 },
      history: [
        { version: 1, type: 'UserCreated', actor: 'user:ada', operation: 'signUp', erased: false },
        { version: 2, payload: { reason: 'Spam' } },
        { version: 3, type: 'UserReinstated' },
        { version: 4, type: 'UserCorrected', payload: { version: 2, payload: { reason: 'Mistaken for spam' } } },
      ],
      suspensions: [
        { reason: 'Mistaken for spam', until: null, from: expect.any(String), endedAt: expect.any(String) },
      ],
      claims: [{ attribute: 'email', value: 'ada@example.com' }],
      leftOut: { history: 0, outcomes: false },
    });
    expect(data.history[0].payload).toMatchObject({ ...person, email: 'Ada@example.com' });
    expect(commandIds(data.outcomes)).toEqual(commandIds([byOneself, byAdmin]));
    expect(data.outcomes).toContainEqual(
      expect.objectContaining({ code: 'EMAIL_TAKEN', actor: 'user:ada', keptUntil: expect.any(String) }),
    );
    expect(JSON.stringify(data)).not.toMatch(/"Bo"|bo@/);
  });

  it('is the same for the person, who is not told which admin did what', async () => {
    const { path, held, own } = await setUp();
    await path.settle(updateUser('ada', { lastName: 'King' }));
    await path.command(updateUser('ada', { lastName: 'Queen' }, { expectedVersion: 7 }));
    expect((await held()).history[1].actor).toBe('admin:auth0|root');
    const data = await own();
    expect(data.history.map(({ actor }: { actor: string }) => actor)).toEqual(['user:ada', 'admin']);
    expect(data.outcomes).toMatchObject([{ code: 'VERSION_CONFLICT', actor: 'admin' }]);
    expect(JSON.stringify(data)).not.toContain('root');
    expect({ ...data, asOf: '', history: [], outcomes: [] }).toEqual({
      ...(await held()),
      asOf: '',
      history: [],
      outcomes: [],
    });
  });

  it('is still held of a deleted person, and nothing that was said of an erased one', async () => {
    const { path, held } = await setUp();
    await path.settle(command('suspendUser', 'ada', { reason: 'Spam', until: null }));
    await path.settle(deleteUser('ada'));
    expect(await held()).toMatchObject({ status: 'DELETED', state: null, last: person, claims: [] });
    await path.settle(command('eraseUser', 'ada', {}));
    const data = await held();
    expect(data).toMatchObject({ status: 'ERASED', state: null, suspensions: [], claims: [] });
    expect(data.last).toBeUndefined();
    expect(data.history).toHaveLength(4);
    for (const event of data.history) expect(event).toMatchObject({ erased: true, payload: {} });
    expect(JSON.stringify(data)).not.toMatch(/Ada|Lovelace|1990|Spam/);
  });

  it('of somebody who was refused, is that; of nobody, nothing', async () => {
    const { path, held } = await setUp();
    await path.command(signUp('eve', 'ada@example.com'));
    expect(await held('eve')).toMatchObject({ status: 'ABSENT', history: [], outcomes: [{ code: 'EMAIL_TAKEN' }] });
    expect(await held('nobody')).toBeNull();
  });

  it('that is too much for one answer leaves out the eldest, and says how many', async () => {
    const { path, ports } = await setUp();
    await path.settle(updateUser('ada', { firstName: 'Augusta' }));
    const [created, updated] = (await path.events()).filter(({ aggregateId }) => aggregateId === 'ada');
    const events = Array.from({ length: 20_000 }, (_, n) => ({ ...(n === 0 ? created! : updated!), version: n + 1 }));
    const data: any = await personalData('ada', undefined, {
      ...ports,
      eventStore: { load: async () => events },
    });
    expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(5_000_000);
    expect(data.history.at(-1).version).toBe(20_000);
    expect(data.history[0].version).toBe(data.leftOut.history + 1);
    expect(data.leftOut.history).toBeGreaterThan(0);
  });

  it('cannot be told where the stream is damaged', async () => {
    const { store, ask } = await setUp();
    store.items.push({ ...store.items[0]!, version: 3 });
    expect(await ask('personalData', { id: 'ada' })).toMatchObject({ damaged: expect.any(String) });
  });
});

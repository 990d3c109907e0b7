import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import type { Claim } from '../../../domain/kernel/stream/unique.ts';
import type { EventStore } from '../../../functions/ports/eventStore/port.ts';

const none = { takes: [], releases: [] };

const eventFor = (aggregateId: string, version: number, more: Partial<DomainEvent> = {}): DomainEvent => ({
  eventId: randomUUID(),
  aggregate: 'user',
  aggregateId,
  version,
  type: version === 1 ? 'UserCreated' : 'UserUpdated',
  payload: { firstName: `name ${version}`, roleId: null },
  executionQueue: 'executeCreateUserQueue',
  timestamp: 1_700_000_000_000 + version,
  ...(version > 1 && { previousTimestamp: 1_700_000_000_000 + version - 1 }),
  commandId: randomUUID(),
  operation: 'createUser',
  actor: 'admin:a',
  schemaVersion: 1,
  ...more,
});

const emailClaim = (value: string): Claim => ({ aggregate: 'user', attribute: 'email', key: `user#email#${value}` });

/**
 * What every event store must do.
 * @param open gives one; its streams need not be empty, ids are fresh in each test
 * @param lose takes an event away, as restoring the table to a moment before it does
 */
export const eventStoreSuite = <Store extends EventStore>(
  name: string,
  open: () => Store,
  lose: (store: Store, streamId: string, version: number) => Promise<void>,
): void => {
  describe(`event store ${name}`, () => {
    const fresh = () => ({ store: open(), id: randomUUID(), value: `${randomUUID()}@example.com` });

    it('gives events back as they were appended, in order of version', async () => {
      const { store, id } = fresh();
      const events = Array.from({ length: 12 }, (_, index) => eventFor(id, index + 1));
      for (const event of events) expect(await store.append(event, none)).toEqual({ kind: 'appended' });
      expect(await store.load('user', id)).toEqual(events);
      expect(await store.loadAfter('user', id, 9)).toEqual(events.slice(9));
      expect(await store.loadAfter('user', id, 2, 3)).toEqual(events.slice(2, 5));
      expect(await store.loadAfter('user', id, events.length - 1, 3)).toEqual(events.slice(-1));
      expect(await store.loadLast('user', id, 5)).toEqual(events.slice(-5));
      expect(await store.loadLast('user', id, 99)).toEqual(events);
      expect(await store.loadLast('user', randomUUID(), 5)).toEqual([]);
      expect(await store.load('user', randomUUID())).toEqual([]);
      expect(await store.load('role', id)).toEqual([]);
    });

    it('finds the version that a command left in its stream', async () => {
      const { store, id } = fresh();
      const events = [eventFor(id, 1), eventFor(id, 2)];
      for (const event of events) await store.append(event, none);
      for (const event of events) expect(await store.versionOf(event)).toBe(event.version);
      const [{ commandId, actor }] = events as [DomainEvent, DomainEvent];
      const asked = { aggregate: 'user' as const, aggregateId: id, commandId, actor };
      expect(await store.versionOf(asked)).toBe(1);
      expect(await store.versionOf({ ...asked, actor: 'admin:b' })).toBeUndefined();
      expect(await store.versionOf({ ...asked, aggregateId: randomUUID() })).toBeUndefined();
    });

    it('says that the version is taken when another command has it', async () => {
      const { store, id } = fresh();
      const first = eventFor(id, 1);
      await store.append(first, none);
      expect(await store.append(eventFor(id, 1), none)).toEqual({ kind: 'versionTaken' });
      // The same id of another actor is another command.
      expect(await store.append(eventFor(id, 1, { commandId: first.commandId, actor: 'admin:b' }), none)).toEqual({
        kind: 'versionTaken',
      });
      expect(await store.load('user', id)).toEqual([first]);
    });

    it('knows a repeat of the same command by its event, with and without claims', async () => {
      const { store, id, value } = fresh();
      const first = eventFor(id, 1);
      await store.append(first, { takes: [emailClaim(value)], releases: [] });
      const { commandId } = first;
      expect(await store.append(eventFor(id, 1, { commandId }), none)).toEqual({ kind: 'repeat', event: first });
      expect(await store.append(eventFor(id, 1, { commandId }), { takes: [emailClaim(value)], releases: [] })).toEqual({
        kind: 'repeat',
        event: first,
      });
    });

    it('takes an event whose life has a key already, of an event that was lost with the store', async () => {
      const { store, id, value } = fresh();
      await store.append(eventFor(id, 1), { takes: [emailClaim(value)], releases: [] });
      await lose(store, `user#${id}`, 1);
      const anew = eventFor(id, 1);
      expect(await store.append(anew, { takes: [emailClaim(value)], releases: [] })).toEqual({ kind: 'appended' });
      const next = eventFor(id, 2);
      await store.append(next, none);
      expect(await store.load('user', id)).toEqual([anew, next]);
    });

    it('takes the same event twice for one append, whose first answer was lost', async () => {
      const { store, id, value } = fresh();
      const alone = eventFor(id, 1);
      expect(await store.append(alone, none)).toEqual({ kind: 'appended' });
      expect(await store.append(alone, none)).toEqual({ kind: 'appended' });
      const claiming = eventFor(id, 2);
      const changes = { takes: [emailClaim(value)], releases: [] };
      expect(await store.append(claiming, changes)).toEqual({ kind: 'appended' });
      expect(await store.append(claiming, changes)).toEqual({ kind: 'appended' });
      expect(await store.load('user', id)).toEqual([alone, claiming]);
    });

    it("appends nothing when a claim is another stream's, and says which attribute", async () => {
      const { store, id, value } = fresh();
      await store.append(eventFor(id, 1), { takes: [emailClaim(value)], releases: [] });
      const other = randomUUID();
      expect(
        await store.append(eventFor(other, 1), {
          takes: [emailClaim(`${randomUUID()}@free`), emailClaim(value)],
          releases: [],
        }),
      ).toEqual({ kind: 'uniqueTaken', attribute: 'email' });
      expect(await store.load('user', other)).toEqual([]);
      // Nor was the free one taken.
      expect(await store.append(eventFor(other, 1), none)).toEqual({ kind: 'appended' });
    });

    it('lets the version decide when version and claim are both taken', async () => {
      const { store, id, value } = fresh();
      await store.append(eventFor(randomUUID(), 1), { takes: [emailClaim(value)], releases: [] });
      const first = eventFor(id, 1);
      await store.append(first, none);
      const changes = { takes: [emailClaim(value)], releases: [] };
      expect(await store.append(eventFor(id, 1), changes)).toEqual({ kind: 'versionTaken' });
      expect(await store.append(eventFor(id, 1, { commandId: first.commandId }), changes)).toEqual({
        kind: 'repeat',
        event: first,
      });
    });

    it("lets a released value be taken again, and one's own be taken twice", async () => {
      const { store, id, value } = fresh();
      const claim = emailClaim(value);
      const next = emailClaim(`next-${value}`);
      await store.append(eventFor(id, 1), { takes: [claim], releases: [] });
      expect(await store.append(eventFor(id, 2), { takes: [claim], releases: [] })).toEqual({ kind: 'appended' });
      expect(await store.append(eventFor(id, 3), { takes: [next], releases: [claim] })).toEqual({ kind: 'appended' });
      expect(await store.append(eventFor(randomUUID(), 1), { takes: [claim], releases: [] })).toEqual({
        kind: 'appended',
      });
      expect(await store.append(eventFor(randomUUID(), 1), { takes: [next], releases: [] })).toEqual({
        kind: 'uniqueTaken',
        attribute: 'email',
      });
    });

    it("does not let a lost claim stop the stream, nor releases what is another's", async () => {
      const { store, id, value } = fresh();
      await store.append(eventFor(id, 1), { takes: [emailClaim(value)], releases: [] });
      const other = randomUUID();
      const never = emailClaim(`never-${value}`);
      expect(await store.append(eventFor(other, 1), { takes: [], releases: [never, emailClaim(value)] })).toEqual({
        kind: 'appended',
      });
      expect(await store.append(eventFor(randomUUID(), 1), { takes: [emailClaim(value)], releases: [] })).toEqual({
        kind: 'uniqueTaken',
        attribute: 'email',
      });
    });

    it('lets exactly one of many racing appends win', async () => {
      const { store, id, value } = fresh();
      const plain = await Promise.all(Array.from({ length: 8 }, () => store.append(eventFor(id, 1), none)));
      expect(plain.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
      expect(plain.filter(({ kind }) => kind === 'versionTaken')).toHaveLength(7);
      const claiming = await Promise.all(
        Array.from({ length: 8 }, () =>
          store.append(eventFor(randomUUID(), 1), { takes: [emailClaim(value)], releases: [] }),
        ),
      );
      expect(claiming.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
      expect(claiming.filter(({ kind }) => kind === 'uniqueTaken')).toHaveLength(7);
    });

    it('reads a stream of many pages whole', async () => {
      const { store, id } = fresh();
      const firstName = 'x'.repeat(90_000);
      const events = Array.from({ length: 14 }, (_, index) => eventFor(id, index + 1, { payload: { firstName } }));
      for (const event of events) await store.append(event, none);
      expect((await store.load('user', id)).map(({ version }) => version)).toEqual(
        events.map(({ version }) => version),
      );
    });
  });
};

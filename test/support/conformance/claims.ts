import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import type { ClaimReader, Claims, HeldClaim } from '../../../functions/ports/claims/port.ts';
import type { EventStore } from '../../../functions/ports/eventStore/port.ts';

const eventFor = (aggregateId: string, version: number): DomainEvent => ({
  eventId: randomUUID(),
  aggregate: 'user',
  aggregateId,
  version,
  type: version === 1 ? 'UserCreated' : 'UserUpdated',
  payload: {},
  executionQueue: 'executeCreateUserQueue',
  timestamp: 1_700_000_000_000 + version,
  commandId: randomUUID(),
  operation: 'createUser',
  actor: 'admin:a',
  schemaVersion: 1,
});

/** What claims outside an append must do. @param open gives the claims, and the event store that they belong to */
export const claimsSuite = (
  name: string,
  open: () => { claims: Claims; eventStore: EventStore; reader: ClaimReader },
): void => {
  describe(`claims ${name}`, () => {
    const fresh = () => {
      const key = `user#email#${randomUUID()}@example.com`;
      const [one, other] = [randomUUID(), randomUUID()].map((aggregateId) => ({
        aggregate: 'user' as const,
        aggregateId,
      }));
      return { ...open(), key, one: one!, other: other! };
    };
    const claim = (key: string, owner: HeldClaim['owner']): HeldClaim => ({ key, attribute: 'email', owner });
    const found = (key: string, owner: HeldClaim['owner']) => ({
      ...claim(key, owner),
      streamId: `user#${owner.aggregateId}`,
    });
    /** The owner's stream, as long as the version says. */
    const append = async (
      eventStore: EventStore,
      { aggregateId }: HeldClaim['owner'],
      upTo: number,
      changes: Parameters<EventStore['append']>[1] = { takes: [], releases: [] },
    ) => {
      for (let version = 1; version <= upTo; version += 1)
        await eventStore.append(eventFor(aggregateId, version), version === 1 ? changes : { takes: [], releases: [] });
    };

    it('finds what an append claimed', async () => {
      const { claims, eventStore, key: clear, one } = fresh();
      const said = { aggregate: 'user' as const, attribute: 'email', key: clear };
      const [{ key } = said] = await claims.stored([said]);
      expect(key).not.toContain('example.com');
      expect(await claims.find([key])).toEqual(new Map());
      await append(eventStore, one, 1, { takes: [said], releases: [] });
      expect(await claims.find([key])).toEqual(new Map([[key, found(key, one)]]));
    });

    it('shows which claims stand for a stream', async () => {
      const { eventStore, reader, key, one, other } = fresh();
      const said = { aggregate: 'user' as const, attribute: 'email', key };
      expect(await reader.standing(one, [said])).toEqual([]);
      await append(eventStore, one, 1, { takes: [said], releases: [] });
      expect(await reader.standing(one, [said, { ...said, key: `${key}.org` }])).toEqual([said]);
      expect(await reader.standing(other, [said])).toEqual([]);
    });

    it('restores a missing claim, and one in wrong hands', async () => {
      const { claims, eventStore, key, one, other } = fresh();
      await append(eventStore, one, 2);
      await append(eventStore, other, 1);
      expect(await claims.restore(claim(key, other), undefined, [{ ...other, version: 1 }])).toBe('done');
      expect(
        await claims.restore(claim(key, one), found(key, other), [
          { ...one, version: 2 },
          { ...other, version: 1 },
        ]),
      ).toBe('done');
      expect(await claims.find([key])).toEqual(new Map([[key, found(key, one)]]));
    });

    it('an append takes a restored claim for what it is', async () => {
      const { claims, eventStore, key: clear, one, other } = fresh();
      const said = { aggregate: 'user' as const, attribute: 'email', key: clear };
      const [{ key } = said] = await claims.stored([said]);
      await append(eventStore, one, 1);
      await claims.restore(claim(key, one), undefined, [{ ...one, version: 1 }]);
      const changes = { takes: [said], releases: [] };
      expect(await eventStore.append(eventFor(other.aggregateId, 1), changes)).toEqual({
        kind: 'uniqueTaken',
        attribute: 'email',
      });
      expect(await eventStore.append(eventFor(one.aggregateId, 2), { takes: [], releases: changes.takes })).toEqual({
        kind: 'appended',
      });
      expect(await claims.find([key])).toEqual(new Map());
    });

    it('changes nothing when a stream has moved, and says so', async () => {
      const { claims, eventStore, key, one, other } = fresh();
      await append(eventStore, one, 2);
      await append(eventStore, other, 2);
      expect(await claims.restore(claim(key, one), undefined, [{ ...one, version: 1 }])).toBe('streamMoved');
      expect(
        await claims.restore(claim(key, one), undefined, [
          { ...one, version: 2 },
          { ...other, version: 1 },
        ]),
      ).toBe('streamMoved');
      expect(await claims.find([key])).toEqual(new Map());
      await claims.restore(claim(key, one), undefined, [{ ...one, version: 2 }]);
      expect(await claims.remove(found(key, one), [{ ...one, version: 1 }])).toBe('streamMoved');
      expect(await claims.find([key])).toEqual(new Map([[key, found(key, one)]]));
    });

    it('changes nothing when the claim has moved, whatever the streams did', async () => {
      const { claims, eventStore, key, one, other } = fresh();
      await append(eventStore, one, 2);
      await claims.restore(claim(key, one), undefined, []);
      expect(await claims.restore(claim(key, other), undefined, [])).toBe('claimMoved');
      expect(await claims.restore(claim(key, other), found(key, other), [{ ...one, version: 1 }])).toBe('claimMoved');
      expect(await claims.remove(found(key, other), [])).toBe('claimMoved');
      expect(await claims.find([key])).toEqual(new Map([[key, found(key, one)]]));
      expect(await claims.remove(found(key, one), [{ ...one, version: 2 }])).toBe('done');
      expect(await claims.find([key])).toEqual(new Map());
      expect(await claims.remove(found(key, one), [])).toBe('claimMoved');
    });

    it('a stream that never began has not moved', async () => {
      const { claims, eventStore, key, other } = fresh();
      await claims.restore(claim(key, other), undefined, []);
      expect(await claims.remove(found(key, other), [{ ...other, version: 0 }])).toBe('done');
      await append(eventStore, other, 1);
      await claims.restore(claim(key, other), undefined, []);
      expect(await claims.remove(found(key, other), [{ ...other, version: 0 }])).toBe('streamMoved');
    });

    it('lists all claims, each once, page by page', async () => {
      const { claims, one } = fresh();
      const keys = Array.from({ length: 7 }, () => `group#name#${randomUUID()}`);
      for (const key of keys) await claims.restore({ key, attribute: 'name', owner: one }, undefined, []);
      expect([...(await claims.find([...keys, `group#name#${randomUUID()}`])).keys()].sort()).toEqual([...keys].sort());
      expect(await claims.find([])).toEqual(new Map());
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await claims.page(3, after);
        expect(page.claims.length).toBeLessThanOrEqual(3);
        seen.push(...page.claims.map(({ key }) => key));
        after = page.next;
      } while (after !== undefined);
      expect(new Set(seen).size).toBe(seen.length);
      for (const key of keys) expect(seen).toContain(key);
    });
  });
};

import { describe, expect, it } from 'vitest';
import { decisionsAt } from '../../../../functions/history/can.ts';
import { memorySnapshots } from '../../../../functions/ports/snapshots/memory.ts';
import { type MemoryEventStore, memoryEventStore } from '../../../../functions/ports/eventStore/memory.ts';
import { itemOf } from '../../../../functions/ports/eventStore/item.ts';
import type { AggregateName } from '../../../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../../../domain/kernel/stream/event.ts';
import {
  command,
  createAuthorization,
  createGroup,
  createRole,
  createUser,
  updateUser,
} from '../../../support/clients/commands.ts';
import { memoryBackend, writePath } from '../../../support/models/writePath.ts';

const day = (n: number): number => Date.UTC(2026, 0, n);
const iso = (n: number): string => new Date(day(n)).toISOString();

/** Streams of which each event says on which day of January it happened, what, and to whom. */
const storeOf = (...said: [number, AggregateName, string, string, Record<string, unknown>, number?][]) => {
  const store = memoryEventStore();
  const versions = new Map<string, number>();
  for (const [n, aggregate, aggregateId, type, payload, effective] of said) {
    const version = (versions.get(aggregateId) ?? 0) + 1;
    versions.set(aggregateId, version);
    store.items.push(
      itemOf({
        eventId: `${aggregateId}-${version}`,
        aggregate,
        aggregateId,
        version,
        type,
        payload,
        executionQueue: 'q',
        timestamp: day(n),
        ...(effective !== undefined && { effectiveAt: day(effective) }),
        commandId: `${aggregateId}-${version}`,
        operation: 'o',
        actor: 'admin:a',
        schemaVersion: 1,
      } as DomainEvent),
    );
  }
  return { eventStore: store, snapshots: memorySnapshots(store.keys) };
};

const ada = { firstName: 'Ada', lastName: 'L', birthDate: '1990-01-01', email: 'ada@example.com' };
const store = storeOf(
  [1, 'authorization', 'a1', 'AuthorizationCreated', { name: 'edit', description: '' }],
  [1, 'authorization', 'a2', 'AuthorizationCreated', { name: 'publish', description: '' }],
  [2, 'role', 'r1', 'RoleCreated', { name: 'Editor', description: '', authorizationIds: ['a1'] }],
  [3, 'user', 'ada', 'UserCreated', { ...ada, roleId: null, groupId: null }],
  [5, 'user', 'ada', 'UserUpdated', { roleId: 'r1' }],
  [7, 'role', 'r1', 'AuthorizationGranted', { authorizationId: 'a2' }],
  [9, 'user', 'ada', 'UserSuspended', { reason: 'leave', until: iso(11) }],
  [13, 'authorization', 'a1', 'AuthorizationUpdated', { name: 'write' }],
  [15, 'role', 'r1', 'AuthorizationRevoked', { authorizationId: 'a2' }],
  [17, 'user', 'ada', 'UserUpdated', { roleId: null }],
  [19, 'user', 'ada', 'UserDeleted', {}],
);

const on = async (n: number, ...names: string[]) =>
  (await decisionsAt({ userId: 'ada', authorizations: names }, day(n) + 1, store)).map(({ allowed, because }) => [
    allowed,
    because,
  ]);

describe('whether a user was allowed something', () => {
  it('is said as all of it was at the moment', async () => {
    const granted = (since: string) => [true, `role Editor, given in version 2 of the user (${iso(5)}), ${since}`];
    const edit = granted(`which grants it since version 1 of the role (${iso(2)})`);
    const publish = granted(`which grants it since version 2 of the role (${iso(7)})`);
    const not = (because: string) => [false, because];
    expect(await on(2, 'edit')).toEqual([not('no such user')]);
    expect(await on(4, 'edit')).toEqual([not('no role')]);
    expect(await on(6, 'edit', 'publish')).toEqual([edit, not('role Editor does not grant it')]);
    expect(await on(8, 'edit', ' publish ')).toEqual([edit, publish]);
    expect(await on(10, 'edit')).toEqual([not(`suspended until ${iso(11)}`)]);
    expect(await on(12, 'edit')).toEqual([edit]);
    expect(await on(14, 'edit', 'write')).toEqual([not('role Editor does not grant it'), edit]);
    expect(await on(16, 'publish')).toEqual([not('role Editor does not grant it')]);
    expect(await on(18, 'write')).toEqual([not('no role')]);
    expect(await on(20, 'write')).toEqual([not('no such user')]);
  });
});

it.each([1, 30])(
  'of who was erased after %i changes says that there is nobody, at any moment, and brings nothing back',
  async (changes) => {
    let clock = day(1);
    const path = writePath(memoryBackend(), { now: () => clock });
    const store = path.backend.eventStore as MemoryEventStore;
    const may = createAuthorization('read');
    const role = createRole('reader', [may.aggregateId]);
    const group = createGroup('readers');
    await path.settle(may, group);
    await path.settle(role);
    await path.settle(createUser('ada', 'ada@example.com', role.aggregateId, group.aggregateId));
    for (let n = 0; n < changes; n += 1) {
      clock += 60_000;
      await path.settle(updateUser('ada', { firstName: `Ada${n}` }));
    }
    const asked = (at: number) => decisionsAt({ userId: 'ada', authorizations: ['read', 'write'] }, at, path.backend);
    expect((await asked(clock)).map(({ allowed }) => allowed)).toEqual([true, false]);
    const { table } = store.keys;
    const backup = { ...table.items.get('user#ada') };
    clock = day(2);
    await path.settle(command('eraseUser', 'ada', {}));
    for (const restored of [false, true]) {
      // As a table of keys that is restored from before the erasure has them.
      if (restored) table.items.set('user#ada', backup);
      store.keys.forget('user#ada');
      for (const at of [day(1) - 1, day(1), day(1) + 60_000, day(2) - 1, day(2), day(3)])
        for (const { allowed, because } of await asked(at)) expect([allowed, because]).toEqual([false, 'no such user']);
    }
  },
);

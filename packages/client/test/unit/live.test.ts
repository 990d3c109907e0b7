import { describe, expect, it } from 'vitest';
import type { Transport } from '../../src/commands.ts';
import { liveList } from '../../src/live.ts';

const rows = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `role-${at}`, version: 1, authorizations: [] }));

/**
 * An API with so many roles, that notes the size of each page it is asked for; `change` tells of a change to the first
 * one.
 */
const api = (count: number) => {
  const all = rows(count);
  const asked: number[] = [];
  let sink!: { ready(): void; next(update: unknown): void };
  const transport = {
    send: async ({ variables }: { variables: { limit?: number; nextToken?: string } }) => {
      const from = Number(variables.nextToken ?? 0);
      const to = from + (variables.limit ?? 25);
      asked.push(variables.limit ?? 25);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return { roles: { items: all.slice(from, to), nextToken: to < all.length ? String(to) : null } };
    },
    realtime: {
      subscribe: (_: unknown, handlers: typeof sink) => {
        sink = handlers;
        setTimeout(() => sink.ready());
        return () => {};
      },
    },
  } as unknown as Transport;
  return {
    asked,
    transport,
    nested: () => sink.next({ aggregate: 'AUTHORIZATION', aggregateId: 'role-0', version: 2, change: 'UPDATED' }),
  };
};

describe('a live list of many pages', () => {
  it('asks for each page once', async () => {
    const { asked, transport } = api(9);
    const list = await liveList(transport, 'roles', { limit: 2 }).ready;
    while (!list.current.complete) await list.more();
    expect(list.items.map(({ id }) => id)).toEqual(rows(9).map(({ id }) => id));
    expect(asked).toEqual([2, 2, 2, 2, 2]);
  });

  it('asks anew for what it shows in as few pages as there can be', async () => {
    const { asked, transport } = api(230);
    const list = await liveList(transport, 'roles', {}).ready;
    while (!list.current.complete) await list.more();
    asked.length = 0;
    await list.refresh();
    expect(asked).toEqual([100, 100, 50]);
    expect(list.items).toHaveLength(230);
  });

  it('gives the next page though changes never end', async () => {
    const { transport, nested } = api(12);
    const list = await liveList(transport, 'roles', { limit: 4 }).ready;
    let over = false;
    const flood = (async () => {
      while (!over) {
        nested();
        void list.refresh();
        await new Promise((resolve) => setTimeout(resolve));
      }
    })();
    await list.more();
    await list.more();
    over = true;
    await flood;
    expect(list.items).toHaveLength(12);
    expect(list.current.complete).toBe(true);
    list.close();
  });
});

it('asks anew when somebody comes into a list through something else', async () => {
  let sink!: { ready(): void; next(update: unknown): void };
  let items: object[] = [];
  let asked = 0;
  const transport = {
    send: async () => {
      asked += 1;
      return { usersWithAuthorization: { items, nextToken: null } };
    },
    realtime: {
      subscribe: (_: unknown, handlers: typeof sink) => {
        sink = handlers;
        setTimeout(() => sink.ready());
        return () => {};
      },
    },
  } as unknown as Transport;
  const list = await liveList(transport, 'usersWithAuthorization', { authorizationId: 'fly' }).ready;
  const told = (aggregateId: string, authorizationIds: string[]) =>
    sink.next({ aggregate: 'ROLE', aggregateId, version: 2, change: 'UPDATED', role: { authorizationIds } });
  told('another', ['swim']);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(asked).toBe(1);
  items = [{ id: 'ada', version: 1, roleId: 'pilot' }];
  told('pilot', ['swim', 'fly']);
  await expect.poll(() => list.items).toHaveLength(1);
  // And goes the same way.
  items = [];
  told('pilot', ['swim']);
  await expect.poll(() => list.items).toHaveLength(0);
  list.close();
});

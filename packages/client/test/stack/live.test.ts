import { WebSocket } from 'ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admin, eventually, unique, user } from '../../../../test/support/clients/client.ts';
import { startUnreliableNetwork, type UnreliableNetwork } from '../../../../test/support/clients/unreliableNetwork.ts';
import { type Client, createClient } from '../../src/index.ts';

const named = (prefix: string) => ({ name: unique(prefix), description: 'Some' });

describe('live', () => {
  let network: UnreliableNetwork;
  let client: Client;
  /** Changes what the first one follows, and is cut from nothing. */
  let other: Client;

  beforeEach(async () => {
    const { outputs, token } = await admin();
    network = await startUnreliableNetwork(outputs);
    client = createClient({ url: network.GraphQLUrl, token: token!, WebSocket: WebSocket as never });
    other = createClient({ url: outputs.GraphQLUrl, token: token!, WebSocket: WebSocket as never });
  });
  afterEach(async () => {
    client.close();
    other.close();
    await network.stop();
  });

  /** All of them: other tests make some too. */
  const allGroups = async () => {
    const list = client.live.groups({ limit: 100 });
    await list.ready;
    while (!list.current.complete) await list.more();
    return list;
  };

  it('shows what is there, and every change to it', async () => {
    const { row: before } = await other.createGroup(named('before'));
    const list = await allGroups();
    const shown = (id: string) => list.items.find((each) => each.id === id);
    expect(shown(before!.id)).toEqual(before);
    const { row: added } = await other.createGroup(named('added'));
    await eventually('it is added', async () => shown(added!.id));
    await other.updateGroup({ id: added!.id, description: 'Changed' });
    await eventually('it changes', async () => shown(added!.id)?.description === 'Changed');
    await other.deleteGroup({ id: before!.id });
    await eventually('it goes', async () => !shown(before!.id));
    list.close();
    expect(list.current.status).toBe('ended');
  });

  it('heals what a lost connection missed', async () => {
    const [{ row: changed }, { row: deleted }] = await Promise.all([
      other.createGroup(named('changed')),
      other.createGroup(named('deleted')),
    ]);
    const list = await allGroups();
    const states: string[] = [];
    list.subscribe(({ status }) => states.push(status));
    network.cut(true);
    await eventually('it says so', async () => list.current.status === 'lost');
    const [{ row: added }] = await Promise.all([
      other.createGroup(named('added')),
      other.updateGroup({ id: changed!.id, description: 'Changed' }),
      other.deleteGroup({ id: deleted!.id }),
    ]);
    network.mend();
    await eventually('it is healed', async () => list.current.status === 'live');
    const found = (id: string) => list.items.find((each) => each.id === id);
    expect(found(added!.id)).toEqual(added);
    expect(found(changed!.id)?.description).toBe('Changed');
    expect(found(deleted!.id)).toBeUndefined();
    expect(states).toContain('lost');
    list.close();
  });

  it('pages, and keeps every page up to date', async () => {
    const { name, description } = named('paged');
    const made = await Promise.all(
      [1, 2, 3].map((n) => other.createRole({ name: `${name} ${n}`, description, authorizationIds: [] })),
    );
    const list = client.live.roles({ limit: 2, filter: { text: name } });
    await list.ready;
    expect(list.items).toHaveLength(2);
    expect(list.current.complete).toBe(false);
    while (!list.current.complete) await list.more();
    expect(list.items.map(({ id }) => id).sort()).toEqual(made.map(({ row }) => row!.id).sort());
    await other.updateRole({ id: made[2]!.row!.id, description: 'Changed' });
    await eventually('it changes', async () => list.items.some(({ description }) => description === 'Changed'));
    list.close();
  });

  it('shows a row anew when one that it nests changes', async () => {
    const { row: authorization } = await other.createAuthorization(named('may'));
    const { name, description } = named('role');
    const { row: role } = await other.createRole({ name, description, authorizationIds: [authorization!.id] });
    // Of many roles of other tests a page may refer to more than can be read at once.
    const list = client.live.roles({ filter: { text: name } });
    await list.ready;
    await other.updateAuthorization({ id: authorization!.id, description: 'Renamed' });
    await eventually('the role shows it', async () =>
      list.items.some(({ id, authorizations }) => id === role!.id && authorizations[0]?.description === 'Renamed'),
    );
    list.close();
  });

  it('can be gone through with for await, and ends with its signal', async () => {
    const stop = new AbortController();
    const list = client.live.authorizations({ limit: 1 }, { signal: stop.signal });
    const states = [];
    for await (const { status } of list) {
      states.push(status);
      if (status === 'live') stop.abort(new Error('Enough'));
    }
    expect(states).toContain('live');
    expect(list.current).toMatchObject({ status: 'ended', error: { message: 'Enough' } });
  });

  it('says so when it is refused', async () => {
    const { outputs, token } = await user(unique('auth0|member'));
    const member = createClient({ url: outputs.GraphQLUrl, token: token!, WebSocket: WebSocket as never });
    const list = member.live.groups();
    await expect(list.ready).rejects.toMatchObject({ code: 'Unauthorized' });
    expect(list.current.status).toBe('ended');
    member.close();
  });

  it('follows a recovery to its end', async () => {
    await other.createGroup(named('group'));
    const { recoveryId } = await client.recoverFrom({ timestamp: new Date(Date.now() - 60_000).toISOString() });
    const watch = client.watch(recoveryId);
    let seen = 0;
    for await (const recovery of watch) if (recovery) seen += 1;
    expect(await watch.finished).toMatchObject({ recoveryId, status: 'COMPLETED' });
    expect(seen).toBeGreaterThan(0);
    await expect(client.watch('4b4ab7e2-5ac1-4d15-9f0c-4a6f0e0d7c01').finished).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

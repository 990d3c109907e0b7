import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  admin,
  type Client as Caller,
  eventually,
  tokenOf,
  unique,
  user,
} from '../../../../test/support/clients/client.ts';
import { startUnreliableNetwork, type UnreliableNetwork } from '../../../../test/support/clients/unreliableNetwork.ts';
import { type Client, createClient, Refusal, Rejection, TimeoutError, type Token } from '../../src/index.ts';

const group = () => ({ name: unique('group'), description: 'Some' });

describe('commands', () => {
  let caller: Caller;
  let network: UnreliableNetwork;
  let client: Client;
  const opened: Client[] = [];

  const connect = (token: Token): Client => {
    const created = createClient({ url: network.GraphQLUrl, token, WebSocket: WebSocket as never });
    opened.push(created);
    return created;
  };
  beforeEach(async () => {
    caller = await admin();
    network = await startUnreliableNetwork(caller.outputs);
    client = connect(caller.token!);
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) each.close();
    await network.stop();
  });

  const versionsOf = async (id: string) =>
    (await client.events({ aggregate: 'GROUP', aggregateId: id })).items.map(({ version }) => version);

  it('give the outcome and the row, on one connection', async () => {
    const input = group();
    const created = await client.createGroup(input);
    expect(created).toMatchObject({ outcome: { status: 'APPLIED', version: 1 }, row: { ...input, version: 1 } });
    const { id } = created.row!;
    const updates = await Promise.all([
      client.updateGroup({ id, description: 'Other' }),
      client.createGroup(group()),
      client.createGroup(group()),
    ]);
    expect(updates[0]).toMatchObject({ outcome: { version: 2 }, row: { description: 'Other' } });
    expect(await client.deleteGroup({ id, expectedVersion: 2 })).toMatchObject({ outcome: { version: 3 }, row: null });
    expect(await client.group({ id })).toBeNull();
    expect(network.sockets).toBe(1);
  });

  it('throw a rejection with its code', async () => {
    const input = group();
    const { row } = await client.createGroup(input);
    const error = await client.createGroup(input).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Rejection);
    expect(error).toMatchObject({ code: 'NAME_TAKEN', outcome: { status: 'REJECTED', operation: 'createGroup' } });
    await expect(client.updateGroup({ id: row!.id, name: 'x', expectedVersion: 7 })).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
  });

  it('throw a refusal with the field and its rule, before anything is sent to a queue', async () => {
    const error = await client.createGroup({ name: '', description: 'x' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ code: 'INVALID', field: 'name', rule: expect.any(String) });
  });

  it('wait for the receipt or the event alone, if so told', async () => {
    const commandId = randomUUID();
    const receipt = await client.createGroup(group(), { wait: 'receipt', commandId });
    expect(receipt).toEqual({ commandId, operation: 'createGroup', aggregate: 'GROUP', aggregateId: commandId });
    const decided = await client.createGroup(group(), { wait: 'event' });
    expect(Object.keys(decided)).toEqual(['outcome']);
    expect(await versionsOf(decided.outcome.aggregateId)).toEqual([1]);
  });

  it('have their effect once when repeated with the same id, and give the same outcome', async () => {
    const [commandId, input] = [randomUUID(), group()];
    const first = await client.createGroup(input, { commandId });
    const second = await connect(caller.token!).createGroup(input, { commandId });
    expect(second.outcome).toEqual(first.outcome);
    expect(await versionsOf(commandId)).toEqual([1]);
  });

  it('survive lost requests and lost answers', async () => {
    let requests = 0;
    network.decide(() => (['lost', 'answer lost', 'delivered'] as const)[Math.min(requests++ % 4, 2)]!);
    const { outcome, row } = await client.createGroup(group());
    expect(row).toMatchObject({ version: 1 });
    network.decide(() => 'delivered');
    expect(await versionsOf(outcome.aggregateId)).toEqual([1]);
    expect(requests).toBeGreaterThan(2);
  });

  it('survive a connection that is cut while they wait', async () => {
    await client.createGroup(group());
    for (let n = 0; n < 3; n += 1) {
      network.decide((body) => {
        if (body.includes('mutation')) setTimeout(() => network.cut(), 20);
        return 'delivered';
      });
      expect(await client.createGroup(group())).toMatchObject({ row: { version: 1 } });
    }
    expect(network.sockets).toBeGreaterThan(1);
  });

  it('do without a connection that cannot be had', async () => {
    network.cut(true);
    expect(await client.createGroup(group())).toMatchObject({ row: { version: 1 } });
    expect(network.sockets).toBe(0);
  });

  it('do without a subscription that is refused', async () => {
    // A token that opens the connection and is refused to each subscription afterwards.
    const other = await tokenOf(inject('stateDir'), 'admin', 'auth0|admin', { exp: 1 });
    let asked = 0;
    const late = createClient({
      url: network.GraphQLUrl,
      WebSocket: WebSocket as never,
      fetch: (url, init) =>
        fetch(url, { ...init, headers: { ...(init!.headers as object), authorization: caller.token! } }),
      token: () => (asked++ === 0 ? caller.token! : other),
    });
    opened.push(late);
    expect(await late.createGroup(group())).toMatchObject({ row: { version: 1 } });
  });

  it('renew a token that has expired, in mid-connection too', async () => {
    const expired = await tokenOf(inject('stateDir'), 'admin', 'auth0|admin', { exp: 1 });
    let good = false;
    const renewed: (string | undefined)[] = [];
    const renewing = connect(({ refused }) => {
      if (refused) {
        renewed.push(refused);
        good = true;
      }
      return good ? caller.token! : expired;
    });
    expect(await renewing.createGroup(group())).toMatchObject({ row: { version: 1 } });
    good = false;
    expect(await renewing.createGroup(group())).toMatchObject({ row: { version: 1 } });
    expect(new Set(renewed)).toEqual(new Set([expired]));
  });

  it('say that the log-in is over when no fresh token can be had', async () => {
    const expired = await tokenOf(inject('stateDir'), 'admin', 'auth0|admin', { exp: 1 });
    await expect(connect(expired).createGroup(group())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(connect(() => expired).groups()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('end when the time is up, saying which command it was, and take their course', async () => {
    const commandId = randomUUID();
    network.decide((body) => (body.includes('mutation') ? 'answer lost' : 'lost'));
    const error = await client.createGroup(group(), { commandId, timeout: 1_500 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ code: 'TIMEOUT', commandId });
    network.decide(() => 'delivered');
    expect(await eventually('outcome', () => client.command({ commandId }))).toMatchObject({ status: 'APPLIED' });
  });

  it('end when the caller aborts', async () => {
    const stop = new AbortController();
    const waiting = client.createGroup(group(), { signal: stop.signal });
    stop.abort(new Error('Enough'));
    await expect(waiting).rejects.toThrow('Enough');
    await expect(client.groups({}, { signal: AbortSignal.abort(new Error('Never mind')) })).rejects.toThrow('Never');
  });

  it("read the own row in the user application's name", async () => {
    const sub = unique('auth0|member');
    const member = connect((await user(sub)).token!);
    const email = `${sub.slice(6)}@example.com`;
    const input = { firstName: 'Mia', lastName: 'May', birthDate: '1990-01-01', email };
    expect(await member.signUp(input)).toMatchObject({ row: { ...input, id: sub.slice(6), version: 1 } });
    expect(await member.updateProfile({ firstName: 'Ann' })).toMatchObject({ row: { firstName: 'Ann', version: 2 } });
    await expect(member.users()).rejects.toMatchObject({ code: 'Unauthorized' });
  });

  it('take any request of your own', async () => {
    const { row } = await client.createGroup(group());
    const data = await client.request<{ group: { name: string } }>('query($id: ID!) { group(id: $id) { name } }', {
      id: row!.id,
    });
    expect(data.group.name).toBe(row!.name);
  });
});

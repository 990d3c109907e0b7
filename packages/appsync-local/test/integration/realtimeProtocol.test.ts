import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client, base64url, releases, startRealtime } from '../../testing/realtime.ts';
import type { RealtimeServer } from '../../testing/realtime.ts';

let server: RealtimeServer;
beforeEach(async () => {
  server = await startRealtime();
});
afterEach(() => server.stop());

const closed = (client: Client) => expect.poll(() => client.closed, { timeout: 5000 });
/** Once this resolves, what was published before is on its way. */
const delivered = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
const publish = (mutation: string, value: Record<string, unknown>) =>
  server.realtime.publish({ mutation, typeName: 'Thing', value });

describe('connecting', () => {
  it.each(['subprotocol', 'query', 'plain headers'])('works with the token in the %s', async (way) => {
    const wrapped = base64url({ Authorization: 'good', host: server.host });
    const client =
      way === 'subprotocol'
        ? new Client(server.url, ['graphql-ws', `header-${wrapped}`])
        : way === 'query'
          ? new Client(`${server.url}?header=${wrapped}&payload=e30=`, ['graphql-ws'])
          : new Client(server.url, ['graphql-ws'], { Authorization: 'good' });
    await client.opened();
    expect(client.socket.protocol).toBe('graphql-ws');
    client.send({ type: 'connection_init' });
    expect(await client.next()).toEqual({ type: 'connection_ack', payload: { connectionTimeoutMs: 300_000 } });
    expect(await client.next()).toEqual({ type: 'ka' });
    expect(server.authenticated).toMatchObject([
      {
        method: 'POST',
        url: '/graphql/connect',
        body: '{}',
        headers: { authorization: 'good' },
        sourceIp: ['127.0.0.1'],
      },
    ]);
    expect(Object.keys(server.authenticated[0]!.headers)).toEqual(
      Object.keys(server.authenticated[0]!.headers).map((name) => name.toLowerCase()),
    );
  });

  it.each([
    ['expired', 'Token has expired.'],
    ['forged', 'Unauthorized'],
    ['', 'Valid authorization header not provided.'],
  ])('is refused with the token "%s", and the connection ends', async (token, message) => {
    const client = Client.withToken(server, token);
    expect(await client.next()).toEqual({
      type: 'connection_error',
      payload: { errors: [{ errorType: 'UnauthorizedException', message, errorCode: 401 }] },
    });
    await closed(client).toEqual({ code: 1008, reason: 'UnauthorizedException' });
    expect(server.realtime.statistics().connections).toBe(0);
  });

  it('is refused only when the client listens', async () => {
    const client = Client.withToken(server, 'expired');
    await client.opened();
    await expect.poll(() => server.authenticated).toHaveLength(1);
    await delivered();
    expect(client.frames).toEqual([]);
    client.send({ type: 'connection_init' });
    expect(await client.next()).toMatchObject({ type: 'connection_error' });
  });

  it('without protocol is refused', async () => {
    const client = new Client(
      `${server.url}?header=${base64url({ Authorization: 'good', host: server.host })}&payload=e30=`,
      [],
    );
    expect(await client.next()).toEqual({
      type: 'connection_error',
      payload: { errors: [{ message: 'NoProtocolError', errorCode: 400 }] },
    });
    await closed(client).not.toBeNull();
    expect(server.authenticated).toEqual([]);
  });

  it('with another protocol is refused', async () => {
    const client = new Client(server.url, ['graphql-transport-ws'], { Authorization: 'good' });
    await closed(client).not.toBeNull();
    expect(server.authenticated).toEqual([]);
  });

  it('with an unreadable header is refused', async () => {
    const client = new Client(server.url, ['graphql-ws', 'header-AAAA']);
    expect(await client.next()).toMatchObject({
      type: 'connection_error',
      payload: { errors: [{ errorType: 'BadRequestException', errorCode: 400 }] },
    });
  });

  it('that fails on our side ends, and the log says why', async () => {
    const client = Client.withToken(server, 'broken');
    await closed(client).toEqual({ code: 1011, reason: 'Internal error' });
    expect(server.lines.join()).toContain('authenticate broke');
  });

  it('waits for the token to be verified, then acknowledges', async () => {
    const client = Client.withToken(server, 'slow-1');
    await client.opened();
    client.send({ type: 'connection_init' });
    // What is sent before the acknowledgement is ignored.
    client.start('early', 'onThing');
    await expect.poll(() => releases.has('slow-1')).toBe(true);
    expect(client.frames).toEqual([]);
    releases.get('slow-1')!();
    expect((await client.next()).type).toBe('connection_ack');
    expect((await client.next()).type).toBe('ka');
    expect(await client.settled()).toEqual([]);
    expect(server.started).toEqual([]);
  });

  it('is survived when it is no WebSocket at all', async () => {
    const response = await fetch(server.url.replace('ws:', 'http:'));
    expect(response.status).toBe(426);
    const bad = new Client(server.url.replace('/graphql/realtime', '//[?header=%'), ['graphql-ws'], {
      Authorization: 'good',
    });
    await closed(bad).not.toBeNull();
    await (await Client.ready(server)).subscribe('1', 'onThing');
  });
});

describe('keeping alive', () => {
  it('sends ka again and again, and ends after the longest time a connection may last', async () => {
    const quick = await startRealtime({ keepAliveMs: 20, maxAgeMs: 2_000 });
    const client = await Client.ready(quick);
    expect([await client.next(), await client.next()]).toEqual([{ type: 'ka' }, { type: 'ka' }]);
    await closed(client).toEqual({ code: 1000, reason: 'Connection is 24 hours old' });
    await quick.stop();
  });
});

describe('starting a subscription', () => {
  it('authenticates it by its own credentials and hands on what it asks for', async () => {
    const client = await Client.ready(server);
    client.start('1', 'onThing', { id: 'x' });
    expect(await client.next()).toEqual({ type: 'start_ack', id: '1' });
    const data = '{"query":"subscription { onThing { id } }","variables":{"id":"x"}}';
    expect(server.authenticated[1]).toEqual({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: 'good', host: 'x' },
      body: data,
      sourceIp: ['127.0.0.1'],
    });
    expect(server.started).toMatchObject([
      {
        query: 'subscription { onThing { id } }',
        variables: { id: 'x' },
        headers: { authorization: 'good' },
        caller: { mode: 'OPENID_CONNECT' },
      },
    ]);
  });

  const refusals: [string, (client: Client) => void, unknown][] = [
    [
      'an expired token',
      (client) => client.start('1', 'onThing', {}, 'expired'),
      { errorType: 'UnauthorizedException', message: 'Token has expired.' },
    ],
    [
      'a forged token',
      (client) => client.start('1', 'onThing', {}, 'forged'),
      { errorType: 'UnauthorizedException', message: 'Unauthorized' },
    ],
    [
      'no token',
      (client) => client.start('1', 'onThing', {}, null),
      { errorType: 'UnauthorizedException', message: 'Valid authorization header not provided.' },
    ],
    [
      'a resolver that says no',
      (client) => client.start('1', 'onDenied'),
      { errorType: 'Unauthorized', message: 'Not Authorized to access onDenied on type Subscription' },
    ],
    [
      'a query that is not valid',
      (client) => client.start('1', 'onInvalid'),
      { message: expect.stringContaining('UnknownArgument') as unknown },
    ],
    [
      'a filter beyond the limits',
      (client) =>
        client.start('1', 'onThing', {
          filter: {
            filterGroup: [{ filters: [{ fieldName: 'id', operator: 'in', value: ['1', '2', '3', '4', '5', '6'] }] }],
          },
        }),
      { message: 'subscription exceeds maximum value limit 5 for operator `in`.', errorCode: 400 },
    ],
    [
      'an operator that does not exist',
      (client) =>
        client.start('1', 'onThing', {
          filter: { filterGroup: [{ filters: [{ fieldName: 'id', operator: 'endsWith', value: 'x' }] }] },
        }),
      { message: expect.stringContaining('`endsWith`') as unknown, errorCode: 400 },
    ],
    [
      'a payload without data',
      (client) => client.send({ type: 'start', id: '1', payload: {} }),
      { errorType: 'UnsupportedOperation', message: 'unknown not supported through the realtime channel' },
    ],
  ];
  it.each(refusals)('is refused for %s; the connection goes on', async (_, send, error) => {
    const client = await Client.ready(server);
    send(client);
    expect(await client.next()).toEqual({ type: 'error', id: '1', payload: { errors: [error] } });
    expect(server.realtime.statistics().subscriptions).toBe(0);
    await client.subscribe('1', 'onThing');
  });

  it('is refused without an id, and so is what is no frame', async () => {
    const client = await Client.ready(server);
    const error = {
      type: 'error',
      id: '',
      payload: {
        errors: [{ errorType: 'UnsupportedOperation', message: 'unknown not supported through the realtime channel' }],
      },
    };
    client.start('', 'onThing');
    expect(await client.next()).toEqual(error);
    for (const text of ['', '{', 'null', '[]', '7', '{"type":"subscribe"}']) {
      client.send(text);
      expect(await client.next()).toEqual(error);
    }
    client.socket.send(Buffer.from('{"type":"connection_init"}'), { binary: true });
    expect(await client.next()).toEqual(error);
  });

  it('is refused for an id in use, also while that is being decided, and allowed once it is free', async () => {
    const client = await Client.ready(server);
    await client.subscribe('1', 'onThing');
    client.start('1', 'onThing');
    const duplicate = (id: string) => ({
      type: 'error',
      id,
      payload: { errors: [{ errorType: 'DuplicatedOperationError', message: `Duplicated operation with id ${id}` }] },
    });
    expect(await client.next()).toEqual(duplicate('1'));
    client.start('2', 'onThing', {}, 'slow-2');
    client.start('2', 'onThing');
    expect(await client.next()).toEqual(duplicate('2'));
    releases.get('slow-2')!();
    expect(await client.next()).toEqual({ type: 'start_ack', id: '2' });
    client.send({ type: 'stop', id: '1' });
    expect(await client.next()).toEqual({ type: 'complete', id: '1' });
    await client.subscribe('1', 'onThing');
  });

  it('is refused beyond 200 on a connection, not beyond 200 in all', async () => {
    const client = await Client.ready(server);
    for (let n = 0; n < 200; n += 1) client.start(String(n), 'onThing');
    for (let n = 0; n < 200; n += 1) expect((await client.next()).type).toBe('start_ack');
    client.start('200', 'onThing');
    expect(await client.next()).toEqual({
      type: 'error',
      id: '200',
      payload: {
        errors: [{ errorType: 'MaxSubscriptionsReachedError', message: 'Max number of 200 subscriptions reached' }],
      },
    });
    await (await Client.ready(server)).subscribe('1', 'onThing');
    client.send({ type: 'stop', id: '7' });
    expect((await client.next()).type).toBe('complete');
    await client.subscribe('200', 'onThing');
  });

  it('that fails on our side ends the connection', async () => {
    const client = await Client.ready(server);
    client.start('1', 'onBroken');
    await closed(client).toEqual({ code: 1011, reason: 'Internal error' });
    expect(server.lines.join()).toContain('startSubscription broke');
  });

  it('that is stopped before it is decided never begins', async () => {
    const client = await Client.ready(server);
    client.start('1', 'onThing', { id: 'a' }, 'slow-3');
    client.send({ type: 'stop', id: '1' });
    expect(await client.next()).toEqual({ type: 'complete', id: '1' });
    await client.subscribe('1', 'onThing', { id: 'b' });
    releases.get('slow-3')!();
    expect(await client.settled()).toEqual([]);
    publish('publishThing', { id: 'a' });
    publish('publishThing', { id: 'b' });
    await delivered();
    expect(await client.settled()).toEqual([{ type: 'data', id: '1', payload: { data: { onThing: { id: 'b' } } } }]);
  });
});

describe('stopping a subscription', () => {
  it('ends its data and leaves the others', async () => {
    const client = await Client.ready(server);
    await client.subscribe('1', 'onThing');
    await client.subscribe('2', 'onThing');
    client.send({ type: 'stop', id: '1' });
    expect(await client.next()).toEqual({ type: 'complete', id: '1' });
    publish('publishThing', { id: 'a' });
    await delivered();
    expect(await client.settled()).toEqual([{ type: 'data', id: '2', payload: { data: { onThing: { id: 'a' } } } }]);
  });

  it('that there is none of is an error', async () => {
    const client = await Client.ready(server);
    client.send({ type: 'stop', id: '9' });
    expect(await client.next()).toEqual({
      type: 'error',
      id: '9',
      payload: { errors: [{ errorType: 'UnknownOperationError', message: 'Unknown operation id 9' }] },
    });
  });
});

describe('data', () => {
  it('goes to the subscriptions of its mutation whose arguments and filters it meets, in order', async () => {
    const [one, two] = [await Client.ready(server), await Client.ready(server)];
    await one.subscribe('all', 'onThing');
    await one.subscribe('a', 'onThing', { id: 'a' });
    await one.subscribe('other', 'onOther');
    await two.subscribe('b', 'onThing', {
      filter: { filterGroup: [{ filters: [{ fieldName: 'id', operator: 'eq', value: 'b' }] }] },
    });
    for (const id of ['a', 'b', 'c']) publish('publishThing', { id });
    await delivered();
    const frames = (await one.settled()).map(({ type, id, payload }) => [type, id, payload]);
    const data = (id: string) => ({ data: { onThing: { id } } });
    expect(frames).toEqual([
      ['data', 'all', data('a')],
      ['data', 'a', data('a')],
      ['data', 'all', data('b')],
      ['data', 'all', data('c')],
    ]);
    expect(await two.settled()).toEqual([{ type: 'data', id: 'b', payload: data('b') }]);
    expect(server.realtime.statistics()).toEqual({ connections: 2, subscriptions: 4, delivered: 5, dropped: 0 });
  });

  it('is never sent within the call that publishes', async () => {
    const client = await Client.ready(server);
    await client.subscribe('1', 'onThing');
    publish('publishThing', { id: 'a', explode: true });
    expect(server.realtime.statistics().delivered).toBe(0);
    publish('publishThing', { id: 'b' });
    expect(server.realtime.statistics().delivered).toBe(0);
    await delivered();
    // A payload that cannot be selected is the log's matter, not the publisher's nor the next payload's.
    expect(server.lines.join()).toContain('selectForSubscriber broke');
    expect(await client.settled()).toEqual([{ type: 'data', id: '1', payload: { data: { onThing: { id: 'b' } } } }]);
  });

  it('over 240 KB is dropped as the service drops it, but not in silence', async () => {
    const client = await Client.ready(server);
    await client.subscribe('1', 'onThing');
    const envelope = Buffer.byteLength(JSON.stringify({ data: { onThing: { id: '' } } }));
    publish('publishThing', { id: 'x'.repeat(245_760 - envelope) });
    publish('publishThing', { id: 'x'.repeat(245_761 - envelope) });
    // Bytes count, not characters.
    publish('publishThing', { id: 'é'.repeat(130_000) });
    await delivered();
    expect((await client.settled()).map(({ type }) => type)).toEqual(['data']);
    expect(server.realtime.statistics()).toMatchObject({ delivered: 1, dropped: 2 });
    expect(server.lines.filter((line) => line.includes('PAYLOAD DROPPED'))).toHaveLength(2);
    expect(server.lines[0]).toContain('onThing: PAYLOAD DROPPED, 245761 bytes from publishThing');
  });

  it('that lacks what a subscription is filtered by is complained about once', async () => {
    const client = await Client.ready(server);
    await client.subscribe('1', 'onThing', { owner: 'a' });
    for (let n = 0; n < 3; n += 1) publish('publishThing', { id: 'x' });
    await delivered();
    expect(await client.settled()).toEqual([]);
    expect(server.lines).toEqual([
      "[appsync] onThing: argument owner is compared with a field that the mutation's selection set leaves out; nothing is delivered",
    ]);
  });

  it('that nobody reads cuts the reader off, not the others', async () => {
    const small = await startRealtime({ maxBufferedBytes: 500_000 });
    const [deaf, listening] = [await Client.ready(small), await Client.ready(small)];
    await deaf.subscribe('1', 'onThing');
    await listening.subscribe('1', 'onThing');
    deaf.socket.pause();
    const payload = 'x'.repeat(200_000);
    let sent = 0;
    await expect
      .poll(
        async () => {
          small.realtime.publish({ mutation: 'publishThing', typeName: 'Thing', value: { id: payload } });
          sent += 1;
          await listening.next();
          return small.realtime.statistics().connections;
        },
        { timeout: 20_000, interval: 1 },
      )
      .toBe(1);
    expect(small.lines.join()).toContain('does not read');
    expect(sent).toBeLessThan(200);
    await small.stop();
  });

  it('ends with the connection', async () => {
    const client = await Client.ready(server);
    await client.subscribe('1', 'onThing');
    client.socket.terminate();
    await expect.poll(() => server.realtime.statistics()).toMatchObject({ connections: 0, subscriptions: 0 });
    publish('publishThing', { id: 'a' });
    await delivered();
    expect(server.realtime.statistics().delivered).toBe(0);
  });
});

describe('stopping the endpoint', () => {
  it('closes every connection and takes no more', async () => {
    const client = await Client.ready(server);
    await server.realtime.stop();
    await closed(client).toEqual({ code: 1001, reason: 'Going away' });
    const late = Client.withToken(server, 'good');
    await closed(late).not.toBeNull();
  });

  it('does not wait for a client that never answers', async () => {
    const client = await Client.ready(server);
    client.socket.pause();
    await server.realtime.stop();
    await expect.poll(() => server.realtime.statistics().connections).toBe(0);
  });
});

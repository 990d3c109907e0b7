import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { parseFrame } from '../../../src/appsync/realtime/realtimeFrames.ts';
import { readHandshake } from '../../../src/appsync/realtime/realtimeHandshake.ts';

const data = JSON.stringify({ query: 'subscription { onX { id } }', variables: { a: 1 } });
const start = (payload: unknown, id: unknown = '1') => JSON.stringify({ type: 'start', id, payload });

describe('a frame from a client', () => {
  it('is read', () => {
    expect(parseFrame('{"type":"connection_init"}')).toEqual({ type: 'connection_init' });
    expect(parseFrame('{"type":"stop","id":"1"}')).toEqual({ type: 'stop', id: '1' });
    expect(
      parseFrame(
        start({ data, extensions: { authorization: { Authorization: 't', Host: 'h', 'X-Amz-Security-Token': null } } }),
      ),
    ).toEqual({
      type: 'start',
      id: '1',
      request: {
        data,
        query: 'subscription { onX { id } }',
        variables: { a: 1 },
        operationName: null,
        authorization: { authorization: 't', host: 'h' },
      },
    });
    expect(parseFrame(start({ data }))).toMatchObject({ type: 'start', request: { authorization: {} } });
  });

  it.each([
    ['', ''],
    ['{', ''],
    ['null', ''],
    ['[]', ''],
    ['"start"', ''],
    ['{"id":"1"}', '1'],
    ['{"type":"subscribe","id":"1"}', '1'],
    ['{"type":"stop"}', ''],
    ['{"type":"stop","id":""}', ''],
    [start({ data }, ''), ''],
    [start({ data }, 7), ''],
    [start(null), '1'],
    [start({}), '1'],
    [start({ data: JSON.parse(data) }), '1'],
    [start({ data: 'subscription { onX }' }), '1'],
    [start({ data: '{}' }), '1'],
    [start({ data: '{"query":1}' }), '1'],
    [start({ data: '{"query":"q","variables":[]}' }), '1'],
    [start({ data: '{"query":"q","operationName":{}}' }), '1'],
    [start({ data, extensions: { authorization: 't' } }), '1'],
    [start({ data, extensions: { authorization: { authorization: ['a', 'b'] } } }), '1'],
  ])('%s is malformed', (text, id) => expect(parseFrame(text)).toEqual({ malformed: id }));
});

describe('a handshake', () => {
  const host = '127.0.0.1:4000';
  const read = (url: string, headers: Record<string, string>) =>
    readHandshake(
      { url, headers: { host, ...headers }, socket: { remoteAddress: '127.0.0.1' } } as unknown as IncomingMessage,
      [host],
    );
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const header = { Authorization: 'token?>~', host };
  const query = (value: unknown, payload: unknown = {}) =>
    `/graphql/realtime?header=${encodeURIComponent(json(value).toString('base64'))}&payload=${encodeURIComponent(json(payload).toString('base64'))}`;
  const expected = { ok: true, headers: { authorization: 'token?>~', host }, sourceIp: ['127.0.0.1'] };
  const protocol = { 'sec-websocket-protocol': 'graphql-ws' };

  it('finds the credentials wherever they are', () => {
    expect(read(query(header), protocol)).toEqual(expected);
    // Not escaped: base64's plus signs arrive as they are.
    expect(read(`/graphql/realtime?header=${json(header).toString('base64')}&payload=e30=`, protocol)).toEqual(
      expected,
    );
    expect(
      read('/graphql/realtime', {
        'sec-websocket-protocol': `graphql-ws, header-${json(header).toString('base64url')}`,
      }),
    ).toEqual(expected);
    expect(
      read('/graphql/realtime', {
        'sec-websocket-protocol': `header-${json(header).toString('base64url')},graphql-ws`,
      }),
    ).toEqual(expected);
    expect(read('/graphql/realtime', { ...protocol, authorization: 'token?>~', cookie: 'c=1' })).toMatchObject({
      ok: true,
      headers: { authorization: 'token?>~', host },
    });
  });

  it('prefers the subprotocol, and knows who forwarded it', () => {
    const answer = read(query({ ...header, Authorization: 'other' }), {
      'sec-websocket-protocol': `graphql-ws, header-${json(header).toString('base64url')}`,
      'x-forwarded-for': '9.9.9.9, 8.8.8.8',
    });
    expect(answer).toEqual({ ...expected, sourceIp: ['9.9.9.9', '8.8.8.8', '127.0.0.1'] });
  });

  it.each([
    ['no protocol', read('/graphql/realtime', {}), 'NoProtocolError'],
    [
      'another protocol',
      read(query(header), { 'sec-websocket-protocol': 'graphql-transport-ws' }),
      'SubProtocolNotSupportedError',
    ],
    ['a header without payload', read(query(header).split('&')[0]!, protocol), 'no payload'],
    ['a payload that is no object', read(query(header, 'x'), protocol), 'no payload'],
    ['a header that is no base64', read('/graphql/realtime?header=%%%&payload=e30=', protocol), 'base64'],
    ['a header that is no JSON', read('/graphql/realtime?header=AAAA&payload=e30=', protocol), 'base64'],
    ['a header that is a list', read(query(['x']), protocol), 'base64'],
    ['a header with numbers', read(query({ ...header, x: 1 }), protocol), 'base64'],
    ['a header without host', read(query({ Authorization: 'token' }), protocol), 'names no host'],
    [
      'a header for another host',
      read(query({ ...header, host: 'x.appsync-realtime-api.us-east-1.amazonaws.com' }), protocol),
      `not the GraphQL endpoint's ${host}`,
    ],
  ])('with %s is refused', (_, answer, message) => {
    expect(answer).toMatchObject({ ok: false, error: { message: expect.stringContaining(message), errorCode: 400 } });
  });
});

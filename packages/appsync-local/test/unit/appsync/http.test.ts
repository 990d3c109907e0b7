import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpHandler } from '../../../src/appsync/http/httpHandler.ts';
import { answering, oidcCaller, requestBody, startApi } from './fixture.ts';

const { executor } = startApi({
  schema:
    'type Query { text(value: String): String  broken: String  headers: AWSJSON } type Mutation { change: String }',
  units: {
    'Query.text': answering("ctx.args.value ?? 'hello'"),
    'Query.broken': requestBody(
      "util.http.addResponseHeaders({ 'x-own': 'yes', 'Content-Type': 'text/html' }); util.error('bad', 'BAD');",
    ),
    'Query.headers': answering('ctx.request.headers'),
    'Mutation.change': answering("'changed'"),
  },
});
const handle = createHttpHandler({
  executor,
  authenticate: async ({ headers }) =>
    headers.authorization === 'token'
      ? { ok: true, caller: oidcCaller }
      : {
          ok: false,
          status: 401,
          errorType: 'UnauthorizedException',
          message: 'Valid authorization header not provided.',
        },
});
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((req, res) => void handle(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
});
afterAll(() => void server.close());

const post = (
  body: string | Uint8Array<ArrayBuffer> | undefined,
  headers: Record<string, string> = { authorization: 'token' },
) => fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

describe('/graphql', () => {
  it('answers queries', async () => {
    const response = await post(
      JSON.stringify({
        query: 'query q($value: String) { text(value: $value) }',
        variables: { value: 'ü' },
        operationName: 'q',
      }),
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json;charset=UTF-8');
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.text()).toBe('{"data":{"text":"ü"}}');
  });

  it('answers queries by GET, but no mutations', async () => {
    const get = (query: string, more = '') =>
      fetch(`${url}?query=${encodeURIComponent(query)}${more}`, { headers: { authorization: 'token' } });
    expect(
      await (
        await get('query q($v: String) { text(value: $v) }', `&variables=${encodeURIComponent('{"v":"x"}')}`)
      ).json(),
    ).toEqual({ data: { text: 'x' } });
    expect((await get('mutation { change }')).status).toBe(400);
  });

  const malformed = (message: string) => ({ errors: [{ message, errorType: 'MalformedHttpRequestException' }] });
  it.each<[string, string | Uint8Array<ArrayBuffer> | undefined, unknown]>([
    ['an empty body', undefined, malformed('Request body is empty.')],
    ['no JSON', '{', malformed('Unable to parse GraphQL query.')],
    ['an empty object', '{}', malformed('Unable to parse GraphQL query.')],
    ['a batch', '[{"query":"{ text }"}]', malformed('Unable to parse GraphQL query.')],
    ['a query that is no text', '{"query":1}', malformed('Unable to parse GraphQL query.')],
    [
      'variables that are no object',
      '{"query":"{ text }","variables":[1]}',
      malformed('Unable to parse GraphQL query.'),
    ],
    ['a query that does not parse', '{"query":"{ text"}', malformed('Unable to parse GraphQL query.')],
    [
      'invalid UTF-8',
      new Uint8Array([...Buffer.from('{"query":"{ text(value: \\"'), 0xff, 0xfe, ...Buffer.from('\\") }"}')]),
      malformed('Unable to parse GraphQL query.'),
    ],
    [
      'a body of 2 MB',
      `{"query":"{ text }","variables":{"a":"${'x'.repeat(2 * 1024 * 1024)}"}}`,
      malformed('The request body is larger than 1048576 bytes.'),
    ],
    [
      'several operations without a name',
      '{"query":"query a { text } query b { text }"}',
      { errors: [{ message: 'Missing operation name.', errorType: 'BadRequestException' }] },
    ],
    [
      'deep nesting',
      `{"query":"{ text }","variables":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
      expect.anything(),
    ],
  ])('refuses %s', async (name, body, expected) => {
    const response = await post(body);
    if (name !== 'deep nesting') expect(response.status).toBe(400);
    expect(await response.json()).toEqual(expected);
    expect((await post('{"query":"{ text }"}')).status).toBe(200);
  });

  it('refuses callers with 401 before it reads what they ask', async () => {
    const response = await post('{', {});
    expect(response.status).toBe(401);
    expect(response.headers.get('x-amzn-errortype')).toBe('UnauthorizedException');
    expect(await response.text()).toBe(
      '{\n  "errors": [\n    {\n      "errorType": "UnauthorizedException",\n      "message": "Valid authorization header not provided."\n    }\n  ]\n}',
    );
  });

  it('gives an invalid query and a failed field status 200', async () => {
    const invalid = await post('{"query":"{ nothing }"}');
    expect([invalid.status, ((await invalid.json()) as { data: unknown }).data]).toEqual([200, null]);
    const failed = await post('{"query":"{ broken }"}');
    expect(failed.status).toBe(200);
    expect(await failed.json()).toMatchObject({
      data: { broken: null },
      errors: [{ errorType: 'ResponseHeaderError' }, { errorType: 'BAD' }],
    });
    expect([failed.headers.get('x-own'), failed.headers.get('content-type')]).toEqual([
      'yes',
      'application/json;charset=UTF-8',
    ]);
  });

  it('lets browsers ask first', async () => {
    const response = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
  });

  it('hands headers on, but no cookies', async () => {
    const response = await post('{"query":"{ headers }"}', { authorization: 'token', cookie: 'a=b', 'x-mine': '1' });
    const seen = JSON.parse(((await response.json()) as { data: { headers: string } }).data.headers) as Record<
      string,
      string
    >;
    expect(seen).toMatchObject({ 'x-mine': '1' });
    expect(seen).not.toHaveProperty('cookie');
  });

  it('does not overlook a second Authorization header', async () => {
    const { port } = server.address() as AddressInfo;
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.end(
          'POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: token\r\nAuthorization: other\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
        ),
      );
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1.1 401/);
  });

  it('outlives a client that goes away', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{', () => socket.destroy()),
      );
      socket.on('close', () => resolve());
    });
    expect((await post('{"query":"{ text }"}')).status).toBe(200);
  });
});

import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Client, tokenOf, unique } from '../support/clients/client.ts';
import { Live } from './live.ts';
import { type OwnStack, startOwnStack } from './ownStack.ts';
import { type Credentials, graphql, type Reply, send, sign } from './requests.ts';

let stack: OwnStack;
let url: string;
let root: Client;
let authorization: string;
let userAuthorization: string;
let before: Awaited<ReturnType<OwnStack['contents']>>;
let alreadyPolluted: string[];

const inherited = () => Object.getOwnPropertyNames(Object.prototype).sort();

beforeAll(async () => {
  stack = await startOwnStack();
  url = stack.outputs.GraphQLUrl;
  authorization = await tokenOf(stack.stateDir, 'admin', 'auth0|admin');
  userAuthorization = await tokenOf(stack.stateDir, 'user', 'auth0|alice');
  root = new Client(stack.outputs, authorization, 'auth0|admin');
  await root.apply('createGroup', { name: 'A group', description: 'That is there' });
  await new Client(stack.outputs, userAuthorization, 'auth0|alice').run('signUp', {
    firstName: 'Alice',
    lastName: 'Archer',
    birthDate: '1990-01-01',
    email: 'alice@example.com',
  });
  await stack.settled();
  before = await stack.contents();
  alreadyPolluted = inherited();
});
afterAll(() => stack.stop());

afterEach(async () => {
  // The stack runs in this very process: it is alive, serves as before, and its objects are what they were.
  expect((await graphql(url, { authorization }, '{ groups { items { name } } }')).body).toEqual({
    data: { groups: { items: [{ name: 'A group' }] } },
  });
  expect(inherited()).toEqual(alreadyPolluted);
});

/** Refused as a request: with status 400, the reason in words, and nothing else. */
const expectRefused = (reply: Reply, message: string | RegExp = 'Unable to parse GraphQL query.'): void => {
  expect({ status: reply.status, body: reply.body }).toEqual({
    status: 400,
    body: {
      errors: [
        {
          errorType: 'MalformedHttpRequestException',
          message: typeof message === 'string' ? message : expect.stringMatching(message),
        },
      ],
    },
  });
  expect(reply.headers['x-amzn-errortype']).toBe('MalformedHttpRequestException');
};

/** Refused as an operation: answered, but without data. */
const expectInvalid = (reply: Reply, message: RegExp): void => {
  expect([reply.status, reply.body.data]).toEqual([200, null]);
  expect(reply.body.errors.length).toBeGreaterThan(0);
  for (const error of reply.body.errors) expect(error.message).toMatch(message);
  expect(reply.text.length).toBeLessThan(20_000);
};

const ask = (query: string, variables?: Record<string, unknown>) => graphql(url, { authorization }, query, variables);
/** As written: what `JSON.stringify` would tidy up. */
const askJson = (json: string | Buffer) => send(url, { headers: { authorization }, body: json });
const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

const createGroup = 'mutation($input: CreateGroupInput!) { createGroup(input: $input) { commandId } }';
const correct =
  'mutation($payload: AWSJSON!) { correctEvent(input: { aggregate: USER, aggregateId: "alice", version: 1, payload: $payload }) { commandId } }';

describe('too much', () => {
  it('a body of 2 MB, with and without a token', async () => {
    const body = JSON.stringify({
      query: createGroup,
      variables: { input: { name: unique('big'), description: 'x'.repeat(2 * 1024 * 1024) } },
    });
    expectRefused(await askJson(body), /larger than 1048576 bytes/);
    expect((await send(url, { body })).status).toBeGreaterThanOrEqual(400);
  });

  it('a name of nearly 1 MB', async () => {
    const { body } = await ask(createGroup, { input: { name: 'x'.repeat(900_000), description: 'd' } });
    expect(body).toMatchObject({ data: null, errors: [{ errorType: 'INVALID', errorInfo: { field: 'name' } }] });
  });

  it('a compressed body, which is not unpacked', async () => {
    const bomb = gzipSync(JSON.stringify({ query: '{ me { id } }', variables: { x: ' '.repeat(20_000_000) } }));
    expectRefused(await send(url, { headers: { authorization, 'content-encoding': 'gzip' }, body: bomb }));
  });

  it('10,000 aliases', async () => {
    for (const field of ['__typename', 'me { id }', 'users { items { id } }'])
      expectRefused(await ask(`{ ${times(10_000, (index) => `a${index}: ${field}`)} }`), /more than 15000 tokens/);
    const input = '(input: { name: "n", description: "d" }) { commandId }';
    expectRefused(
      await ask(`mutation { ${times(10_000, (index) => `a${index}: createGroup${input}`)} }`),
      /more than 15000 tokens/,
    );
    expectRefused(
      await ask(`query(${times(10_000, (index) => `$a${index}: ID`)}) { me { id } }`),
      /more than 15000 tokens/,
    );
  });

  it('as many aliases as the tokens allow, of which 100 are resolved', async () => {
    const { status, body } = await graphql(
      url,
      { authorization: userAuthorization },
      `{ ${times(2_400, (index) => `a${index}: me { id }`)} }`,
    );
    expect(status).toBe(200);
    expect(Object.values(body.data).filter((value) => value !== null)).toHaveLength(100);
    expect(body.errors).toHaveLength(2_300);
    for (const error of body.errors) expect(error.errorType).toBe('ResolverExecutionLimitReached');
  });

  it('one field many times', async () => {
    expectInvalid(await ask(`{ me { ${times(5_000, () => 'id')} } }`), /Validation aborted/);
  });

  it('headers of 100 KB', async () => {
    const reply = await send(url, {
      headers: { authorization, 'x-filler': 'x'.repeat(100_000) },
      body: '{"query":"{ me { id } }"}',
    }).catch(() => null);
    expect(reply?.status ?? 431).toBe(431);
  });

  it('a frame of 2 MB on a connection, which ends it', async () => {
    const live = await Live.open(stack.outputs, { Authorization: authorization });
    void live
      .start('1', `subscription { onProjectionUpdated { aggregateId } } # ${'x'.repeat(2 * 1024 * 1024)}`, {
        Authorization: authorization,
      })
      .catch(() => undefined);
    await expect.poll(() => live.closed?.code, { timeout: 5_000 }).toBe(1009);
  });
});

describe('too deep', () => {
  const nest = (depth: number, open: string, inner: string, close: string) =>
    `${open.repeat(depth)}${inner}${close.repeat(depth)}`;

  it('a selection of depth 50', async () => {
    expectInvalid(
      await ask(`{ __schema { queryType ${nest(50, '{ ofType ', '{ name }', '}')} } }`),
      /deeper than the limit of 16/,
    );
    expectInvalid(
      await ask(
        `{ ...F } fragment F on Query { __type(name: "User") { ...G } } fragment G on __Type ${nest(50, '{ ofType ', '{ name }', '}')}`,
      ),
      /deeper than the limit of 16/,
    );
    expectInvalid(await ask(`{ me ${nest(50, '{ role ', '{ id }', '}')} }`), /Cannot query field/);
    expectInvalid(await ask(`{ __schema { types ${nest(7, '{ fields { type ', '{ name }', '} }')} } }`), /depth/);
  });

  it('a document of thousands of levels', async () => {
    const documents = [
      `{ me ${nest(4_000, '{ ... on User ', '{ id }', '}')} }`,
      `mutation { createRole(input: { name: "n", description: "d", authorizationIds: ${nest(6_000, '[', '', ']')} }) { commandId } }`,
      `query($x: ${nest(6_000, '[', 'ID', ']')}) { me { id } }`,
      `{ role(id: ${nest(3_000, '{ a: ', '1', '}')}) { id } }`,
    ];
    for (const document of documents) {
      const { status, body } = await ask(document);
      // Whether it can be parsed at all is a matter of the stack's size.
      expect([200, 400]).toContain(status);
      expect([body.data ?? null, body.errors.length]).toEqual([null, 1]);
      expect(body.errors[0].message).toMatch(/Unable to parse|Validation error/);
    }
  });

  it('fragments that unfold without end, or go in circles', async () => {
    const chain = times(400, (index) => `fragment F${index} on User { ...F${index + 1} ...F${index + 1} }`);
    expect((await ask(`{ me { ...F0 } } ${chain} fragment F400 on User { id }`)).body).toEqual({ data: { me: null } });
    expectInvalid(await ask('{ me { ...A } } fragment A on User { ...B } fragment B on User { ...A }'), /./);
  });

  it('inputs', async () => {
    const list = nest(10_000, '[', '', ']');
    const object = nest(10_000, '{"a":', '1', '}');
    for (const value of [list, object]) {
      expectInvalid(
        await askJson(
          `{"query":${JSON.stringify(createGroup)},"variables":{"input":{"name":${value},"description":"d"}}}`,
        ),
        /Variable 'input'/,
      );
      expectInvalid(
        await askJson(`{"query":${JSON.stringify(createGroup)},"variables":{"input":${value}}}`),
        /Variable 'input'/,
      );
      expectInvalid(await ask(correct, { payload: value }), /must not nest deeper than 1000 levels/);
    }
    const ids =
      'mutation($ids: [ID!]!) { createRole(input: { name: "n", description: "d", authorizationIds: $ids }) { commandId } }';
    expectInvalid(await askJson(`{"query":${JSON.stringify(ids)},"variables":{"ids":${list}}}`), /Variable 'ids'/);
  });
});

describe('what is ambiguous or no text', () => {
  it('the same key twice in an input, an argument, an operation', async () => {
    expectInvalid(
      await ask('mutation { createGroup(input: { name: "one", name: "two", description: "d" }) { commandId } }'),
      /only one input field/,
    );
    expectInvalid(await ask('{ role(id: "a", id: "b") { id } }'), /only one argument/);
    expectInvalid(await ask('query($id: ID!, $id: ID!) { role(id: $id) { id } }'), /only one variable/);
    expectInvalid(await ask('query a { me { id } } query a { users { items { id } } }'), /only one operation/);
    expectInvalid(
      await ask('{ me { ...F } } fragment F on User { id } fragment F on User { email }'),
      /only one fragment/,
    );
    expectInvalid(await ask('{ x: me { id } x: role(id: "a") { id } }'), /conflict/);
  });

  it('the same key twice in JSON, of which the last counts for the check and for the effect', async () => {
    const bad = '{"name":"fine","description":"d","name":""}';
    const variables = await askJson(`{"query":${JSON.stringify(createGroup)},"variables":{"input":${bad}}}`);
    expect(variables.body).toMatchObject({
      data: null,
      errors: [{ errorType: 'INVALID', errorInfo: { field: 'name' } }],
    });
    const twice = await askJson(
      `{"query":"{ users { items { id } } }","query":"{ me { id } }","variables":{"input":1},"variables":{}}`,
    );
    expect(twice.body).toEqual({ data: { me: null } });
    const payload = await ask(correct, { payload: '{"firstName":"Al","firstName":"Al","nickname":"x"}' });
    expect(payload.body).toMatchObject({
      data: null,
      errors: [{ errorType: 'INVALID', errorInfo: { field: 'payload.nickname' } }],
    });
  });

  it('bytes that are no UTF-8', async () => {
    const [start, end] = JSON.stringify({
      query: createGroup,
      variables: { input: { name: 'n|', description: 'd' } },
    }).split('|') as [string, string];
    for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80]])
      expectRefused(await askJson(Buffer.concat([Buffer.from(start), Buffer.from(bytes), Buffer.from(end)])));
    expectRefused(await askJson(Buffer.from(JSON.stringify({ query: '{ me { id } }' }), 'utf16le')));
    expectRefused(await askJson(Buffer.from([0x1f, 0x8b, 0x00, 0xff])));
  });

  it('control characters in JSON escapes', async () => {
    for (const name of ['\\u0000', 'a\\u0007b', 'a\\nb']) {
      const reply = await askJson(
        `{"query":${JSON.stringify(createGroup)},"variables":{"input":{"name":"${name}","description":"d"}}}`,
      );
      expect(reply.body).toMatchObject({
        data: null,
        errors: [{ errorType: 'INVALID', errorInfo: { field: 'name' } }],
      });
    }
  });

  it('half a character in JSON escapes', async () => {
    const alice = String.raw`{\"firstName\":\"Al\\ud83d\",\"lastName\":\"Archer\",\"birthDate\":\"1990-01-01\",\"email\":\"alice@example.com\"}`;
    const halves = [
      [createGroup, 'name', String.raw`"input":{"name":"\ud800","description":"d"}`],
      [createGroup, 'name', String.raw`"input":{"name":"a \udc00\ud800 b","description":"d"}`],
      [createGroup, 'description', String.raw`"input":{"name":"n","description":"d\udfff"}`],
      [correct, 'payload.firstName', `"payload":"${alice}"`],
    ] as const;
    for (const [query, field, variables] of halves) {
      const reply = await askJson(`{"query":${JSON.stringify(query)},"variables":{${variables}}}`);
      expect(reply.body).toMatchObject({
        data: null,
        errors: [{ errorType: 'INVALID', errorInfo: { field, rule: expect.stringContaining('well-formed') } }],
      });
    }
  });

  it('bodies that are no request', async () => {
    for (const body of [
      '{',
      '[]',
      '"query"',
      'null',
      '42',
      '{}',
      '{"query":null}',
      '{"query":""}',
      '{"query":["{ me { id } }"]}',
      '{"query":{"a":1}}',
      '{"query":"{ me { id } }","variables":[]}',
      '{"query":"{ me { id } }","variables":"{}"}',
      '{"query":"{ me { id } }","operationName":{}}',
      'query=%7Bme%7Bid%7D%7D',
      '<xml/>',
    ]) {
      expectRefused(await askJson(body));
    }
    expectRefused(await askJson(''), 'Request body is empty.');
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      expect((await send(url, { method, headers: { authorization }, body: '{"query":"{ me { id } }"}' })).status).toBe(
        405,
      );
    expect(
      (
        await send(
          `${url}?query=${encodeURIComponent('mutation { createGroup(input: { name: "n", description: "d" }) { commandId } }')}`,
          { method: 'GET', headers: { authorization } },
        )
      ).status,
    ).toBe(400);
  });
});

describe('keys that mean something to JavaScript', () => {
  const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];

  it.each(keys)('%s in an input', async (key) => {
    const input = (value: string) => `{"name":"n","description":"d","${key}":${value}}`;
    for (const value of ['{"isAdmin":true}', '{"prototype":{"isAdmin":true}}', '"x"', 'null']) {
      expectInvalid(
        await askJson(`{"query":${JSON.stringify(createGroup)},"variables":{"input":${input(value)}}}`),
        new RegExp(`Variable 'input'.*${key}`),
      );
    }
    expectInvalid(
      await ask(
        `mutation { createGroup(input: { name: "n", description: "d", ${key}: { isAdmin: true } }) { commandId } }`,
      ),
      new RegExp(key),
    );
    expectInvalid(
      await askJson(
        `{"query":${JSON.stringify(createGroup)},"variables":{"input":{"${key}":{"name":"n","description":"d"}}}}`,
      ),
      /Variable 'input'/,
    );
    expectInvalid(
      await askJson(
        `{"query":${JSON.stringify(createGroup)},"variables":{"${key}":{"input":{"name":"n","description":"d"}}}}`,
      ),
      /Variable 'input'/,
    );
  });

  it.each(keys)('%s in JSON within an input', async (key) => {
    const reply = await ask(correct, { payload: `{"firstName":"Al","${key}":{"isAdmin":true}}` });
    expect(reply.body).toMatchObject({
      data: null,
      errors: [{ errorType: 'INVALID', errorInfo: { field: `payload.${key}` } }],
    });
  });

  it.each(keys)('%s as the name of what GraphQL lets one name', async (key) => {
    const reply = await ask(
      `query ${key}($${key}: Boolean = true) { ${key}: me @include(if: $${key}) { ...${key} } g: groups { ${key}: items { ${key}: name } } } fragment ${key} on User { id }`,
      {},
    );
    expect(reply.body).toEqual(JSON.parse(`{"data":{"${key}":null,"g":{"${key}":[{"${key}":"A group"}]}}}`));
    expectInvalid(await ask(`{ ${key} }`), new RegExp(key));
    expectInvalid(await ask(`{ me(${key}: 1) { id } }`), new RegExp(key));
    expect(
      (await askJson(`{"query":"query a { me { id } } query b { me { id } }","operationName":"${key}"}`)).status,
    ).toBe(400);
  });

  it.each(keys)('%s as an id, which is nobody’s', async (key) => {
    for (const field of ['user', 'role', 'group'])
      expect((await ask(`query($id: ID!) { ${field}(id: $id) { id } }`, { id: key })).body).toEqual({
        data: { [field]: null },
      });
    expect(
      (await ask('query($id: ID!) { events(aggregate: USER, aggregateId: $id) { items { type } } }', { id: key })).body,
    ).toEqual({ data: { events: { items: [] } } });
  });

  it('in what only the system may publish', async () => {
    const { roleArn } = stack.model.functions.find(({ name }) => name.endsWith('-execute'))!;
    const heard = await Live.open(stack.outputs, { Authorization: authorization });
    await heard.start('1', 'subscription { onProjectionUpdated { __typename aggregate aggregateId version change } }', {
      Authorization: authorization,
    });
    const update = `{"aggregate":"GROUP","aggregateId":"${randomUUID()}","version":1,"change":"UPDATED","__proto__":{"group":{"id":"x"}},"constructor":{}}`;
    const body = JSON.stringify({
      query:
        'mutation($update: AWSJSON!) { publishProjectionUpdate(update: $update) { __typename constructor: aggregate aggregate aggregateId version change group { id } } }',
      variables: { update },
    });
    const reply = await send(url, { body, headers: sign(url, body, stack.iam.credentialsFor(roleArn) as Credentials) });
    expect(reply.body.errors).toBeUndefined();
    await expect.poll(async () => (await heard.heard()).length, { timeout: 5_000 }).toBe(1);
    const [frame] = await heard.heard();
    expect(frame).toMatchObject({ payload: { data: { onProjectionUpdated: { aggregate: 'GROUP', version: 1 } } } });
    heard.close();
  });
});

it('nothing of all this is in any table or queue', async () => {
  await stack.settled();
  expect(await stack.contents()).toEqual(before);
});

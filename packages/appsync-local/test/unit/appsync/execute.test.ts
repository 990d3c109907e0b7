import { describe, expect, it } from 'vitest';
import { answering, apiArn, iamCaller, importLine, requestBody, startApi } from './fixture.ts';

const schemaText = `
type Query { item(id: ID, tag: String, deep: Int = 3): Item  items: [Item!]  strict: Strict  json: AWSJSON  text: String  node: Node  fail: Int  limited: Int }
type Mutation { change(id: ID): Item  add(n: Int): Int! }
type Item @aws_oidc @aws_iam { id: ID  name: String  child: Item  list: [Int]  data: AWSJSON }
type Strict { id: ID!  inner: Inner! }
type Inner { value: String! }
interface Node { id: ID }
type A implements Node { id: ID  a: Int }
`;

const api = (units: Record<string, string>, pipelines: Record<string, string[]> = {}, more = {}) =>
  startApi({ schema: schemaText, units, pipelines, more });
const location = (line: number, column: number) => [{ line, column, sourceName: null }];

describe('a resolved field', () => {
  it('comes from its resolver, what is below from its properties', async () => {
    const { run } = api({
      'Query.item': answering("{ id: ctx.args.id, child: { id: 'c', list: [1, null] }, unknown: 1 }"),
    });
    expect(await run('{ item(id: "a") { __typename id name renamed: child { id list } } }')).toEqual({
      data: { item: { __typename: 'Item', id: 'a', name: null, renamed: { id: 'c', list: [1, null] } } },
    });
  });

  it('without a resolver or property is null', async () =>
    expect(await api({}).run('{ item { id } text }')).toEqual({ data: { item: null, text: null } }));

  it('below another sees it as ctx.source', async () => {
    const { run } = api({
      'Query.item': answering("{ id: 'a', secret: 1 }"),
      'Item.name': answering('`${ctx.source.id} ${ctx.source.secret} ${ctx.info.parentTypeName}`'),
    });
    expect(await run('{ item { name } }')).toEqual({ data: { item: { name: 'a 1 Item' } } });
  });

  it('sees ctx without source at the root', async () =>
    expect(await api({ 'Query.text': answering('`${typeof ctx.source} ${typeof ctx.prev}`') }).run('{ text }')).toEqual(
      { data: { text: 'undefined undefined' } },
    ));

  it('gets an omitted variable as null, an omitted argument not at all, and defaults', async () => {
    const { run } = api({ 'Query.item': answering('{ data: ctx.args }') });
    const dataOf = async (query: string, variables?: Record<string, unknown>) => {
      const { data } = await run(query, { variables });
      return JSON.parse((data?.item as { data: string }).data) as unknown;
    };
    expect(await dataOf('query($id: ID, $tag: String) { item(id: $id, tag: $tag) { data } }', { tag: 't' })).toEqual({
      id: null,
      tag: 't',
      deep: 3,
    });
    expect(await dataOf('{ item { data } }')).toEqual({ deep: 3 });
    expect(await dataOf('{ item(id: null, deep: 1) { data } }')).toEqual({ id: null, deep: 1 });
  });

  it('knows the selection, fragments expanded', async () => {
    const { run } = api({
      'Query.item': answering('{ data: [ctx.info.selectionSetList, ctx.info.selectionSetGraphQL] }'),
    });
    const { data } = await run(
      'query { item { data other: child { ...f id @skip(if: true) } } } fragment f on Item { name child { id } }',
    );
    const [list, graphql] = JSON.parse((data?.item as { data: string }).data) as [string[], string];
    expect(list).toEqual(['data', 'other', 'other/name', 'other/child', 'other/child/id']);
    expect(graphql).toContain('...f');
  });

  it('may be of an interface, by __typename', async () => {
    expect(
      await api({ 'Query.node': answering("{ __typename: 'A', id: 'x', a: 1 }") }).run(
        '{ node { id ... on A { a } } }',
      ),
    ).toEqual({ data: { node: { id: 'x', a: 1 } } });
  });

  it('gets headers, identity and environment', async () => {
    const { run } = api({
      'Query.json': answering(
        '[ctx.identity.sub, ctx.identity.issuer, ctx.request.headers["x-a"], ctx.env.STAGE, util.authType()]',
      ),
    });
    expect(await run('{ json }', { headers: { 'x-a': 'b' } })).toEqual({
      data: { json: '["alice","https://issuer/","b","test","Open ID Connect Authorization"]' },
    });
    const iam = startApi({
      schema: 'type Query { json: AWSJSON @aws_iam }',
      units: { 'Query.json': answering('[ctx.identity.userArn, util.authType()]') },
    });
    expect(await iam.run('{ json }', { caller: iamCaller })).toEqual({
      data: { json: '["arn:aws:iam::000000000000:role/publisher","IAM Authorization"]' },
    });
  });
});

describe('pipelines', () => {
  const step = (request: string, response: string) =>
    `${importLine}export function request(ctx) { ${request} }\nexport function response(ctx) { ${response} }`;
  const outer = step(
    'ctx.stash.trace = ["before"]; return { n: 1 };',
    'return { data: { trace: ctx.stash.trace, result: ctx.result, prev: ctx.prev.result } };',
  );
  const dataOf = async (...functions: string[]) => {
    const { data, errors } = await api({}, { 'Query.item': [outer, ...functions] }).run('{ item { data } }');
    expect(errors).toBeUndefined();
    return JSON.parse((data?.item as { data: string }).data) as unknown;
  };
  const plain = step(
    'ctx.stash.trace.push("f"); return { payload: ctx.prev.result };',
    'return { n: ctx.result.n + 1 };',
  );

  it('pass results and the stash from step to step', async () =>
    expect(await dataOf(plain, plain)).toEqual({ trace: ['before', 'f', 'f'], result: { n: 3 }, prev: { n: 3 } }));

  it('go on with the value of an early return in a function', async () => {
    expect(await dataOf(step('runtime.earlyReturn({ n: 10 });', 'return util.error("not run");'), plain)).toEqual({
      trace: ['before', 'f'],
      result: { n: 11 },
      prev: { n: 11 },
    });
  });

  it('skip the rest on an early return with END', async () => {
    expect(await dataOf(step("runtime.earlyReturn({ n: 10 }, { skipTo: 'END' });", 'return 1;'), plain)).toEqual({
      trace: ['before'],
      result: { n: 10 },
      prev: { n: 10 },
    });
  });

  it('skip the functions when the resolver itself returns early', async () => {
    const early = step(
      'ctx.stash.trace = []; runtime.earlyReturn({ n: 5 });',
      'return { data: { trace: ctx.stash.trace, result: ctx.result } };',
    );
    const { data } = await api({}, { 'Query.item': [early, plain] }).run('{ item { data } }');
    expect(data).toEqual({ item: { data: '{"trace":[],"result":{"n":5}}' } });
  });

  it('an early return of a unit resolver is the value', async () => {
    expect(await api({ 'Query.text': requestBody("runtime.earlyReturn('early');") }).run('{ text }')).toEqual({
      data: { text: 'early' },
    });
  });
});

describe('errors', () => {
  it('have six keys in order', async () => {
    const { run } = api({
      'Query.item': requestBody("util.error('Gone', 'NOT_FOUND', { id: 1, name: 'n', secret: true }, { hint: 1 });"),
    });
    const result = await run('{\n  found: item { id }\n}');
    expect(result).toEqual({
      data: { found: null },
      errors: [
        {
          path: ['found'],
          data: { id: 1 },
          errorType: 'NOT_FOUND',
          errorInfo: { hint: 1 },
          locations: location(2, 3),
          message: 'Gone',
        },
      ],
    });
    expect(Object.keys(result.errors?.[0] ?? {})).toEqual([
      'path',
      'data',
      'errorType',
      'errorInfo',
      'locations',
      'message',
    ]);
  });

  it('that are appended leave the value', async () => {
    expect(
      await api({ 'Query.text': requestBody("util.appendError('careful', 'WARN'); return { payload: 'fine' };") }).run(
        '{ text }',
      ),
    ).toEqual({
      data: { text: 'fine' },
      errors: [
        {
          path: ['text'],
          data: null,
          errorType: 'WARN',
          errorInfo: null,
          locations: location(1, 3),
          message: 'careful',
        },
      ],
    });
  });

  it('of util.unauthorized read as those of directives', async () => {
    expect(await api({ 'Query.text': requestBody('util.unauthorized();') }).run('{ text }')).toEqual({
      data: { text: null },
      errors: [
        {
          path: ['text'],
          data: null,
          errorType: 'Unauthorized',
          errorInfo: null,
          locations: location(1, 3),
          message: 'Not Authorized to access text on type Query',
        },
      ],
    });
  });

  it('of faulty code name the place', async () => {
    const { errors } = await api({ 'Query.text': answering('ctx.nothing.here') }).run('{ text }');
    expect(errors).toMatchObject([
      { errorType: 'Code', message: "code.js:4:52: TypeError: Cannot read properties of undefined (reading 'here')" },
    ]);
  });

  it('of request objects name the element', async () => {
    expect((await api({ 'Query.text': requestBody('return { load: 1 };') }).run('{ text }')).errors).toMatchObject([
      { errorType: 'MappingTemplate', message: "Unsupported element '$[load]'." },
    ]);
  });

  it('bubble from a missing non-null field', async () => {
    expect(
      await api({ 'Query.strict': answering("{ id: 'a', inner: {} }") }).run('{ strict { id inner { value } } text }'),
    ).toEqual({
      data: { strict: null, text: null },
      errors: [
        {
          path: ['strict', 'inner', 'value'],
          data: null,
          errorType: null,
          errorInfo: null,
          locations: null,
          message: "Cannot return null for non-nullable type: 'String' within parent 'Inner' (/strict/inner/value)",
        },
      ],
    });
  });

  it.each([
    ["'text'", '{ item { id } }', "Can't resolve value (/item) : type mismatch error, expected type OBJECT"],
    ['{ id: 1 }', '{ items { id } }', "Can't resolve value (/items) : type mismatch error, expected type LIST"],
  ])('of a value of the wrong kind: %s for %s', async (value, query, message) => {
    expect(
      (await api({ 'Query.item': answering(value), 'Query.items': answering(value) }).run(query)).errors,
    ).toMatchObject([{ errorType: null, message }]);
  });

  it('of this program do not tell what they are', async () => {
    const { run, logs } = startApi(
      { schema: schemaText, units: { 'Query.text': answering('1') }, sources: { 'Query.text': 'broken' } },
      { dataSources: { broken: { call: () => Promise.reject(new TypeError('secret')) } } },
    );
    expect((await run('{ text }')).errors).toMatchObject([
      { errorType: 'InternalFailure', message: 'An internal failure occurred while resolving this field.' },
    ]);
    expect(logs.join()).toContain('secret');
  });

  it('of a data source do not raise by themselves', async () => {
    const failing = { call: () => Promise.resolve({ result: null, error: { type: 'X:Y', message: 'broken' } }) };
    const run = (expression: string) =>
      startApi(
        { schema: schemaText, units: { 'Query.json': answering(expression) }, sources: { 'Query.json': 'failing' } },
        { dataSources: { failing } },
      ).run('{ json }');
    expect(await run("'ignored'")).toEqual({ data: { json: '"ignored"' } });
    expect(await run('ctx.error')).toEqual({ data: { json: '{"type":"X:Y","message":"broken"}' } });
  });
});

describe('requests that are not executed', () => {
  const { run, executor } = api({});
  it.each([
    ['{ nothing }', 'Validation error of type FieldUndefined'],
    ['{ item }', 'Validation error of type SubSelectionRequired'],
    ['{ item(no: 1) { id } }', 'Validation error of type UnknownArgument'],
    ['{ text { id } }', 'Validation error of type'],
    ['query($a: ID) { text }', 'Validation error of type UnusedVariable'],
  ])('%s', async (query, message) => {
    const result = await run(query);
    expect(result).toMatchObject({ data: null, errors: [{ path: null, message: expect.stringContaining(message) }] });
    expect(result.errors?.[0]).not.toHaveProperty('errorType');
  });

  it('name the argument whose value is wrong', async () => {
    const schema =
      'type Query { a(input: In!, limit: Int): A } type A { b(on: Kind): Int } input In { id: ID!, d: AWSDate, more: [In!] } enum Kind { X }';
    const strict = startApi({ schema });
    const messagesOf = async (query: string) =>
      (await strict.run(query)).errors?.map(({ message }) =>
        message.replace('Validation error of type WrongType: ', ''),
      );
    expect(
      await messagesOf(
        '{ first: a(input: { id: "1", more: [{ id: "2", d: "1990-02-30" }] }, limit: "x") { b(on: Y) } }',
      ),
    ).toEqual([
      "argument 'input.more.d': AWSDate must be a calendar date of the form YYYY-MM-DD @ 'first'",
      "argument 'limit': Int cannot represent non-integer value: \"x\" @ 'first'",
      'argument \'on\': Value "Y" does not exist in "Kind" enum. @ \'first/b\'',
    ]);
    expect(await messagesOf('{ a(input: { e: 1 }) { b } }')).toEqual([
      'argument \'input\': Field "In.id" of required type "ID!" was not provided. @ \'a\'',
      'argument \'input.e\': Field "e" is not defined by type "In". @ \'a\'',
    ]);
    expect(await messagesOf('query($limit: Int = "x") { a(input: { id: "1" }, limit: $limit) { b } }')).toEqual([
      'variable \'limit\': Int cannot represent non-integer value: "x"',
    ]);
  });

  it('suggest no names', async () => expect((await run('{ iten { id } }')).errors?.[0]?.message).not.toMatch(/mean/));

  it('miss a required variable', async () => {
    const strict = startApi({ schema: 'type Query { a(input: In!): Int } input In { id: ID!, d: AWSDate }' });
    expect(await strict.run('query($input: In!) { a(input: $input) }')).toMatchObject({
      data: null,
      errors: [{ message: "Variable 'input' has coerced Null value for NonNull type 'In!'" }],
    });
    expect(
      (await strict.run('query($input: In!) { a(input: $input) }', { variables: { input: { d: 'x' } } })).errors?.map(
        ({ message }) => message,
      ),
    ).toEqual([
      'Variable \'input\' has an invalid value: Field "id" of required type "ID!" was not provided.',
      "Variable 'input' has an invalid value at 'input.d': AWSDate must be a calendar date of the form YYYY-MM-DD",
    ]);
    const polluted = JSON.parse('{"input":{"id":"a","__proto__":{"x":1},"constructor":1}}') as Record<string, unknown>;
    expect((await strict.run('query($input: In!) { a(input: $input) }', { variables: polluted })).data).toBeNull();
  });

  it.each([
    ['{', undefined, 'MalformedHttpRequestException'],
    ['{'.repeat(20_000), undefined, 'MalformedHttpRequestException'],
    [`{ ${'text '.repeat(15_000)}}`, undefined, 'MalformedHttpRequestException'],
    ['query a { text } query b { text }', undefined, 'BadRequestException'],
    ['query a { text }', 'c', 'BadRequestException'],
  ])('are answered with 400: %.30s', async (query, operationName, errorType) => {
    expect(await executor.execute({ query, operationName, caller: iamCaller, headers: {} })).toMatchObject({
      ok: false,
      errorType,
    });
  });

  it('choose the named operation', async () =>
    expect(await run('query a { text } query b { item { id } }', { operationName: 'b' })).toEqual({
      data: { item: null },
    }));
  it('repeat one field too often', async () =>
    expect((await run(`{ ${'text '.repeat(5_000)}}`)).errors?.[0]?.message).toContain('ValidationAborted'));
  it('have many aliases, and are executed', async () =>
    expect(
      (await run(`{ ${Array.from({ length: 3_000 }, (_, index) => `a${index}: text`).join(' ')} }`)).errors,
    ).toBeUndefined());
});

describe('limits', () => {
  it('of depth make the branch null', async () => {
    const { run } = api(
      { 'Query.item': answering('{ id: 1, child: { id: 2, child: { id: 3 } } }') },
      {},
      { queryDepthLimit: 3 },
    );
    expect(await run('{ item { child { id } } }')).toEqual({ data: { item: { child: { id: '2' } } } });
    expect(await run('{ item { child { child { id } } } }')).toMatchObject({
      data: { item: { child: { child: { id: null } } } },
      errors: [{ path: ['item', 'child', 'child', 'id'], errorType: 'QueryDepthLimitReached' }],
    });
  });

  it('of resolvers', async () => {
    const { run } = api({ 'Query.text': answering("'x'") }, {}, { resolverCountLimit: 2 });
    expect(await run('{ a: text b: text c: text }')).toMatchObject({
      data: { a: 'x', b: 'x', c: null },
      errors: [{ path: ['c'], errorType: 'ResolverExecutionLimitReached' }],
    });
  });

  it('introspection can be off', async () => {
    expect((await api({}).run('{ __schema { queryType { name } } }')).data).toEqual({
      __schema: { queryType: { name: 'Query' } },
    });
    expect(await api({}, {}, { introspection: false }).run('{ __schema { queryType { name } } }')).toMatchObject({
      data: null,
    });
    expect((await api({}, {}, { introspection: false }).run('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  it('mutations run one after the other', async () => {
    const order: string[] = [];
    const slow = {
      call: async (request: unknown) => {
        const { payload } = request as { payload: number };
        order.push(`start ${payload}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(`end ${payload}`);
        return { result: payload };
      },
    };
    const { run } = startApi(
      {
        schema: schemaText,
        units: { 'Mutation.add': requestBody('return { payload: ctx.args.n };') },
        sources: { 'Mutation.add': 'slow' },
      },
      { dataSources: { slow } },
    );
    expect(await run('mutation { a: add(n: 1) b: add(n: 2) }')).toEqual({ data: { a: 1, b: 2 } });
    expect(order).toEqual(['start 1', 'end 1', 'start 2', 'end 2']);
  });
});

describe('directives', () => {
  const schema = `
type Query { open: Item  iam: String @aws_iam  oidc: String @aws_oidc  both: String @aws_iam @aws_oidc  items: [Item] @aws_iam @aws_oidc  typed: Typed @aws_oidc @aws_iam }
type Item { id: ID }
type Typed @aws_iam { a: String  b: String @aws_oidc }
`;
  const units = Object.fromEntries(['iam', 'oidc', 'both'].map((name) => [`Query.${name}`, answering(`'${name}'`)]));
  const { run, logs } = startApi({
    schema,
    units: {
      ...units,
      'Query.typed': answering("{ a: 'a', b: 'b' }"),
      'Query.items': answering("[{ id: 'i' }]"),
      'Query.open': requestBody("console.log('ran'); return { payload: { id: 'o' } };"),
    },
  });
  const denied = (path: (string | number)[], field: string, type: string) =>
    expect.objectContaining({
      path,
      errorType: 'Unauthorized',
      message: `Not Authorized to access ${field} on type ${type}`,
    });

  it('without any, the default mode alone may', async () => {
    expect(await run('{ open { id } }')).toEqual({ data: { open: { id: 'o' } } });
    logs.length = 0;
    expect(await run('{ open { id } }', { caller: iamCaller })).toEqual({
      data: { open: null },
      errors: [denied(['open'], 'open', 'Query')],
    });
    expect(logs).toEqual(['open: Unauthorized: Not Authorized to access open on type Query']);
  });

  it('on a field say which modes may', async () => {
    expect(await run('{ iam oidc both }')).toEqual({
      data: { iam: null, oidc: 'oidc', both: 'both' },
      errors: [denied(['iam'], 'iam', 'Query')],
    });
    expect(await run('{ iam oidc both }', { caller: iamCaller })).toEqual({
      data: { iam: 'iam', oidc: null, both: 'both' },
      errors: [denied(['oidc'], 'oidc', 'Query')],
    });
  });

  it('of the type of a nested object count, and those of its fields replace them', async () => {
    expect(await run('{ items { id } }', { caller: iamCaller })).toEqual({
      data: { items: [{ id: null }] },
      errors: [denied(['items', 0, 'id'], 'id', 'Item')],
    });
    expect(await run('{ typed { a b } }')).toEqual({
      data: { typed: { a: null, b: 'b' } },
      errors: [denied(['typed', 'a'], 'a', 'Typed')],
    });
    expect(await run('{ typed { a b } }', { caller: iamCaller })).toEqual({
      data: { typed: { a: 'a', b: null } },
      errors: [denied(['typed', 'b'], 'b', 'Typed')],
    });
  });

  it('and an IAM caller needs a policy for each top-level field', async () => {
    const asked: string[] = [];
    const policies = startApi({ schema, units }, { isAllowed: (arn) => asked.push(arn) > 0 && arn.endsWith('/both') });
    expect(await policies.run('{ iam both }', { caller: iamCaller })).toEqual({
      data: { iam: null, both: 'both' },
      errors: [denied(['iam'], 'iam', 'Query')],
    });
    expect(asked).toContain(`${apiArn}/types/Query/fields/iam`);
    expect(policies.executor.admits(iamCaller)).toBe(true);
    expect(startApi({ schema, units }, { isAllowed: () => false }).executor.admits(iamCaller)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import type { Caller, Subscription } from '../../../src/appsync/types.ts';
import { answering, iamCaller, importLine, oidcCaller, startApi } from './fixture.ts';

const schemaText = `
type Query { a: String }
type Mutation { publish(update: AWSJSON): Update @aws_iam @aws_oidc  strict(update: AWSJSON): Update @aws_oidc  publishMany(updates: AWSJSON): [Update] @aws_iam  hidden: Hidden @aws_iam }
type Subscription {
  onUpdate(id: ID, kind: Kind): Update @aws_subscribe(mutations: ["publish", "strict"]) @aws_oidc
  onFiltered(id: ID): Update @aws_subscribe(mutations: ["publish"]) @aws_oidc
  onRefused: Update @aws_subscribe(mutations: ["publish"]) @aws_oidc
  onMany: [Update] @aws_subscribe(mutations: ["publishMany"]) @aws_oidc
  onIam: Update @aws_subscribe(mutations: ["publish"]) @aws_iam
}
type Update @aws_iam @aws_oidc { id: ID!  kind: Kind  version: Int  user: User  payload: AWSJSON  secret: String @aws_iam }
type User @aws_iam @aws_oidc { id: ID!  name: String! }
type Hidden { id: ID }
enum Kind { A B }
`;
const subscriber = (request: string, response: string) =>
  `${importLine}export function request(ctx) { ${request} return { payload: null }; }\nexport function response(ctx) { ${response} return null; }`;
const api = startApi({
  schema: schemaText,
  units: {
    'Mutation.publish': answering('ctx.args.update'),
    'Mutation.strict': answering('ctx.args.update'),
    'Mutation.publishMany': answering('ctx.args.updates'),
    'Mutation.hidden': answering("{ id: 'h' }"),
    'Subscription.onFiltered': subscriber(
      '',
      "extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({ id: { eq: ctx.args.id ?? 'none' } }));",
    ),
    'Subscription.onRefused': subscriber('util.unauthorized();', ''),
  },
});

async function start(query: string, variables: Record<string, unknown> = {}, caller: Caller = oidcCaller) {
  return api.executor.evaluateSubscription({ query, variables, caller, headers: {} });
}

async function started(query: string, variables?: Record<string, unknown>): Promise<Subscription> {
  const result = await start(query, variables);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.subscription;
}

describe('a mutation publishes', () => {
  const publish = async (selection: string, value: unknown, caller: Caller = iamCaller) => {
    api.published.length = 0;
    await api.run(`mutation($update: AWSJSON) { ${selection} }`, {
      variables: { update: JSON.stringify(value) },
      caller,
    });
    return api.published;
  };

  const update = { id: '1', version: 2, user: { id: 'u', name: 'Ada' }, payload: { x: 1 } };

  it("what its caller selected, under the caller's names", async () => {
    expect(await publish('publish(update: $update) { key: id user { who: name } payload }', update)).toEqual([
      { mutation: 'publish', typeName: 'Update', value: { key: '1', user: { who: 'Ada' }, payload: '{"x":1}' } },
    ]);
  });

  it('once for each field of the document, and not at all under an alias', async () => {
    const published = await publish(
      'publish: publish(update: $update) { id } strict(update: $update) { id } b: publish(update: $update) { id }',
      update,
      oidcCaller,
    );
    expect(published.map(({ mutation, value }) => [mutation, value])).toEqual([
      ['publish', { id: '1' }],
      ['strict', { id: '1' }],
    ]);
    expect(api.logs.join()).toContain('Mutation.publish ran under the alias b, so no subscriber hears of it');
  });

  it('a list where the mutation gives one', async () => {
    expect(await publish('publishMany(updates: $update) { id }', [{ id: '1' }, { id: '2' }])).toEqual([
      { mutation: 'publishMany', typeName: 'Update', value: [{ id: '1' }, { id: '2' }] },
    ]);
  });

  it('nothing when it resolves to null, raises, or a field of the payload is denied', async () => {
    expect(await publish('publish(update: $update) { id }', null)).toEqual([]);
    expect(await publish('publish(update: $update) { id }', { version: 1 })).toEqual([]);
    expect(await publish('publish(update: $update) { id secret }', { id: '1', secret: 's' }, oidcCaller)).toEqual([]);
    expect(await publish('hidden { id }', null)).toEqual([]);
  });
});

describe('a subscription starts', () => {
  it('with the arguments that were given', async () => {
    expect(await started('subscription { mine: onUpdate(id: "1") { id } }')).toMatchObject({
      fieldName: 'onUpdate',
      args: { id: '1' },
      filter: null,
      mutations: ['publish', 'strict'],
      typeName: 'Update',
    });
    expect(
      (await started('subscription($id: ID, $kind: Kind) { onUpdate(id: $id, kind: $kind) { id } }', { kind: 'A' }))
        .args,
    ).toEqual({ id: null, kind: 'A' });
  });

  it('with the filter that its resolver sets', async () => {
    expect((await started('subscription { onFiltered(id: "7") { id } }')).filter).toEqual({
      filterGroup: [{ filters: [{ fieldName: 'id', operator: 'eq', value: '7' }] }],
    });
  });

  it.each<[string, Record<string, unknown>, string | undefined, string]>([
    [
      'subscription { onRefused { id } }',
      {},
      'Unauthorized',
      'Not Authorized to access onRefused on type Subscription',
    ],
    ['subscription { onIam { id } }', {}, 'Unauthorized', 'Not Authorized to access onIam on type Subscription'],
    ['subscription { onUpdate(no: 1) { id } }', {}, undefined, 'Validation error of type UnknownArgument'],
    ['subscription { onUpdate { id } onFiltered { id } }', {}, undefined, 'must select only one top level field'],
    [
      'subscription($kind: Kind) { onUpdate(kind: $kind) { id } }',
      { kind: 'C' },
      undefined,
      "Variable 'kind' has an invalid value",
    ],
    ['query { a }', {}, 'UnsupportedOperation', 'query not supported through the realtime channel'],
    ['subscription {', {}, 'MalformedHttpRequestException', 'Unable to parse GraphQL query.'],
  ])('not: %s', async (query, variables, errorType, message) => {
    const result = await start(query, variables);
    expect(result.ok).toBe(false);
    const error = result.ok ? undefined : result.errors[0];
    expect(error?.message).toContain(message);
    expect(error?.errorType).toBe(errorType);
  });

  it('not over HTTP', async () => {
    expect(await api.run('subscription { onUpdate { id } }')).toMatchObject({
      data: null,
      errors: [{ errorType: 'OperationNotSupported' }],
    });
  });
});

describe('a subscriber gets', () => {
  it('what it selected of what was published, and null for the rest', async () => {
    const subscription = await started(
      'subscription { mine: onUpdate { __typename key: id version payload user { name } } }',
    );
    expect(api.executor.selectForSubscriber(subscription, { id: '1', payload: '{"x":1}', kind: 'A' })).toEqual({
      data: { onUpdate: { __typename: 'Update', key: '1', version: null, payload: '{"x":1}', user: null } },
    });
  });

  it('null for what the publisher selected under an alias', async () => {
    const subscription = await started('subscription { onUpdate { kind version } }');
    expect(api.executor.selectForSubscriber(subscription, { k: 'A', version: 1 })).toEqual({
      data: { onUpdate: { kind: null, version: 1 } },
    });
  });

  it('a list, cut item by item', async () => {
    const subscription = await started('subscription { onMany { id } }');
    expect(api.executor.selectForSubscriber(subscription, [{ id: '1', kind: 'A' }, { id: '2' }])).toEqual({
      data: { onMany: [{ id: '1' }, { id: '2' }] },
    });
  });

  it('errors under the own name of the field, whatever its alias', async () => {
    const subscription = await started('subscription { mine: onUpdate { id user { name } } }');
    expect(api.executor.selectForSubscriber(subscription, { id: '1', user: {} })).toMatchObject({
      data: { onUpdate: { id: '1', user: null } },
      errors: [{ path: ['onUpdate', 'user', 'name'] }],
    });
  });

  it('an error where the publisher left out what must not be null', async () => {
    const subscription = await started('subscription { onUpdate { id user { name } } }');
    expect(api.executor.selectForSubscriber(subscription, { id: '1', user: {} })).toMatchObject({
      data: { onUpdate: { id: '1', user: null } },
      errors: [{ path: ['onUpdate', 'user', 'name'], locations: null }],
    });
  });

  it('no field that its mode may not read', async () => {
    const subscription = await started('subscription { onUpdate { id secret } }');
    expect(api.executor.selectForSubscriber(subscription, { id: '1', secret: 's' })).toMatchObject({
      data: { onUpdate: { id: '1', secret: null } },
      errors: [{ errorType: 'Unauthorized' }],
    });
  });
});

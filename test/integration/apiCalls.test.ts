import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attribute } from '../../domain/kernel/values/attributes.ts';
import { type Operation, operations } from '../../domain/operations.ts';
import { type OwnStack, startOwnStack } from '../security/ownStack.ts';
import { admin, type Client, unique, user } from '../support/clients/client.ts';

/** What the API asks of tables and queues: nothing for bad input, four calls for a page however large. */
let stack: OwnStack;
let clients: Record<'admin' | 'user', Client>;
beforeAll(async () => {
  stack = await startOwnStack();
  clients = { admin: await admin('auth0|admin', stack.stateDir), user: await user('auth0|alice', stack.stateDir) };
});
afterAll(() => stack?.stop());

const good: Record<Attribute['kind'], unknown> = {
  text: 'Good',
  date: '1990-01-02',
  email: 'good@example.com',
  reference: 'some-id',
  references: ['some-id'],
  moment: '2030-01-02T03:04:05Z',
  number: 1,
  flag: true,
  choice: 'ACTIVE',
};
const bad: Record<Attribute['kind'], unknown[]> = {
  text: ['', '  ', 'x'.repeat(1001), 'a\u0000b', 7],
  date: ['', '1990-02-30', '2990-01-01', 'soon', 7],
  email: ['', 'nobody', `${'x'.repeat(250)}@example.com`, 'a@b', 7],
  reference: ['', 'a b', 'x'.repeat(129), {}],
  references: [['', 'b'], ['a', 'a'], Array.from({ length: 101 }, (_, n) => `a${n}`), [null], {}],
  moment: ['', 'soon', '2030-02-30T00:00:00Z', '2030-01-02T03:04:05', 7],
  number: ['', 1.5, null],
  flag: ['', 7],
  choice: ['', 'ELSE', 7],
};

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Inputs that are wrong in one place, by that place. */
const badInputs = ({
  action,
  idField,
  idFrom,
  input,
}: Operation): [field: string, input: Record<string, unknown>][] => {
  const givenId = idFrom === 'input';
  const id = givenId ? { [idField]: 'someone' } : {};
  const fields = Object.entries(input);
  const whole = {
    ...id,
    ...Object.fromEntries(
      fields.filter(([, { required }]) => required).map(([name, { attribute }]) => [name, good[attribute.kind]]),
    ),
  };
  const ofAttributes = fields.flatMap(([name, { attribute, required }]) => {
    const { kind, nullable, mayBeEmpty } = attribute;
    const values = [
      ...bad[kind].filter((value) => !(mayBeEmpty && `${value}`.trim() === '')),
      ...(nullable ? [] : [null]),
      ...(required && !nullable ? [undefined] : []),
    ];
    return values.map((value): [string, Record<string, unknown>] => [name, { ...whole, [name]: value }]);
  });
  const ofId = givenId
    ? ['', 'a\u0000b', 'x'.repeat(256)].map((value): [string, Record<string, unknown>] => [
        idField,
        { ...whole, [idField]: value },
      ])
    : [];
  const ofVersion =
    action === 'create'
      ? []
      : [0, -1, 1.5].map((expectedVersion): [string, Record<string, unknown>] => [
          'expectedVersion',
          { ...whole, expectedVersion },
        ]);
  return [...ofAttributes, ...ofId, ...ofVersion];
};

/** What a correction may say depends on the event; an erasure of oneself says nothing. */
const withInput = Object.values(operations).filter(
  ({ action, idFrom, input }) => action !== 'correct' && !(idFrom === 'self' && Object.keys(input).length === 0),
);

describe('bad input is refused with nothing read, sent or stored for it:', () => {
  it.each(withInput)('$name', async (operation) => {
    const client = clients[operation.caller === 'user' ? 'user' : 'admin'];
    const inputs = badInputs(operation);
    expect(inputs.length).toBeGreaterThan(2);
    const calls = await stack.callsDuring(async () => {
      for (const [field, input] of inputs) {
        const { data, errors } = await client.ask(
          `mutation($input: ${capital(operation.name)}Input!) { ${operation.name}(input: $input) { commandId } }`,
          { input },
        );
        expect(data ?? null, `${field}: ${JSON.stringify(input)}`).toBeNull();
        // GraphQL itself refuses what is not of the type, in words of its own.
        if (errors?.[0]?.errorType === 'INVALID')
          expect(errors[0].errorInfo, JSON.stringify(input)).toMatchObject({ field });
        else expect(errors?.[0]?.message, JSON.stringify(input)).toContain(field);
      }
    });
    // What a user sends is counted, good or bad.
    expect(calls.filter(({ caller }) => !`${caller}`.includes('QuotaDataSource'))).toEqual([]);
  });
});

it('a page costs four calls at the most, however large it is and whatever it shows', async () => {
  const { admin: client } = clients;
  const authorizationIds = await Promise.all(
    Array.from({ length: 20 }, () => client.apply('createAuthorization', { name: unique('may'), description: 'd' })),
  );
  const roleIds = await Promise.all(
    Array.from({ length: 5 }, (_, n) =>
      client.apply('createRole', {
        name: unique('role'),
        description: 'd',
        authorizationIds: authorizationIds.slice(4 * n, 4 * n + 4),
      }),
    ),
  );
  const groupIds = await Promise.all(
    Array.from({ length: 5 }, () => client.apply('createGroup', { name: unique('group'), description: 'd' })),
  );
  await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      client.apply('createUser', {
        id: unique('u'),
        firstName: 'Ann',
        lastName: 'Lee',
        birthDate: '1990-02-28',
        email: `${unique('ann')}@example.com`,
        roleId: roleIds[n % 5],
        groupId: groupIds[n % 5],
      }),
    ),
  );
  // What is still acknowledged or published for them is no call of the page.
  await stack.settled();
  const query =
    'query($limit: Int) { users(limit: $limit) { items { role { name authorizations { name } } group { name } authorizations { name } } } }';
  for (const limit of [1, 5, 30, 100]) {
    let items: { role: unknown; group: unknown; authorizations: unknown[] }[] = [];
    const calls = await stack.callsDuring(async () => {
      ({ items } = (await client.get(query, { limit })).users);
    });
    expect(items).toHaveLength(Math.min(limit, 30));
    for (const item of items)
      expect(item).toMatchObject({
        role: { name: expect.any(String) },
        group: { name: expect.any(String) },
        authorizations: { length: 4 },
      });
    expect(calls.map(({ operation }) => operation)).toEqual(['Query', 'Query', 'BatchGetItem', 'BatchGetItem']);
  }
  expect(
    (await stack.callsDuring(() => client.get('{ users { items { id } } }'))).map(({ operation }) => operation),
  ).toEqual(['Query', 'Query']);
});

import { randomUUID } from 'node:crypto';
import { scalarFormats } from 'appsync-local/parts';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Attribute, brokenRule, normalize } from '../../domain/kernel/values/attributes.ts';
import { aggregates } from '../../domain/operations.ts';
import { chunksOf } from '../../functions/runtime/concurrency.ts';
import { admin, type Client, eventually, unique } from '../support/clients/client.ts';
import * as odd from '../support/models/oddTexts.ts';
import { organisation, person } from './organisation.ts';

/**
 * Odd values by every way in, and out again by every query. What was damaged or taken over has its own:
 * recoveryDamaged.test.ts.
 */
let client: Client;
let references: { roleId: string; groupId: string };
beforeAll(async () => {
  client = await admin();
  const { roleId, groupId } = await organisation(client);
  references = { roleId, groupId };
});

const rules = aggregates.user.attributes;
const ruleOf = (name: string): Attribute => rules[name]!;
const sample = (texts: string[], wanted: number): string[] => {
  const all = [...new Set(texts)];
  return all.filter((_, n) => n % Math.ceil(all.length / wanted) === 0);
};
/** An address of which nobody else has the like, no longer than it was where that matters. */
const own = (address: string): string => {
  const mark = unique('c').slice(0, 12);
  return /^[^@]{60,}@/.test(address)
    ? mark + address.slice(mark.length)
    : address.replace(/^("?)(?=[^@]*@)/, `$1${mark}`);
};
const texts = [
  ...sample([...odd.ofEachCategory().flatMap(odd.around), ...odd.directional.flatMap(odd.around)], 30),
  ...sample([...odd.inNormalForms(), ...odd.aroundLength(100)], 25),
  ...odd.halves,
];
const cases = () => [
  ...texts.map((value) => ({ name: 'firstName', value })),
  ...odd.addresses.map((value) => ({ name: 'email', value: own(value) })),
  ...odd.dates.map((value) => ({ name: 'birthDate', value })),
  { name: 'lastName', value: '' },
];

/** Many fields in few requests: each with a variable of its own. */
const inBulk = async (
  kind: 'query' | 'mutation',
  type: string,
  field: (variable: string, n: number) => string,
  given: unknown[],
): Promise<any[]> => {
  const answers: unknown[] = [];
  for (const chunk of chunksOf(given, 45)) {
    const names = chunk.map((_, n) => `v${n}`);
    const data = await client.get(
      `${kind}(${names.map((name) => `$${name}: ${type}`).join(' ')}) { ${names.map((name, n) => `${name}: ${field(`$${name}`, answers.length + n)}`).join(' ')} }`,
      Object.fromEntries(names.map((name, n) => [name, chunk[n]])),
    );
    answers.push(...names.map((name) => data[name] as unknown));
  }
  return answers;
};

const sendAll = async (operation: string, inputs: Record<string, unknown>[]): Promise<any[]> => {
  const type = operation.charAt(0).toUpperCase() + operation.slice(1);
  const receipts = await inBulk(
    'mutation',
    `${type}Input!`,
    (input) => `${operation}(input: ${input}, commandId: "${randomUUID()}") { commandId }`,
    inputs,
  );
  const ids = receipts.map(({ commandId }) => commandId as string);
  return eventually('all are decided', async () => {
    const outcomes = await inBulk(
      'query',
      'ID!',
      (id) => `command(commandId: ${id}) { status code message version }`,
      ids,
    );
    return outcomes.every((outcome) => outcome !== null) && outcomes;
  });
};

const fields = 'id firstName lastName displayName birthDate email roleId groupId version';
const pages = async (query: string, types: string, variables: Record<string, unknown>): Promise<any[]> => {
  const found: unknown[] = [];
  let nextToken: string | null = null;
  do {
    const data: Record<string, any> = await client.get(
      `query($n: String${types}) { page: ${query.replace('(', '(limit: 100, nextToken: $n, ')} }`,
      { ...variables, n: nextToken },
    );
    found.push(...data['page'].items);
    nextToken = data['page'].nextToken;
  } while (nextToken !== null);
  return found;
};

/** Everything that is stored of users, by every query that shows it: no query fails, and all say the same. */
const expectShown = async (expected: Map<string, Record<string, unknown>>) => {
  const ids = [...expected.keys()];
  const now = new Date(Date.now() + 60_000).toISOString();
  const rows = await eventually('the views are there', async () => {
    const found = await inBulk('query', 'ID!', (id) => `user(id: ${id}) { ${fields} }`, ids);
    return found.every((row, n) => row?.version >= Number(expected.get(ids[n]!)!['version'])) && found;
  });
  const shown = new Map(rows.map((row) => [row.id, row]));
  for (const id of ids) expect(shown.get(id)).toMatchObject(expected.get(id)!);

  const same = (found: any[]) => {
    const ours = new Map(found.filter(({ id }) => expected.has(id)).map((row) => [row.id, row]));
    expect(ours).toEqual(shown);
  };
  await eventually('the list follows', async () => {
    const listed = await pages(`usersByGroup(groupId: $g) { items { ${fields} } nextToken }`, ' $g: ID!', {
      g: references.groupId,
    });
    const versions = new Map(listed.map(({ id, version }) => [id, version]));
    return ids.every((id) => versions.get(id) === shown.get(id).version);
  });
  same(
    await pages(`usersByGroup(groupId: $g) { items { ${fields} } nextToken }`, ' $g: ID!', { g: references.groupId }),
  );
  same(await pages(`usersByRole(roleId: $r) { items { ${fields} } nextToken }`, ' $r: ID!', { r: references.roleId }));
  same(
    await pages(`users(filter: $f) { items { ${fields} } nextToken }`, ' $f: UserFilter', {
      f: { groupId: references.groupId },
    }),
  );
  same(
    await inBulk(
      'query',
      'AWSEmail!',
      (email) => `userByEmail(email: ${email}) { ${fields} }`,
      rows.map(({ email }) => email),
    ),
  );
  same(await inBulk('query', 'ID!', (id) => `userAt(id: ${id}, timestamp: "${now}") { ${fields} }`, ids));
  const streams = await inBulk(
    'query',
    'ID!',
    (id) => `events(aggregate: USER, aggregateId: ${id}) { items { payload } }`,
    ids,
  );
  for (const { items } of streams) expect(items.length).toBeGreaterThan(0);
};

describe('odd values', () => {
  it('by commands: each that keeps the rules is stored, shown by every query, and can be sent back', async () => {
    const valid = cases().filter(
      ({ name, value }) =>
        brokenRule(ruleOf(name), value, Date.now()) === undefined &&
        (name !== 'email' || scalarFormats.email(value) === null) &&
        (name !== 'birthDate' || scalarFormats.date(value) === null),
    );
    const people = valid.map(({ name, value }) => person({ ...references, [name]: value }) as Record<string, unknown>);
    for (const outcome of await sendAll('createUser', people)) expect(outcome).toMatchObject({ status: 'APPLIED' });
    const expected = new Map(
      people.map((input, n) => {
        const { name, value } = valid[n]!;
        return [String(input['id']), { [name]: normalize(ruleOf(name), value), version: 1 }];
      }),
    );
    await expectShown(expected);

    const rows = await inBulk('query', 'ID!', (id) => `user(id: ${id}) { id firstName lastName birthDate email }`, [
      ...expected.keys(),
    ]);
    for (const outcome of await sendAll('updateUser', rows))
      expect(outcome).toEqual({ status: 'APPLIED', code: null, message: null, version: 1 });
  });

  it('by corrections: each is stored and shown, or refused at once by field and rule, and every query goes on', async () => {
    const all = cases().map((each) => ({ ...each, rule: brokenRule(ruleOf(each.name), each.value, Date.now()) }));
    const broken = all.filter(({ rule }) => rule !== undefined);
    const told = all.filter(({ rule }) => rule === undefined);
    expect(broken.length).toBeGreaterThan(20);
    // Nothing of the corpus, so that each correction changes something.
    const people = told.map(() => person({ ...references, firstName: 'Before', birthDate: '1991-02-03' }));
    for (const outcome of await sendAll('createUser', people)) expect(outcome).toMatchObject({ status: 'APPLIED' });
    const corrections = [...told, ...broken].map(({ name, value }, n) => {
      const { id, ...payload } = people[n % people.length]! as Record<string, unknown>;
      const said = JSON.stringify({ ...payload, [name]: value });
      return { aggregate: 'USER', aggregateId: id, version: 1, payload: said };
    });
    for (const [n, { name, value, rule }] of broken.entries()) {
      const { data, errors } = await client.ask(
        'mutation($input: CorrectEventInput!) { correctEvent(input: $input) { commandId } }',
        { input: corrections[told.length + n] },
      );
      expect([name, value.slice(0, 60), data, errors?.map(({ errorInfo }) => errorInfo)]).toEqual([
        name,
        value.slice(0, 60),
        null,
        [{ field: `payload.${name}`, rule }],
      ]);
    }
    const outcomes = await sendAll('correctEvent', corrections.slice(0, told.length));
    const expected = new Map(
      told.map(({ name, value }, n): [string, Record<string, unknown>] => {
        const said = [name, value.slice(0, 60)];
        expect([...said, outcomes[n]]).toMatchObject([...said, { status: 'APPLIED', version: 2 }]);
        return [people[n]!.id, { [name]: normalize(ruleOf(name), value), version: 2 }];
      }),
    );
    await expectShown(expected);
  });
});

import { expect, it, onTestFinished } from 'vitest';
import { searchForm } from '../../domain/kernel/values/searchForm.ts';
import { admin, type Client, eventually, unique } from '../support/clients/client.ts';
import { soak } from '../support/runs.ts';
import { seedPeople } from '../support/clients/seededPeople.ts';

/**
 * SOAK=1: the whole size, put straight into the tables, as to say it all to the API takes hours; PEOPLE=3000 besides:
 * another one.
 */
const size = Number(process.env['PEOPLE'] ?? (soak ? 20_000 : 120));
const commands = soak ? 1000 : 30;

const firstNames = [
  'Anna',
  'Änne',
  'An',
  'Bo',
  'Zoë',
  'Иван',
  'Łucja',
  'ǅemal',
  '小明',
  'محمد',
  'Ελένη',
  'O’Neil',
  '𠮷',
];
const lastNames = [
  'Anders',
  'de la Cruz',
  'Łódzka',
  '李',
  'Петрова',
  'Ángel',
  'ben David',
  'בן',
  'Σοφός',
  'Ng',
  'ann',
  '',
];

interface Person {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
  roleId: string;
  groupId: string;
  status: string;
  createdAt: string;
  updatedAt: string;
}
type Filter = Partial<Record<'text' | 'roleId' | 'groupId' | 'status' | 'createdFrom' | 'createdTo', string>>;

const fields = 'id firstName lastName email roleId groupId status createdAt updatedAt';
const list = `query($filter: UserFilter, $orderBy: UserOrder, $limit: Int, $nextToken: String) {
  users(filter: $filter, orderBy: $orderBy, limit: $limit, nextToken: $nextToken) { items { ${fields} } nextToken } }`;

const sideBySide = async <Item>(items: Item[], width: number, work: (item: Item) => Promise<unknown>) => {
  const rest = [...items];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) await work(next);
    }),
  );
};

const pagesOf = async (client: Client, variables: Record<string, unknown>): Promise<Person[][]> => {
  const pages: Person[][] = [];
  let nextToken: string | null = null;
  do {
    const page: { items: Person[]; nextToken: string | null } = (await client.get(list, { ...variables, nextToken }))[
      'users'
    ];
    pages.push(page.items);
    nextToken = page.nextToken;
  } while (nextToken !== null);
  return pages;
};

const keyOf: Record<string, (person: Person) => string[]> = {
  NAME: ({ lastName, firstName }) => [searchForm(lastName), searchForm(firstName)],
  EMAIL: ({ email }) => [searchForm(email)],
  CREATED: ({ createdAt }) => [createdAt],
  UPDATED: ({ updatedAt }) => [updatedAt],
};

/** Who is meant, by the plain words of the schema. */
const meets = (person: Person, { text, roleId, groupId, status, createdFrom, createdTo }: Filter): boolean => {
  const { firstName, lastName, email } = person;
  const terms = [`${firstName} ${lastName}`, `${lastName} ${firstName}`, email].map(searchForm);
  return (
    (text === undefined || terms.some((term) => term.startsWith(searchForm(text)))) &&
    (roleId === undefined || person.roleId === roleId) &&
    (groupId === undefined || person.groupId === groupId) &&
    (status === undefined || person.status === status) &&
    (createdFrom === undefined || person.createdAt >= createdFrom) &&
    (createdTo === undefined || person.createdAt <= createdTo)
  );
};

it(
  'whoever stands still is found by every filter in every order as a plain model says, page by page, while others change',
  async () => {
    // A token lasts some minutes; a large corpus takes longer.
    let client = await admin();
    const renewal = setInterval(() => void admin().then((next) => (client = next)), 60_000);
    onTestFinished(() => clearInterval(renewal));
    const make = (operation: string, more = {}) =>
      client.apply(operation, { name: unique('corpus'), description: 'of a corpus', ...more });
    const authorizationId = await make('createAuthorization');
    const roles = await Promise.all(
      [0, 1, 2].map((n) => make('createRole', { authorizationIds: n < 2 ? [authorizationId] : [] })),
    );
    const groups = await Promise.all([0, 1].map(() => make('createGroup')));
    const mark = unique('c');
    const people = Array.from({ length: size }, (_, n) => ({
      id: `${mark}-${n}`,
      firstName: firstNames[n % firstNames.length]!,
      lastName: lastNames[Math.floor(n / 3) % lastNames.length]!,
      birthDate: '1990-01-01',
      email: `${['anna', 'bo', 'zoe', 'li'][n % 4]}.${mark}.${n}@example.com`,
      roleId: roles[n % 3]!,
      groupId: groups[n % 2]!,
    }));
    // Every tenth moves: by name, address, role, or in and out of a suspension.
    const moves = (id: string) => Number(id.split('-').at(-1)) % 10 === 3;
    const suspended = people.filter((_, n) => n % 20 === 7).slice(0, 200);
    const isSuspended = new Set(suspended.map(({ id }) => id));
    if (soak) await seedPeople(client.outputs, people, (id) => moves(id) || isSuspended.has(id));
    else await sideBySide(people, 40, (input) => client.send('createUser', input));
    const all = await eventually(
      'everybody listed',
      async () => {
        const found = (
          await Promise.all(groups.map((groupId) => pagesOf(client, { filter: { groupId }, limit: 100 })))
        ).flat(2);
        return found.length === size ? found : undefined;
      },
      soak ? 1200 : 90,
    );
    for (const { id } of suspended.slice(0, -1)) await client.send('suspendUser', { id, reason: 'leave' });
    await client.apply('suspendUser', { id: suspended.at(-1)!.id, reason: 'leave' });
    await eventually('all suspended', async () => {
      const found = (await pagesOf(client, { filter: { status: 'SUSPENDED', groupId: groups[1] }, limit: 100 })).flat();
      return found.length === suspended.length;
    });

    const movers = people.filter(({ id }) => moves(id));
    const standing = (await Promise.all(groups.map((groupId) => pagesOf(client, { filter: { groupId }, limit: 100 }))))
      .flat(2)
      .filter(({ id }) => !moves(id));
    expect(standing).toHaveLength(people.length - movers.length);
    let sent = 0;
    let done = false;
    const moving = sideBySide([0, 1, 2, 3], 4, async () => {
      while (!done && sent < commands) {
        const n = (sent += 1);
        const { id } = movers[n % movers.length]!;
        const change = [
          { lastName: lastNames[(n * 7) % lastNames.length] },
          { roleId: roles[n % 3] },
          { email: `${['anna', 'zoe'][n % 2]}.${mark}.${n}.${id}@example.com` },
          { firstName: firstNames[(n * 5) % firstNames.length] },
        ][n % 4];
        await client.run('updateUser', { id, ...change });
      }
    });

    const [early, late] = [0.3, 0.6].map(
      (part) => [...all].map(({ createdAt }) => createdAt).sort()[Math.floor(part * size)]!,
    );
    const [roleId, groupId] = [roles[0], groups[0]];
    const texts = [
      'a',
      'An',
      'änn',
      'anna',
      'anders an',
      'anna de la',
      'zoe.',
      '李',
      'иван',
      'ελ',
      'o’n',
      '𠮷',
      'łó',
      'nobody',
    ];
    const filters: Filter[] = [
      {},
      ...texts.map((text) => ({ text })),
      { roleId },
      { groupId },
      { status: 'SUSPENDED' },
      { status: 'ACTIVE' },
      { createdFrom: early, createdTo: late },
      { text: 'an', roleId, groupId },
      { text: 'bo', status: 'SUSPENDED' },
      { roleId, status: 'ACTIVE', createdTo: late },
      { text: 'a', roleId, groupId, status: 'ACTIVE', createdFrom: early, createdTo: late },
    ];
    const orders = Object.keys(keyOf).flatMap((by) => ['ASC', 'DESC'].map((direction) => ({ by, direction })));
    // Each filter in every order; a few or very many people, in two of them.
    const questions = filters.flatMap((filter, n) =>
      orders
        .filter((_, m) => (soak && size <= 5000) || (n + m) % 4 === 0)
        .map((orderBy) => ({ filter, orderBy, limit: soak ? 100 : 25 })),
    );
    await sideBySide(questions, 4, async (asked) => {
      const { filter, orderBy, limit } = asked;
      const pages = await pagesOf(client, asked);
      const found = pages.flat().filter(({ id }) => id.startsWith(`${mark}-`) && !moves(id));
      const wanted = standing.filter((person) => meets(person, filter));
      const told = JSON.stringify(asked);
      expect([told, found.map(({ id }) => id).sort()]).toEqual([told, wanted.map(({ id }) => id).sort()]);
      const compare = (one: Person, other: Person): number => {
        const [a, b] = [keyOf[orderBy.by]!(one), keyOf[orderBy.by]!(other)];
        const place = a.findIndex((key, n) => key !== b[n]);
        return place < 0 ? 0 : a[place]! < b[place]! ? -1 : 1;
      };
      const keys = (list: Person[]) => list.map((each) => keyOf[orderBy.by]!(each).join(' | '));
      const sorted = [...wanted].sort(compare);
      expect([told, keys(found)]).toEqual([told, keys(orderBy.direction === 'DESC' ? sorted.reverse() : sorted)]);
      // What a text or a range leaves of a large list may come in short pages.
      const sparse = soak && (filter.text ?? filter.createdFrom ?? filter.createdTo) !== undefined;
      if (!sparse) for (const page of pages.slice(0, -1)) expect([told, page.length]).toEqual([told, limit]);
    });

    const holders: Person[] = [];
    let nextToken: string | null = null;
    do {
      const page: { items: Person[]; nextToken: string | null } = (
        await client.get(
          `query($id: ID!, $nextToken: String) { usersWithAuthorization(authorizationId: $id, limit: 30, nextToken: $nextToken) { items { ${fields} role { id } authorizations { id } } nextToken } }`,
          { id: authorizationId, nextToken },
        )
      )['usersWithAuthorization'];
      holders.push(...page.items);
      nextToken = page.nextToken;
    } while (nextToken !== null);
    for (const holder of holders)
      expect(holder).toMatchObject({ role: { id: holder.roleId }, authorizations: [{ id: authorizationId }] });
    expect(
      holders
        .filter(({ id }) => !moves(id))
        .map(({ id }) => id)
        .sort(),
    ).toEqual(
      standing
        .filter((person) => roles.slice(0, 2).includes(person.roleId) && person.status === 'ACTIVE')
        .map(({ id }) => id)
        .sort(),
    );
    if (!soak) done = true;
    await moving;
  },
  soak ? 3_600_000 : 240_000,
);

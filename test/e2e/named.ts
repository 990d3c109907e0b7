import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { admin, type Client, unique } from '../support/clients/client.ts';

/**
 * What holds for every aggregate that has a name of its own and an id that the system makes.
 * @param type as in the API, `Group`
 * @param besides what a create needs besides name and description
 */
export const namedSuite = (type: string, besides: Record<string, unknown> = {}): void => {
  const field = type.toLowerCase();
  let client: Client;
  const read = async (id: string) =>
    (
      await client.get(`query($id: ID!) { ${field}(id: $id) { id name description version createdAt updatedAt } }`, {
        id,
      })
    )[field];

  beforeAll(async () => {
    client = await admin();
  });

  it('is created, read, updated and deleted', async () => {
    const name = unique(field);
    const commandId = randomUUID();
    const outcome = await client.run(`create${type}`, { name, description: 'First', ...besides }, commandId);
    expect(outcome).toMatchObject({
      status: 'APPLIED',
      aggregate: type.toUpperCase(),
      aggregateId: commandId,
      version: 1,
    });
    await client.shown(outcome);
    expect(await read(commandId)).toMatchObject({ id: commandId, name, description: 'First', version: 1 });

    await client.apply(`update${type}`, { id: commandId, description: 'Second', expectedVersion: 1 });
    expect(await read(commandId)).toMatchObject({ name, description: 'Second', version: 2 });
    expect(
      await client.run(`update${type}`, { id: commandId, description: 'Third', expectedVersion: 1 }),
    ).toMatchObject({ status: 'REJECTED', code: 'VERSION_CONFLICT', version: null });

    await client.apply(`delete${type}`, { id: commandId });
    expect(await read(commandId)).toBeNull();
  });

  it('has a name of its own, free again after deletion or renaming', async () => {
    const [name, other] = [unique(field), unique(field)];
    const outcomes = await Promise.all(
      [1, 2].map(() => client.run(`create${type}`, { name, description: 'd', ...besides })),
    );
    expect(outcomes.map(({ status, code }) => code ?? status).sort()).toEqual(['APPLIED', 'NAME_TAKEN']);
    const id = outcomes.find(({ status }) => status === 'APPLIED')!.aggregateId;
    const second = await client.apply(`create${type}`, { name: other, description: 'd', ...besides });
    expect(await client.run(`update${type}`, { id: second, name })).toMatchObject({ code: 'NAME_TAKEN' });
    await client.apply(`update${type}`, { id, name: unique(field) });
    await client.apply(`update${type}`, { id: second, name });
    await client.apply(`delete${type}`, { id: second });
    await client.apply(`create${type}`, { name, description: 'd', ...besides });
  });

  it('is listed page by page, without the deleted', async () => {
    const kept = await Promise.all(
      [1, 2, 3].map(() => client.apply(`create${type}`, { name: unique('listed'), description: 'd', ...besides })),
    );
    const gone = await client.apply(`create${type}`, { name: unique('listed'), description: 'd', ...besides });
    await client.apply(`delete${type}`, { id: gone });
    const found: string[] = [];
    let nextToken: string | null = null;
    do {
      const page: { items: { id: string }[]; nextToken: string | null } = (
        await client.get(
          `query($nextToken: String) { ${field}s(limit: 100, nextToken: $nextToken) { items { id } nextToken } }`,
          { nextToken },
        )
      )[`${field}s`];
      found.push(...page.items.map(({ id }) => id));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(found).toEqual(expect.arrayContaining(kept));
    expect(found).not.toContain(gone);
    expect(new Set(found).size).toBe(found.length);
  });

  it('is refused with bad input, at once', async () => {
    for (const [attribute, value] of [
      ['name', ''],
      ['name', 'x'.repeat(101)],
      ['description', ' '],
      ['description', 'x'.repeat(1001)],
    ] as const) {
      const input = { name: unique(field), description: 'd', ...besides, [attribute]: value };
      const { errors } = await client.ask(
        `mutation($input: Create${type}Input!) { create${type}(input: $input) { commandId } }`,
        { input },
      );
      expect(errors![0]).toMatchObject({
        errorType: 'INVALID',
        errorInfo: { field: attribute },
        path: [`create${type}`],
      });
    }
    expect(await client.run(`update${type}`, { id: randomUUID(), name: unique('x') })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
};

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { admin, unique } from '../../support/clients/client.ts';
import { organisation, person } from '../organisation.ts';

it('the examples of docs/time.md are answered, as they stand', async () => {
  const client = await admin();
  const ids = await organisation(client);
  const [alice, bob] = await Promise.all(
    [4, 2].map(async (versions) => {
      const { id } = person({ roleId: ids.roleId, groupId: ids.groupId });
      await client.apply('createUser', person({ ...ids, authorizationId: undefined, id }));
      for (let version = 2; version <= versions; version += 1)
        await client.apply('updateUser', { id, firstName: unique('name') });
      return id;
    }),
  );
  const examples = [...readFileSync('docs/time.md', 'utf8').matchAll(/```graphql\n([\s\S]*?)```/g)].map(
    ([, text]) => text!,
  );
  const answers = [];
  for (const example of examples) {
    // Only people of one's own stand in the place of theirs, and moments at which they were there.
    const query = example
      .replaceAll('alice', alice!)
      .replaceAll('bob', bob!)
      .replace('at: "2026-03-01T00:00:00Z"', `at: "${new Date(Date.now() + 1000).toISOString()}"`);
    answers.push(await client.get(query));
  }
  expect(answers.map((answer) => Object.keys(answer))).toEqual([['usersAt'], ['changesBetween'], ['whatIf']]);
  const { outcomes, changes } = answers[2]!['whatIf'];
  expect(outcomes).toEqual([
    { operation: 'correctEvent', status: 'APPLIED', code: null, message: null },
    { operation: 'updateUser', status: 'APPLIED', code: null, message: null },
  ]);
  expect(changes).toContainEqual({
    aggregateId: alice,
    attribute: 'roleId',
    before: JSON.stringify(ids.roleId),
    after: null,
  });
});

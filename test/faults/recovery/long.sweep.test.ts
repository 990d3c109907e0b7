import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { timeShardOf } from '../../../domain/kernel/view/timeShard.ts';
import { batchWrite } from '../../../functions/ports/dynamodb/batchWrite.ts';
import { type OwnStack, ownStack } from '../../support/stack/ownStack.ts';
import { recovering } from '../../support/models/recovering.ts';

/** A very long stream, as an older system left it. */
let own: OwnStack;
beforeAll(async () => {
  own = await ownStack();
});
afterAll(() => own?.stop());

it('fifty updates at once of a stream of 10,000 events are all decided, and nothing is given up', async () => {
  const { admin } = own;
  const deadLetters = async () => Number((await admin.get('{ pipeline { deadLetters } }'))['pipeline'].deadLetters);
  const before = await deadLetters();
  const id = randomUUID();
  const [length, many] = [10_000, 50];
  const begin = Date.UTC(2020, 0, 1);
  const events = Array.from({ length }, (_, n) => ({
    ...{ streamId: `group#${id}`, version: n + 1, timeShard: timeShardOf(`group#${id}`, begin), eventId: randomUUID() },
    ...{ aggregate: 'group', aggregateId: id, commandId: randomUUID(), actor: 'admin:a', schemaVersion: 1 },
    ...{ operation: n === 0 ? 'createGroup' : 'updateGroup', executionQueue: 'executeUpdateGroupQueue' },
    ...{ type: n === 0 ? 'GroupCreated' : 'GroupUpdated', timestamp: begin + n * 1000 },
    ...(n > 0 && { previousTimestamp: begin + (n - 1) * 1000 }),
    payload: { ...(n === 0 && { name: `long ${id}` }), description: `${n}` },
  }));
  // The row is made by the first command: not every event of the past has to be projected for that.
  const unhook = recovering(own).onCallOf('mediator', ({ phase, operation }) =>
    phase === 'before' && operation === 'SendMessageBatch'
      ? { fail: { status: 200, type: 'Taken', message: '' } }
      : undefined,
  );
  await batchWrite(
    own.inspection.dynamoDb,
    own.outputs.Tables['eventStore']!,
    events.map((Item) => ({ PutRequest: { Item } })),
  );
  await own.stack.mappings.idle();
  unhook();
  expect(await admin.run('updateGroup', { id, description: 'first' })).toMatchObject({
    status: 'APPLIED',
    version: length + 1,
  });

  const commandIds = Array.from({ length: many }, () => randomUUID());
  const updates = commandIds.map(
    (commandId, n) =>
      `u${n}: updateGroup(input: { id: "${id}", description: "at once ${n}" }, commandId: "${commandId}") { commandId }`,
  );
  await admin.get(`mutation { ${updates.join(' ')} }`);
  const outcomes = await Promise.all(commandIds.map((commandId) => admin.outcomeOf(commandId)));
  expect(outcomes.filter(({ status }) => status !== 'APPLIED')).toEqual([]);
  expect(outcomes.map(({ version }) => Number(version)).sort((one, other) => one - other)).toEqual(
    commandIds.map((_, n) => length + 2 + n),
  );
  await own.stack.mappings.idle();
  expect((await admin.get('query($id: ID!) { group(id: $id) { version } }', { id }))['group']).toEqual({
    version: length + 1 + many,
  });
  expect(await deadLetters()).toBe(before);
});

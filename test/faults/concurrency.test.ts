import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CommandOutcome } from '../../generated/schema.ts';
import { organisation, person } from '../e2e/organisation.ts';
import { unique } from '../support/clients/client.ts';
import { expectInvariants } from '../support/models/invariants.ts';
import { type OwnStack, ownStack } from '../support/stack/ownStack.ts';

let own: OwnStack;
beforeAll(async () => {
  own = await ownStack();
});
afterAll(() => own?.stop());

it('200 commands over 20 aggregates and 5 contested values, sent at once, leave everything right', async () => {
  const client = own.admin;
  const { roleId, groupId } = await organisation(client);
  const emails = Array.from({ length: 5 }, () => `${unique('contested')}@example.com`);
  const users = Array.from({ length: 20 }, (_, n) => person({ id: unique(`crowd${n}`), roleId, groupId }));
  await Promise.all(users.map((input) => client.apply('createUser', input)));

  const wishes = Array.from({ length: 200 }, (_, n) => {
    const { id } = users[n % 20]!;
    const commandId = randomUUID();
    if (n % 10 === 9) return { operation: 'deleteUser', input: { id }, commandId, send: n < 60 };
    if (n % 3 === 0)
      return {
        operation: 'updateUser',
        input: { id, email: emails[n % 5]!.replace('c', n % 2 ? 'C' : 'c') },
        commandId,
        send: true,
      };
    return { operation: 'updateUser', input: { id, firstName: `Name ${n}` }, commandId, send: true };
  });
  // A deletion early in the list and none later, so that most commands meet a live user; every third is sent twice.
  const sent = wishes.map(({ operation, input, commandId, send }) =>
    send
      ? { operation, input, commandId }
      : { operation: 'updateUser', input: { id: input.id, lastName: commandId }, commandId },
  );
  const repeated = sent.flatMap((wish, n) => (n % 3 === 0 ? [wish, wish] : [wish]));
  await Promise.all(repeated.map(({ operation, input, commandId }) => client.send(operation, input, commandId)));

  // One after the other: hundreds of askers at once would be the load that keeps them waiting.
  const outcomes: CommandOutcome[] = [];
  for (const { commandId } of sent) outcomes.push(await client.outcomeOf(commandId, 120));
  for (const { status, code } of outcomes) expect(code ?? status).toMatch(/^(APPLIED|EMAIL_TAKEN|NOT_FOUND)$/);
  expect(outcomes.filter(({ status }) => status === 'APPLIED').length).toBeGreaterThan(80);
  expect(outcomes.some(({ code }) => code === 'EMAIL_TAKEN')).toBe(true);

  const { inspection } = own;
  await expectInvariants(inspection);
  const events = [...(await inspection.streams()).values()].flat();
  for (const [n, { commandId, status, version, aggregateId }] of outcomes.entries()) {
    const own = events.filter((event) => event.commandId === commandId);
    const { operation, input } = sent[n]!;
    // An address that the user has already and a user who is gone already need no event; a new name does.
    const mayBeWithout = operation === 'deleteUser' || 'email' in input;
    if (status === 'REJECTED') expect(own, commandId).toEqual([]);
    else if (!mayBeWithout || own.length > 0)
      expect(own.map((event) => [event.aggregateId, event.version])).toEqual([[aggregateId, version]]);
  }
  expect(await inspection.waiting(true)).toEqual([]);
});

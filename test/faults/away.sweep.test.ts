import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { person } from '../e2e/organisation.ts';
import { unique } from '../support/clients/client.ts';
import { expectInvariants } from '../support/models/invariants.ts';
import { soak } from '../support/runs.ts';
import { type OwnStack, ownStack } from '../support/stack/ownStack.ts';

/** SOAK=1: ten minutes, in which a message is delivered some seven times; else long enough for four. */
const awaySeconds = soak ? 600 : 20;
const commands = 60;

let own: OwnStack;
beforeAll(async () => {
  own = await ownStack();
});
afterAll(() => own?.stop());

it(
  'tables that are away leave no valid command among the dead letters',
  { timeout: (awaySeconds + 2400) * 1000 },
  async () => {
    const { admin, stack, inspection } = own;
    const named = (kind: string) => ({ name: unique(kind), description: 'in bad times' });
    const authorizationId = await admin.apply('createAuthorization', named('may'));
    const roleId = await admin.apply('createRole', { ...named('role'), authorizationIds: [authorizationId] });
    const groupId = await admin.apply('createGroup', named('group'));

    // For functions alone: whoever sends commands is told at once, and here they shall be taken.
    stack.chaos.set({
      rules: ['command', 'mediator', 'execute'].map((caller) => ({
        effect: 'fail',
        probability: 1,
        service: 'dynamodb',
        caller,
      })),
    });
    const sent = Array.from({ length: commands }, (_, n) => ({
      commandId: randomUUID(),
      operation: n % 2 === 0 ? 'createUser' : 'createGroup',
    }));
    for (const { commandId, operation } of sent)
      await admin.send(operation, operation === 'createUser' ? person({ roleId, groupId }) : named('group'), commandId);
    await delay(awaySeconds * 1000);
    expect(stack.chaos.counts.fail).toBeGreaterThan(commands);
    expect(await inspection.scan('eventStore')).toHaveLength(3);
    stack.chaos.set({ rules: [] });

    // The pauses have grown meanwhile, to five or ten minutes in a long absence.
    for (const { commandId } of sent)
      expect(await admin.outcomeOf(commandId, soak ? 1500 : 240)).toMatchObject({ status: 'APPLIED' });
    await expectInvariants(inspection, soak ? 700 : 120);
    expect(await inspection.waiting(true)).toEqual([]);
  },
);

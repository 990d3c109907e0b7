import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operations } from '../../domain/operations.ts';
import { organisation, person } from '../e2e/organisation.ts';
import { type Client, eventually, unique, user } from '../support/clients/client.ts';
import { expectInvariants } from '../support/models/invariants.ts';
import { type OwnStack, ownStack } from '../support/stack/ownStack.ts';
import { soak } from '../support/runs.ts';

/** SOAK=1: a thousand commands, and messages that come back as late as on AWS. */
const rounds = soak ? Math.ceil(1000 / Object.keys(operations).length) : 2;

/** A new account's concurrency: a tenth of what the mappings may ask for. */
const accountConcurrency = 10;

let own: OwnStack;
const throttled: string[] = [];
beforeAll(async () => {
  own = await ownStack({
    accountConcurrency,
    onLambdaEvent: (event) => void (event.kind === 'throttled' && throttled.push(event.functionName)),
    ...(!soak && { queueVisibilityOverrideSeconds: 10 }),
  });
});
afterAll(() => own?.stop());

/** Whom the commands of one round are about. */
interface Ids {
  userId: string;
  roleId: string;
  groupId: string;
  authorizationId: string;
}

/** A command of every operation; some meet what others of the same burst make of it, and may be rejected. */
const inputsFor = (
  { userId: id, roleId, groupId, authorizationId }: Ids,
  member: Client,
): Record<string, Record<string, unknown>> => {
  const named = (kind: string) => ({ name: unique(kind), description: 'of a burst' });
  // The address that the token proves.
  const { id: _id, ...form } = person({ email: `${member.sub.replace('auth0|', '')}@example.com` });
  return {
    createUser: person({ roleId, groupId }),
    updateUser: { id, firstName: 'Burst' },
    deleteUser: { id },
    restoreUser: { id },
    eraseUser: { id },
    suspendUser: { id, reason: 'of a burst' },
    reinstateUser: { id },
    signUp: form,
    updateProfile: { lastName: 'Burst' },
    eraseMe: {},
    createRole: { ...named('role'), authorizationIds: [authorizationId] },
    updateRole: { id: roleId, description: 'changed' },
    deleteRole: { id: roleId },
    restoreRole: { id: roleId },
    grantAuthorization: { roleId, authorizationId },
    revokeAuthorization: { roleId, authorizationId },
    createAuthorization: named('may'),
    updateAuthorization: { id: authorizationId, description: 'changed' },
    deleteAuthorization: { id: authorizationId },
    restoreAuthorization: { id: authorizationId },
    createGroup: named('group'),
    updateGroup: { id: groupId, description: 'changed' },
    deleteGroup: { id: groupId },
    restoreGroup: { id: groupId },
    correctEvent: {
      aggregate: 'GROUP',
      aggregateId: groupId,
      version: 1,
      payload: JSON.stringify({ name: unique('right'), description: 'as it should have been' }),
    },
  };
};

const send = async (client: Client, operation: string, input: Record<string, unknown>): Promise<string> => {
  const commandId = randomUUID();
  if (operation === 'eraseMe')
    await client.get('mutation ($commandId: ID) { eraseMe(commandId: $commandId) { commandId } }', { commandId });
  else await client.send(operation, input, commandId);
  return commandId;
};

it('a burst over all operations, in an account with a concurrency of ten, ends with every outcome and no dead letter', async () => {
  const { admin, stateDir, inspection } = own;
  const { roleId, groupId, authorizationId } = await organisation(admin);
  const { id: userId } = person();
  await admin.apply('createUser', { ...person({ roleId, groupId }), id: userId });
  const members = await Promise.all(Array.from({ length: rounds }, () => user(`auth0|${unique('member')}`, stateDir)));

  const sent: { client: Client; operation: string; commandId: string }[] = [];
  // A round at a time, as a thousand requests of one process at once would measure that process.
  for (const member of members)
    sent.push(
      ...(await Promise.all(
        Object.entries(inputsFor({ userId, roleId, groupId, authorizationId }, member)).map(
          async ([operation, input]) => {
            const client = operations[operation]?.caller === 'user' ? member : admin;
            return { client, operation, commandId: await send(client, operation, input) };
          },
        ),
      )),
    );
  expect(new Set(sent.map(({ operation }) => operation))).toEqual(new Set(Object.keys(operations)));

  const undecided = new Map(sent.map((each) => [each.commandId, each]));
  await eventually(
    'every outcome',
    async () => {
      for (const { commandId, client } of [...undecided.values()].slice(0, 50)) {
        const { command } = await client.get('query ($id: ID!) { command(commandId: $id) { status } }', {
          id: commandId,
        });
        if (!command) break;
        undecided.delete(commandId);
      }
      return undecided.size === 0;
    },
    soak ? 1500 : 240,
  );
  // Otherwise the burst was none.
  expect(throttled.length).toBeGreaterThan(0);
  await expectInvariants(inspection, soak ? 900 : 120);
  expect(await inspection.waiting(true)).toEqual([]);
}, 2_700_000);

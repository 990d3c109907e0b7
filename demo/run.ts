/**
 * Fills a running stack with a made-up organisation, and shows what the system does with right and wrong commands.
 * Every run makes an organisation of its own: run it as often as you like.
 *
 *   npm run demo [-- --state DIR] [--outputs FILE]
 */
import { Client, Refusal } from './client.ts';
import type { CommandOptions } from './client.ts';
import { createAuthorizations, createGroups, createRoles, createUsers } from './organisation.ts';
import { recover } from './recovery.ts';
import { describe, inParallel, totals } from './report.ts';
import { findTarget, usage } from './target.ts';

async function run(): Promise<void> {
  const { graphqlUrl, playgroundUrl, adminToken } = await findTarget(process.argv.slice(2));
  const client = new Client(graphqlUrl, adminToken);
  const suffix = Date.now().toString(36).slice(-6);
  const startedAt = new Date().toISOString();
  console.log(`Demo run ${suffix} on ${graphqlUrl}: everything that it makes is named after it.\n`);

  const createAll = async (title: string, operation: string, inputs: Record<string, unknown>[]): Promise<string[]> => {
    const outcomes = await inParallel(title, inputs, (input) => client.command({ operation, input }));
    const failed = outcomes.find(({ status }) => status === 'REJECTED');
    if (failed) throw new Error(`${operation} should have been applied: ${describe(failed)}`);
    return outcomes.map(({ aggregateId }) => aggregateId);
  };
  const step = async (title: string, command: CommandOptions): Promise<void> => {
    console.log(`  ${title}\n    ${describe(await client.command(command))}`);
  };

  const authorizationIds = await createAll(
    'Authorizations created',
    'createAuthorization',
    createAuthorizations(suffix),
  );
  const roleIds = await createAll('Roles created', 'createRole', createRoles(suffix, authorizationIds));
  const groupIds = await createAll('Groups created', 'createGroup', createGroups(suffix));
  const users = createUsers(suffix, roleIds, groupIds);
  await createAll('Users created', 'createUser', users as unknown as Record<string, unknown>[]);
  const [ada, bruno, chloe] = users as [(typeof users)[0], (typeof users)[0], (typeof users)[0]];
  // Anybody but those whose stories are told below.
  const movers = users
    .slice(10, 20)
    .map(({ id, groupId }) => ({ id, groupId: groupIds.find((other) => other !== groupId)! }));
  await createAll('Users moved to another group', 'updateUser', movers);

  console.log('\nWhat is refused');
  const nowhere = 'no-such-thing';
  await step("A second user with Ada's e-mail address, in capitals", {
    operation: 'createUser',
    input: { ...ada, id: `${ada.id}-2`, email: ada.email.toUpperCase() },
  });
  await step('Ada once more', { operation: 'createUser', input: { ...ada, email: `other.${ada.email}` } });
  await step('A user with a role that does not exist', {
    operation: 'updateUser',
    input: { id: bruno.id, roleId: nowhere },
  });
  await step('A user in a group that does not exist', {
    operation: 'updateUser',
    input: { id: bruno.id, groupId: nowhere },
  });
  await step('A second role of one name', {
    operation: 'createRole',
    input: { ...createRoles(suffix, authorizationIds)[0] },
  });
  await step('A role in use, deleted', { operation: 'deleteRole', input: { id: roleIds[0] } });
  await step('Somebody whom nobody knows', { operation: 'updateUser', input: { id: nowhere, firstName: 'Nobody' } });
  await invalid(client, ada.id);

  console.log('\nThe story of Ada');
  const married = { operation: 'updateUser', input: { id: ada.id, lastName: 'Lovelace', expectedVersion: 1 } };
  await step('She takes another name', married);
  await step('Somebody else changes her, not knowing of that', {
    ...married,
    input: { ...married.input, lastName: 'Byron' },
  });
  const { id: _, ...asCreated } = ada;
  await step('Her birth date was wrong from the start: the event is corrected', {
    operation: 'correctEvent',
    input: {
      aggregate: 'USER',
      aggregateId: ada.id,
      version: 1,
      payload: JSON.stringify({ ...asCreated, birthDate: '1985-12-10' }),
    },
  });
  await step('Bruno leaves', { operation: 'deleteUser', input: { id: bruno.id } });

  console.log('\nThe views are rebuilt from the events since this run began');
  const recoveryId = await recover(client, startedAt);

  console.log(`\nTotals of run ${suffix}: ${totals(client.outcomes)}`);
  console.log(`
Look at these${playgroundUrl ? ` in the console, ${playgroundUrl}` : ''}:
  Ada, created, updated, corrected   USER ${ada.id}
  Bruno, deleted                     USER ${bruno.id}
  Chloé, as created                  USER ${chloe.id}
  a role                             ROLE ${roleIds[0]}
  a group                            GROUP ${groupIds[0]}
  an authorization                   AUTHORIZATION ${authorizationIds[0]}
  the recovery                       ${recoveryId}
  events since                       ${startedAt}`);
}

/** Input that cannot be right is refused by the API itself: no command, no outcome. */
async function invalid(client: Client, id: string): Promise<void> {
  try {
    await client.command({ operation: 'updateUser', input: { id, firstName: ' ' } });
    throw new Error('An empty name should have been refused.');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.log(`  An empty name\n    refused by the API: ${error.message}`);
  }
}

if (process.argv.includes('--help')) console.log(usage);
else
  await run().catch((error: Error) => {
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  });

import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import type { Recovery } from '../../../generated/schema.ts';
import { aggregateNames } from '../../../domain/operations.ts';
import type { GatewayCall } from 'appsync-local/parts';
import { organisation, person } from '../../e2e/organisation.ts';
import { eventually, unique } from '../clients/client.ts';
import type { OwnStack } from '../stack/ownStack.ts';

const fields =
  'recoveryId timestamp status total discovered rebuilt changed failed lastError startedAt updatedAt completedAt';

/** Before the first event there can be. */
export const beginning = '1970-01-01T00:00:00Z';

/** What tests of recovery do to a stack of their own: store, corrupt, recover, look. */
export const recovering = ({ stack, outputs, admin, inspection }: OwnStack) => {
  const { dynamoDb } = inspection;

  const recovery = async (id: string): Promise<Recovery> =>
    (await admin.get(`query($id: ID!) { recovery(recoveryId: $id) { ${fields} } }`, { id }))['recovery'] as Recovery;

  const recoverFrom = async (timestamp: string): Promise<string> =>
    (
      (await admin.get('mutation($t: AWSDateTime!) { recoverFrom(timestamp: $t) { recoveryId } }', { t: timestamp }))[
        'recoverFrom'
      ] as Recovery
    ).recoveryId;

  const ended = (id: string, seconds = 240): Promise<Recovery> => {
    let last: Recovery | undefined;
    return eventually(
      `recovery ${id} ends`,
      async () => {
        last = await recovery(id);
        return last.status !== 'RUNNING' && last;
      },
      seconds,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${JSON.stringify(last)}`);
    });
  };

  /** Items of a table by their key. */
  const snapshot = async (table: string, key: string) =>
    new Map((await inspection.scan(table)).map((item) => [String(item[key]), item] as const));

  const views = async () => {
    const entries = await Promise.all(
      aggregateNames.map(async (aggregate) => [aggregate, await snapshot(aggregate, 'id')] as const),
    );
    return Object.fromEntries(entries) as Record<(typeof aggregateNames)[number], Map<string, Record<string, unknown>>>;
  };

  const put = (table: string, item: Record<string, unknown>) =>
    dynamoDb.send(new PutCommand({ TableName: outputs.Tables[table], Item: item }));
  const remove = (table: string, key: Record<string, unknown>) =>
    dynamoDb.send(new DeleteCommand({ TableName: outputs.Tables[table], Key: key }));

  return {
    recovery,
    recoverFrom,
    ended,
    views,
    put,
    remove,
    claims: () => snapshot('uniqueValue', 'uniqueKey'),

    /** Recovers from a moment to the end, which must be a good one. */
    recovered: async (timestamp: string): Promise<Recovery> => {
      const result = await ended(await recoverFrom(timestamp));
      expect(result).toMatchObject({ status: 'COMPLETED', failed: 0, lastError: null });
      expect(result.rebuilt).toBe(result.total);
      return result;
    },

    /** An organisation and users in it, each changed once; a role, a group and a user that are deleted again. */
    populate: async (users: number) => {
      const ids = await organisation(admin);
      const references = { roleId: ids.roleId, groupId: ids.groupId };
      const people = Array.from(
        { length: users },
        () => person(references) as ReturnType<typeof person> & { email: string },
      );
      await Promise.all(
        people.map(async (input) => {
          await admin.apply('createUser', input);
          await admin.apply('updateUser', {
            id: input.id,
            email: `${unique('second')}@example.com`,
            firstName: 'Second',
          });
        }),
      );
      const gone = await organisation(admin);
      const goneUser = person({ roleId: gone.roleId, groupId: gone.groupId });
      await admin.apply('createUser', goneUser);
      await admin.apply('deleteUser', { id: goneUser.id });
      await Promise.all([
        admin.apply('deleteRole', { id: gone.roleId }),
        admin.apply('deleteGroup', { id: gone.groupId }),
      ]);
      return { ...ids, people, gone, goneUser };
    },

    emptyViews: async () => {
      for (const [aggregate, rows] of Object.entries(await views()))
        await Promise.all([...rows.keys()].map((id) => remove(aggregate, { id })));
    },

    change: (table: string, key: Record<string, unknown>, name: string, value: unknown) =>
      dynamoDb.send(
        new UpdateCommand({
          TableName: outputs.Tables[table],
          Key: key,
          UpdateExpression: 'SET #name = :value',
          ExpressionAttributeNames: { '#name': name },
          ExpressionAttributeValues: { ':value': value },
        }),
      ),

    /** Lets the hook see the calls of one function's workers, or of its mappings. */
    onCallOf: (
      name: 'mediator' | 'execute' | 'recovery',
      hook: (call: GatewayCall) => ReturnType<Parameters<typeof stack.gateway.onCall>[0]>,
    ) => stack.gateway.onCall((call) => (call.caller.includes(`-${name}`) ? hook(call) : undefined)),
  };
};

export type Recovering = ReturnType<typeof recovering>;

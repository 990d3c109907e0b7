import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/clients/client.ts';
import { RawSubscriber } from '../../support/clients/rawSubscriber.ts';
import { beginning } from '../../support/models/recovering.ts';
import { recoverySetting } from './setting.ts';

const at = recoverySetting();

/** The messages that the recovery function has sent to execution queues. */
const chunksSent = () => {
  const sent: { QueueUrl: string; MessageBody: string }[] = [];
  at.hook('recovery', ({ phase, operation, input }) => {
    if (phase !== 'after' || operation !== 'SendMessageBatch' || String(input['QueueUrl']).endsWith('recoveryQueue'))
      return;
    sent.push(
      ...(input['Entries'] as { MessageBody: string }[]).map(({ MessageBody }) => ({
        QueueUrl: String(input['QueueUrl']),
        MessageBody,
      })),
    );
  });
  return sent;
};

describe('messages that do not come as they should', () => {
  it('a chunk that is delivered three times counts once', async () => {
    const before = await at.state();
    await at.to.emptyViews();
    const sent = chunksSent();
    const repeated = new Set<string>();
    // Twice more, as soon as it was sent, and at the end once more.
    at.hook('recovery', async ({ phase, operation, input }) => {
      if (phase !== 'after' || operation !== 'SendMessageBatch' || String(input['QueueUrl']).endsWith('recoveryQueue'))
        return;
      for (const { MessageBody } of input['Entries'] as { MessageBody: string }[]) {
        repeated.add(MessageBody);
        for (let time = 0; time < 2; time += 1)
          await at.own.inspection.sqs.send(
            new SendMessageCommand({ QueueUrl: String(input['QueueUrl']), MessageBody }),
          );
      }
    });
    const total = await at.streamCount();
    const result = await at.to.recovered(beginning);
    expect(result).toMatchObject({ total, rebuilt: total, failed: 0 });
    expect(result.changed).toBeLessThanOrEqual(total);
    expect(repeated.size).toBeGreaterThanOrEqual(4);
    for (const message of sent) await at.own.inspection.sqs.send(new SendMessageCommand(message));
    await at.own.stack.mappings.idle();
    expect(await at.to.recovery(result.recoveryId)).toEqual(result);
    expect(await at.state()).toEqual(before);
  });

  it('chunks that are lost are sent again after ten minutes without progress', async () => {
    const before = await at.state();
    await at.to.emptyViews();
    // Of groups alone: so few chunks that do not come back leave room for all others.
    const queues = ['executeCreateGroupQueue'];
    await at.close(queues);
    const others = (await at.streamCount()) - before.views.group.size;
    const id = await at.to.recoverFrom(beginning);
    const waiting = async () => {
      const { Item } = await at.own.inspection.dynamoDb.send(
        new GetCommand({
          TableName: at.own.outputs.Tables['recovery'],
          Key: { recoveryId: id, item: 'ledger' },
          ConsistentRead: true,
        }),
      );
      const cursor = JSON.parse(String(Item!['cursor'] ?? '{}')) as {
        phase?: string;
        progress?: number;
        unsent?: string[];
        since?: number;
      };
      return (
        cursor.phase === 'wait' &&
        cursor.unsent!.length === 0 &&
        cursor.progress === Item!['rebuilt'] &&
        cursor.progress === others && { cursor, text: String(Item!['cursor']) }
      );
    };
    await eventually('groups alone are missing', waiting);
    await at.purge(queues);
    at.unhook();
    // As if ten minutes had gone by.
    await eventually('the clock is put on', async () => {
      const found = await waiting();
      if (!found) return false;
      return at.own.inspection.dynamoDb
        .send(
          new UpdateCommand({
            TableName: at.own.outputs.Tables['recovery'],
            Key: { recoveryId: id, item: 'ledger' },
            UpdateExpression: 'SET #cursor = :new',
            ConditionExpression: '#cursor = :old',
            ExpressionAttributeNames: { '#cursor': 'cursor' },
            ExpressionAttributeValues: {
              ':old': found.text,
              ':new': JSON.stringify({ ...found.cursor, since: Number(found.cursor.since) - 11 * 60_000 }),
            },
          }),
        )
        .then(
          () => true,
          () => false,
        );
    });
    const total = await at.streamCount();
    expect(await at.to.ended(id)).toMatchObject({ status: 'COMPLETED', total, rebuilt: total, failed: 0 });
    expect(await at.state()).toEqual(before);
  });

  it('a step that fails again and again ends it FAILED, with the error; another then brings everything back', async () => {
    await at.to.emptyViews();
    at.hook('recovery', ({ phase, operation, input }) =>
      phase === 'before' && operation === 'Query' && input['Limit'] !== 1
        ? { fail: { status: 400, type: 'ValidationException', message: 'The index is broken' } }
        : undefined,
    );
    const id = await at.to.recoverFrom(beginning);
    expect(await at.to.ended(id)).toMatchObject({
      status: 'FAILED',
      lastError: expect.stringContaining('The index is broken'),
      total: null,
      completedAt: expect.any(String),
    });
    at.unhook();
    await at.to.recovered(beginning);
  });
});

describe('a recovery that is cancelled', () => {
  const cancel = async (id: string) =>
    (await at.own.admin.get('mutation($id: ID!) { cancelRecovery(recoveryId: $id) { status completedAt } }', { id }))[
      'cancelRecovery'
    ];

  it('stops: what is rebuilt stays, nothing more is begun, and subscribers hear of it', async () => {
    const before = await at.state();
    await at.to.emptyViews();
    await at.to.put('role', { id: 'invented', version: 1, name: 'Nobody', nameKey: 'nobody' });
    // Groups are held up, so the recovery waits for them.
    await at.close(['executeCreateGroupQueue']);
    const id = await at.to.recoverFrom(beginning);
    const socket = await RawSubscriber.connect(at.own.outputs, at.own.admin.token!);
    const progress = await socket.subscribe(
      'subscription($id: ID!) { onRecoveryProgress(recoveryId: $id) { status rebuilt total } }',
      { id },
    );
    await eventually(
      'everybody is there',
      async () => (await at.to.recovery(id)).rebuilt >= 1 && (await at.to.views()).user.size === before.views.user.size,
    );
    expect((await at.to.recovery(id)).rebuilt).toBeLessThan(await at.streamCount());
    expect(await cancel(id)).toEqual({ status: 'CANCELLED', completedAt: expect.any(String) });
    at.unhook();
    await progress.next(({ status }) => status === 'CANCELLED');
    await at.own.stack.mappings.idle();
    expect(await at.to.recovery(id)).toMatchObject({ status: 'CANCELLED', lastError: null });
    expect(await cancel(id)).toMatchObject({ status: 'CANCELLED' });
    const { views } = await at.state();
    expect(views.user).toEqual(before.views.user);
    // It never came to the rows that no stream accounts for.
    expect(views.role.has('invented')).toBe(true);
    await socket.close();
    await at.to.recovered(beginning);
    expect(await at.state()).toEqual(before);
  });

  it('before it has begun does nothing at all', async () => {
    const before = await at.state();
    await at.to.emptyViews();
    const sent = chunksSent();
    at.hook('recovery', async ({ phase, operation, input }) => {
      if (phase === 'after' && operation === 'PutItem' && input['TableName'] === at.own.outputs.Tables['recovery'])
        await cancel((input['Item'] as { recoveryId: { S: string } }).recoveryId.S);
      return undefined;
    });
    const id = await at.to.recoverFrom(beginning);
    await at.own.stack.mappings.idle();
    expect(await at.to.recovery(id)).toMatchObject({ status: 'CANCELLED', rebuilt: 0 });
    expect(sent).toEqual([]);
    expect((await at.to.views()).user.size).toBe(0);
    at.unhook();
    await at.to.recovered(beginning);
    expect(await at.state()).toEqual(before);
  });
});

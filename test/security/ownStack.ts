import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inject, vi } from 'vitest';
import type { GatewayCall } from 'appsync-local/parts';
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts';
import { eventually } from '../support/clients/client.ts';

/**
 * A stack in this process, for what the shared one cannot give: other settings, keys to rotate, roles' credentials, and
 * a look at every call.
 */
export interface OwnStack extends Stack {
  stateDir: string;
  /** All items of all tables, and how many messages each queue holds. */
  contents(): Promise<{ tables: Record<string, unknown[]>; queues: Record<string, number> }>;
  /** Resolves when nothing moves any more. */
  settled(): Promise<void>;
  /** Does something, and gives every call that a resolver or function made meanwhile. */
  callsDuring(work: () => Promise<unknown>): Promise<Pick<GatewayCall, 'caller' | 'operation' | 'input'>[]>;
}

/** Looking for work is no work. */
const polling = ['ReceiveMessage', 'DescribeStream', 'GetShardIterator', 'GetRecords'];

interface StoredEvent {
  aggregate: { S: string };
  aggregateId: { S: string };
  version: { N: string };
}

interface Row {
  id: { S: string };
  version: { N: string };
}

/** Whether each stream's last event is in its row: between the store and its queue an event is in no queue. */
const allArrived = (tables: Record<string, unknown[]>): boolean =>
  (tables['eventStore'] as StoredEvent[]).every(({ aggregate, aggregateId, version }) =>
    (tables[aggregate.S] as Row[]).some(
      (row) => row.id.S === aggregateId.S && Number(row.version.N) >= Number(version.N),
    ),
  );

/**
 * @param settings environment variables in place of the local defaults, e.g. AUTH0_USER_DOMAIN, while it is synthesized
 */
export const startOwnStack = async (
  settings: Record<string, string> = {},
  options: Partial<StackOptions> = {},
): Promise<OwnStack> => {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const stateDir = mkdtempSync(join(tmpdir(), 'own-stack-'));
  // What settings make of the application is synthesized for them.
  const assemblyDir = Object.keys(settings).length === 0 ? inject('assemblyDir') : undefined;
  const stack = await startStack({ port: 0, stateDir, assemblyDir, ...options }).finally(() => vi.unstubAllEnvs());
  const tool = {
    region: stack.outputs.Region,
    endpoint: stack.outputs.DynamoDBEndpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const dynamoDb = new DynamoDBClient(tool);
  const sqs = new SQSClient(tool);

  const scan = async (TableName: string): Promise<unknown[]> => {
    const items: unknown[] = [];
    let ExclusiveStartKey: Record<string, never> | undefined;
    do {
      const page = await dynamoDb.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }));
      items.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
    } while (ExclusiveStartKey);
    return items.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  };

  const depth = async (QueueUrl: string): Promise<number> => {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return (
      Number(Attributes['ApproximateNumberOfMessages']) +
      Number(Attributes['ApproximateNumberOfMessagesNotVisible']) +
      Number(Attributes['ApproximateNumberOfMessagesDelayed'])
    );
  };

  const each = async <Value>(
    names: Record<string, string>,
    look: (name: string) => Promise<Value>,
  ): Promise<Record<string, Value>> =>
    Object.fromEntries(
      await Promise.all(Object.entries(names).map(async ([name, physical]) => [name, await look(physical)] as const)),
    );

  const own: OwnStack = {
    ...stack,
    stateDir,
    contents: async () => ({
      tables: await each(stack.outputs.Tables, scan),
      queues: await each(stack.outputs.Queues, depth),
    }),
    settled: async () => {
      await eventually('a stack at rest', async () => {
        const [before, after] = [await own.contents(), await own.contents()];
        return (
          Object.values(after.queues).every((messages) => messages === 0) &&
          JSON.stringify(before) === JSON.stringify(after) &&
          allArrived(after.tables)
        );
      });
    },
    callsDuring: async (work) => {
      const calls: GatewayCall[] = [];
      const remove = stack.gateway.onCall((call) => {
        if (call.phase === 'before' && call.caller !== 'administrator' && !polling.includes(call.operation))
          calls.push(call);
      });
      try {
        await work();
      } finally {
        remove();
      }
      return calls.map(({ caller, operation, input }) => ({ caller, operation, input }));
    },
    stop: async () => {
      dynamoDb.destroy();
      sqs.destroy();
      await stack.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
  return own;
};

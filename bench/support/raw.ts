import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { openDatabase, type DynamoDatabase } from 'appsync-local/parts';
import type { Stack } from '../../local/stack.ts';
import type { RecordedCall } from './recorder.ts';
import { inFlight } from './statistics.ts';

/** A database of its own in the engine of a running stack, with the same tables; `stream` is the event store's. */
export const rawDatabase = async ({ database, model }: Stack): Promise<{ raw: DynamoDatabase; stream: string }> => {
  const raw = openDatabase(database.clientConfig.endpoint);
  const [stream] = await raw.createTables(model.tables);
  return { raw, stream: stream!.engineArn };
};

/** Does calls that were made before, as fast as they go. */
export type Replay = (calls: RecordedCall[], limit: number) => Promise<void>;

/** Other calls of the same path were faster than when it was recorded: a refused write is a call all the same. */
const refusal = /ConditionalCheckFailed|TransactionCanceled/;

/** The bare engine: bodies written beforehand, nothing signed, nothing looked at but the status. */
export const bareReplay =
  ({ client }: DynamoDatabase): Replay =>
  (calls, limit) =>
    inFlight(calls, limit, async ({ operation, body }) => {
      const { status, body: answer } = await client.send(`DynamoDB_20120810.${operation}`, body);
      if (status !== 200 && !refusal.test(answer.toString()))
        throw new Error(`${operation} was answered ${answer.toString()}`);
    });

const commands = {
  BatchGetItem: BatchGetItemCommand,
  BatchWriteItem: BatchWriteItemCommand,
  GetItem: GetItemCommand,
  PutItem: PutItemCommand,
  Query: QueryCommand,
  TransactWriteItems: TransactWriteItemsCommand,
  UpdateItem: UpdateItemCommand,
};

/** A recorded call, for the AWS SDK. */
export const commandOf = ({ operation, body }: RecordedCall): GetItemCommand => {
  const Command = commands[operation as keyof typeof commands] as new (input: unknown) => GetItemCommand;
  return new Command(JSON.parse(body));
};

/** The engine as a program uses it that does nothing but these calls: with the AWS SDK. */
export const sdkReplay = ({ clientConfig }: DynamoDatabase): Replay => {
  const client = new DynamoDBClient({ ...clientConfig, cacheMiddleware: true });
  return (calls, limit) =>
    inFlight(calls, limit, async (call) => {
      await client.send(commandOf(call)).catch((error: Error) => {
        if (!refusal.test(error.name)) throw error;
      });
    });
};

/** An iterator at what will be written next. */
export const endOf = async ({ client }: DynamoDatabase, stream: string): Promise<string> => {
  const { StreamDescription } = await client.call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
    'streams:DescribeStream',
    { StreamArn: stream },
  );
  const end = { StreamArn: stream, ShardId: StreamDescription.Shards[0]?.ShardId, ShardIteratorType: 'LATEST' };
  return (await client.call<{ ShardIterator: string }>('streams:GetShardIterator', end)).ShardIterator;
};

/** Reads a stream, from an iterator on. */
export class StreamReader {
  constructor(
    private readonly database: DynamoDatabase,
    private iterator: string,
  ) {}

  /** Reads once; how many records there were. */
  async read(): Promise<number> {
    const page = await this.database.client.call<{ Records: unknown[]; NextShardIterator: string }>(
      'streams:GetRecords',
      { ShardIterator: this.iterator, Limit: 1000 },
    );
    this.iterator = page.NextShardIterator;
    return page.Records.length;
  }

  /** Reads until this many records have come, with a pause after each read. */
  async records(count: number, pauseMs: number): Promise<void> {
    for (let found = await this.read(); found < count; found += await this.read())
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { LoadRecord } from '../record.ts';
import { credentials, type LocalStack } from '../stack.ts';

export type Item = Record<string, unknown>;

/** What a stack holds, as it lies there. */
export interface Stored {
  eventStore: Item[];
  uniqueValue: Item[];
  subjectKey: Item[];
  commandOutcome: Item[];
  directory: Item[];
  /** Snapshots of streams, and marks of commands before them. */
  snapshot: Item[];
  recovery: Item[];
  /** Rows, by aggregate. */
  views: Record<string, Item[]>;
  /** How many messages are in each queue, by its name; dead letters' included. */
  queues: Record<string, number>;
  /** What was sent to it, and heard of it. */
  loads: LoadRecord[];
}

export const viewNames = ['user', 'role', 'authorization', 'group'];
const isForDeadLetters = (queue: string): boolean => /Dlq$|Failure/.test(queue);

export const queuedIn = ({ queues }: Stored): [string, number][] =>
  Object.entries(queues).filter(([name, count]) => count > 0 && !isForDeadLetters(name));
export const deadIn = ({ queues }: Stored): [string, number][] =>
  Object.entries(queues).filter(([name, count]) => count > 0 && isForDeadLetters(name));

/** A look into a running stack, as its administrator. */
export const readerOf = (stack: LocalStack) => {
  const { DynamoDBEndpoint, SqsEndpoint, Region: region, Tables, Queues } = stack;
  const dynamoDb = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: DynamoDBEndpoint, region, credentials }));
  const sqs = new SQSClient({ endpoint: SqsEndpoint, region, credentials });

  const all = async (table: string): Promise<Item[]> => {
    const items: Item[] = [];
    let from: Item | undefined;
    do {
      const page = await dynamoDb.send(
        new ScanCommand({ TableName: Tables[table], ConsistentRead: true, ExclusiveStartKey: from }),
      );
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  };

  const depthOf = async (url: string): Promise<number> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    const names = ['', 'NotVisible', 'Delayed'].map((state) => `ApproximateNumberOfMessages${state}`);
    return names.reduce((total, name) => total + Number((Attributes as Record<string, string>)[name] ?? 0), 0);
  };

  return {
    /** How many messages are in each queue. */
    queues: async (): Promise<Record<string, number>> => {
      const depths: Record<string, number> = {};
      for (const [name, url] of Object.entries(Queues)) depths[name] = await depthOf(url);
      return depths;
    },
    /** The tables, one after the other: they belong together only while nothing is written. */
    tables: async (): Promise<Omit<Stored, 'queues' | 'loads'>> => {
      const views: Record<string, Item[]> = {};
      for (const name of viewNames) views[name] = await all(name);
      return {
        views,
        eventStore: await all('eventStore'),
        uniqueValue: await all('uniqueValue'),
        subjectKey: await all('subjectKey'),
        commandOutcome: await all('commandOutcome'),
        directory: await all('directory'),
        snapshot: await all('snapshot'),
        recovery: await all('recovery'),
      };
    },
    /** How many events there are. */
    events: async (): Promise<number> => (await all('eventStore')).length,
    close: () => {
      dynamoDb.destroy();
      sqs.destroy();
    },
  };
};

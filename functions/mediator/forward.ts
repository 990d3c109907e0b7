import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { queuePairs } from '../../domain/operations.ts';
import { type Failures, failuresOf, sequenceNumberOf } from '../batch.ts';
import { errorOf, groupBy } from '../concurrency.ts';
import { bodyOfEvent } from '../messages.ts';
import { eventOf, messageOf } from '../ports/eventItem.ts';
import type { Queues } from '../ports/queues.ts';
import type { LogFields, Telemetry } from '../telemetry.ts';

export interface ForwardPorts {
  queues: Queues;
  telemetry: Telemetry;
}

/** An event on its way to its execution queue. */
interface Dispatch {
  sequenceNumber: string;
  queue: string;
  body: string;
  fields: LogFields;
}

/** What every event has, whatever shape it was stored in: less is not an event of ours. */
const routable = z.object({
  streamId: z.string(),
  version: z.number().check(z.int(), z.positive()),
  eventId: z.string(),
  aggregate: z.string(),
  aggregateId: z.string(),
  commandId: z.string(),
  operation: z.string(),
  executionQueue: z.enum(queuePairs.map(({ executionQueue }) => executionQueue)),
});

/**
 * Sends each new event of a batch from the event store's stream to the execution queue that it names. Safe to repeat.
 * @returns the records that could not be sent, by sequence number
 */
export const forwardBatch = async (records: DynamoDBRecord[], { queues, telemetry }: ForwardPorts): Promise<Failures> => {
  const failures: Failures = new Map();
  const fail = (sequenceNumber: string, fields: LogFields, thrown: unknown) => {
    const error = errorOf(thrown);
    failures.set(sequenceNumber, error);
    telemetry.count('EventsNotSent');
    telemetry.error('Event could not be sent to its execution queue', { sequenceNumber, ...fields, error });
  };

  const dispatches = records.flatMap((record): Dispatch[] => {
    const keys = record.dynamodb?.Keys;
    if (record.eventName !== 'INSERT') {
      telemetry.warn('An item of the event store was changed or removed; events never are', { eventName: record.eventName, keys });
      return [];
    }
    try {
      return [dispatchOf(record)];
    } catch (error) {
      fail(sequenceNumberOf(record), { keys }, error);
      return [];
    }
  });

  await Promise.all([...groupBy(dispatches, ({ queue }) => queue)].map(async ([queue, group]) => {
    const refused = await failuresOf(group, () => queues.send(queue, group.map(({ body }) => body)));
    for (const dispatch of group) {
      const error = refused.get(dispatch);
      if (error) fail(dispatch.sequenceNumber, dispatch.fields, error);
      else telemetry.info('Event sent to its execution queue', dispatch.fields);
    }
    telemetry.count('EventsSent', group.length - refused.size);
  }));
  return failures;
};

/** @throws when the new item is not an event */
const dispatchOf = (record: DynamoDBRecord): Dispatch => {
  const item = unmarshall((record.dynamodb?.NewImage ?? {}) as Parameters<typeof unmarshall>[0]);
  const { streamId, version, eventId, aggregate, aggregateId, commandId, operation, executionQueue } = routable.parse({ streamId: item['streamId'], ...eventOf(item) });
  return {
    sequenceNumber: sequenceNumberOf(record),
    queue: executionQueue,
    body: bodyOfEvent(messageOf(item)),
    fields: { commandId, eventId, aggregate, aggregateId, operation, version, streamId, queue: executionQueue },
  };
};

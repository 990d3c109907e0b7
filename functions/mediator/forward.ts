import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { queuePairs } from '../../domain/operations.ts';
import { type Failures, failuresOf, sequenceNumberOf } from '../runtime/batches.ts';
import { itemIn } from '../runtime/clients/numbers.ts';
import { errorOf, groupBy } from '../runtime/concurrency.ts';
import { bodyOfEvent } from '../messages.ts';
import { eventOf, messageOf } from '../ports/eventStore/item.ts';
import { MessageRefused, type Queues } from '../ports/queues/port.ts';
import type { LogFields, Telemetry } from '../runtime/telemetry.ts';
import { bodyOfUnsendable, failureQueue, type Unsendable } from './unsendable.ts';

export interface ForwardPorts {
  queues: Queues;
  telemetry: Telemetry;
}

/** `npm run seal` marks what it changes; nothing else may change an event. */
const isSealing = ({ eventName, dynamodb }: DynamoDBRecord): boolean =>
  eventName === 'MODIFY' && dynamodb?.NewImage?.['sealedAt'] !== undefined;

/** An event on its way to its execution queue. */
interface Dispatch {
  record: DynamoDBRecord;
  queue: string;
  body: string;
  sender: string;
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
  actor: z.string(),
  executionQueue: z.enum(queuePairs.map(({ executionQueue }) => executionQueue)),
});

/**
 * Sends each new event of a batch from the event store's stream to the execution queue that it names. Safe to repeat.
 * What no repetition will help is reported to the failure queue and passed by: it would hold up all that follows it.
 * @returns the records that could not be sent this time, by sequence number
 */
export const forwardBatch = async (records: DynamoDBRecord[], ports: ForwardPorts): Promise<Failures> => {
  const { queues, telemetry } = ports;
  const failures: Failures = new Map();
  const unsendable: Unsendable[] = [];
  const dispatches = records.flatMap((record): Dispatch[] => {
    if (isSealing(record)) {
      telemetry.count('EventsSealed');
      return [];
    }
    if (record.eventName !== 'INSERT') {
      telemetry.count('EventsTampered');
      telemetry.warn('An item of the event store was changed or removed; events never are', {
        eventName: record.eventName,
        ...placeOf(record),
      });
      return [];
    }
    try {
      return [dispatchOf(record)];
    } catch (error) {
      unsendable.push({ record, error: errorOf(error) });
      return [];
    }
  });

  await Promise.all(
    [...groupBy(dispatches, ({ queue }) => queue)].map(async ([queue, group]) => {
      const refused = await failuresOf(group, () => queues.send(queue, group));
      for (const dispatch of group) {
        const error = refused.get(dispatch);
        if (error instanceof MessageRefused) unsendable.push({ record: dispatch.record, error });
        else if (error) fail(failures, dispatch.record, dispatch.fields, error, telemetry);
        else telemetry.info('Event sent to its execution queue', dispatch.fields);
      }
      telemetry.count('EventsSent', group.length - refused.size);
    }),
  );
  await setAside(unsendable, failures, ports);
  return failures;
};

/** Reports what cannot be forwarded; what cannot even be reported has to come again. */
const setAside = async (
  unsendable: Unsendable[],
  failures: Failures,
  { queues, telemetry }: ForwardPorts,
): Promise<void> => {
  if (unsendable.length === 0) return;
  const unreported = await failuresOf(unsendable, () =>
    queues.send(
      failureQueue,
      unsendable.map((each) => ({ body: bodyOfUnsendable(each), sender: 'mediator' })),
    ),
  );
  for (const each of unsendable) {
    const { record, error } = each;
    const fields = { sequenceNumber: sequenceNumberOf(record), ...placeOf(record) };
    const notReported = unreported.get(each);
    if (notReported) {
      fail(failures, record, fields, notReported, telemetry);
    } else {
      telemetry.count('EventsSetAside');
      telemetry.error(
        'Item of the event store can never be sent to an execution queue: reported to the failure queue',
        { ...fields, error },
      );
    }
  }
};

/** Where an item stands, whatever it holds. */
const placeOf = ({ dynamodb }: DynamoDBRecord): LogFields => ({
  streamId: dynamodb?.Keys?.['streamId']?.S,
  version: dynamodb?.Keys?.['version']?.N,
});

const fail = (
  failures: Failures,
  record: DynamoDBRecord,
  fields: LogFields,
  error: Error,
  telemetry: Telemetry,
): void => {
  failures.set(sequenceNumberOf(record), error);
  telemetry.count('EventsNotSent');
  telemetry.error('Event could not be sent to its execution queue', {
    sequenceNumber: sequenceNumberOf(record),
    ...fields,
    error,
  });
};

/** @throws when the new item is not an event */
const dispatchOf = (record: DynamoDBRecord): Dispatch => {
  // Lambda hands on what DynamoDB says; the types of the one and of the other describe it differently.
  const item = itemIn((record.dynamodb?.NewImage ?? {}) as Parameters<typeof itemIn>[0]);
  const { streamId, version, eventId, aggregate, aggregateId, commandId, operation, actor, executionQueue } =
    routable.parse({
      streamId: item['streamId'],
      ...eventOf(item),
    });
  return {
    record,
    queue: executionQueue,
    body: bodyOfEvent(messageOf(item)),
    sender: actor,
    fields: { commandId, eventId, aggregate, aggregateId, operation, version, streamId, queue: executionQueue },
  };
};

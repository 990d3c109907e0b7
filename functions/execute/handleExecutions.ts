import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { streamIdOf } from '../../domain/kernel/stream/event.ts';
import type { CommandOutcome } from '../../generated/schema.ts';
import { deliveriesOf, type Failures, failuresOf, type QueueRecord } from '../runtime/batches.ts';
import { budget, NoTimeLeft } from '../runtime/budget.ts';
import { chunksOf, errorOf, groupBy, mapBounded } from '../runtime/concurrency.ts';
import { UnreadableMessage } from '../runtime/failure.ts';
import { parseExecutionMessage, type ReplayMessage } from '../messages.ts';
import type { Item } from '../ports/dynamodb/item.ts';
import type { ChunkResult, Ledger } from '../ports/ledger/port.ts';
import { type Notifier, PublicationRefused } from '../ports/notifier/port.ts';
import type { LogFields, Telemetry } from '../runtime/telemetry.ts';
import { leftToTell, notBegun, type ToTell } from '../runtime/telling.ts';
import { type Announcement, publicationsOf } from './announce.ts';
import { project, type Projected, type ProjectPorts } from './project.ts';
import type { ReplayedChunk } from '../rebuild/chunk.ts';
import { hiddenBecause, Unshowable } from '../rebuild/row.ts';
import { rowKeyOf } from '../ports/views/port.ts';

export interface ExecutePorts extends ProjectPorts {
  /** The events of messages, opened. @returns in the place of one that cannot be read, why */
  eventsOf(items: Item[]): Promise<(DomainEvent | Error)[]>;
  notifier: Notifier;
  telemetry: Telemetry;
  /** Rebuilds the rows of a recovery's streams; `repeated`: the message was delivered before. */
  replay(message: ReplayMessage, repeated: boolean): Promise<ReplayedChunk>;
  /** Counts chunks of one recovery. */
  countReplayed: Ledger['complete'];
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Milliseconds that the invocation has left. */
  remaining: () => number;
}

/** Streams worked on at the same time. */
const concurrentStreams = 10;
/**
 * Replays that are published and counted together, while those of the other group go on. Of each group one rebuilds at
 * a time: its ten streams keep an engine busy, and a live command has to wait for no more than those.
 */
const replaysTogether = 5;
const concurrentReplayGroups = 2;
/** Rows of a group that are told of side by side: the API answers live commands beside them. */
const concurrentlyTold = 2;

interface EventDelivery {
  messageId: string;
  deliveries: number;
  kind: 'event';
  event: DomainEvent;
  outcome?: CommandOutcome;
}

interface ReplayDelivery {
  messageId: string;
  deliveries: number;
  kind: 'replay';
  message: ReplayMessage;
}

type Delivery = EventDelivery | ReplayDelivery;

/** A message whose rows are written, and what is still to be done for it. */
interface Handled extends ToTell {
  messageId: string;
  announcements: Announcement[];
  /** To be counted when all of them are published. */
  replayed?: { recoveryId: string; result: ChunkResult };
}

/**
 * Brings the views up to date with the messages of a batch, then tells subscribers of every one of them. Events of one
 * stream are taken one after the other, in order. Replays go in smaller groups: what is done of them counts, though
 * there may not be the time for the next.
 * @param records messages of execution queues
 * @returns the records to deliver again
 */
export const executeBatch = async (records: QueueRecord[], ports: ExecutePorts): Promise<Failures> => {
  const { telemetry } = ports;
  const failures: Failures = new Map();
  const fail = (messageId: string, fields: LogFields, thrown: unknown) => {
    const error = errorOf(thrown);
    failures.set(messageId, error);
    if (error instanceof NoTimeLeft) return notBegun(messageId, fields, telemetry);
    telemetry.count('ExecutionsFailed');
    telemetry.error('Execution failed', { messageId, ...fields, error });
  };

  const deliveries = (await readDeliveries(records, ports)).flatMap((delivery, index): Delivery[] => {
    if (!(delivery instanceof Error)) return [delivery];
    fail(records[index]!.messageId, saidOf(records[index]!), delivery);
    return [];
  });

  const begin = async (delivery: Delivery): Promise<Handled[]> => {
    try {
      if (ports.remaining() < budget.begin) throw new NoTimeLeft();
      return [await handle(delivery, ports)];
    } catch (error) {
      fail(delivery.messageId, fieldsOf(delivery), error);
      return [];
    }
  };
  const finish = async (handled: Handled[], sideBySide?: number): Promise<void> => {
    const untold = leftToTell(await publish(handled, sideBySide, ports), telemetry);
    const uncounted = await countReplayed(
      handled.filter((each) => !untold.has(each)),
      ports,
    );
    for (const [{ messageId, fields }, error] of [...untold, ...uncounted]) fail(messageId, fields, error);
  };

  const events = deliveries.filter((delivery) => delivery.kind === 'event');
  const handled: Handled[] = [];
  await mapBounded(inOrder(events), concurrentStreams, async (sequence) => {
    for (const delivery of sequence) handled.push(...(await begin(delivery)));
  });
  if (events.length > 0) await finish(handled);

  const replays = deliveries.filter((delivery) => delivery.kind === 'replay');
  await mapBounded(chunksOf(replays, replaysTogether), concurrentReplayGroups, async (group) =>
    finish((await mapBounded(group, 1, begin)).flat(), concurrentlyTold),
  );
  return failures;
};

/** What messages say, their events opened all at once. Error: why there is no saying. */
const readDeliveries = async (records: QueueRecord[], { eventsOf }: ExecutePorts): Promise<(Delivery | Error)[]> => {
  const messages = records.map(({ body }) => orError(() => parseExecutionMessage(body)));
  const carried = messages.flatMap((message) => ('event' in message ? [message.event] : []));
  const opened = await eventsOf(carried).catch((error: unknown) => carried.map(() => errorOf(error)));
  const events = new Map(carried.map((item, index) => [item, opened[index]!]));
  return records.map((record, index) => {
    const { messageId } = record;
    const deliveries = deliveriesOf(record);
    const message = messages[index]!;
    if (message instanceof Error) return message;
    if (message.kind === 'replay') return { messageId, deliveries, kind: 'replay', message };
    const event = events.get(message.event)!;
    if (event instanceof Error) return event;
    return { messageId, deliveries, kind: 'event', event, outcome: message.outcome };
  });
};

/** What is read; why it cannot be, if it cannot. */
const orError = <Result>(make: () => Result): Result | Error => {
  try {
    return make();
  } catch (error) {
    return new UnreadableMessage(error);
  }
};

/** Deliveries that must follow each other: a stream's events, by version. */
const inOrder = (deliveries: EventDelivery[]): EventDelivery[][] =>
  [...groupBy(deliveries, ({ event: { aggregate, aggregateId } }) => streamIdOf(aggregate, aggregateId)).values()].map(
    (sequence) => sequence.sort((one, other) => one.event.version - other.event.version),
  );

const handle = async (delivery: Delivery, ports: ExecutePorts): Promise<Handled> => {
  const fields = fieldsOf(delivery);
  const { messageId, deliveries } = delivery;
  switch (delivery.kind) {
    case 'event': {
      const projected = await project(delivery.event, ports);
      report(delivery.event, projected, fields, ports);
      const { event, outcome } = delivery;
      return {
        messageId,
        deliveries,
        fields,
        announcements: [{ key: rowKeyOf(event), row: projected.row, event, outcome }],
      };
    }
    case 'replay': {
      const { changed, failed, result } = await ports.replay(delivery.message, deliveries > 1);
      for (const stream of failed) ports.telemetry.error('Stream could not be rebuilt', { ...fields, ...stream });
      if (failed.length > 0) ports.telemetry.count('StreamsNotRebuilt', failed.length);
      const hidden = failed.filter(({ error }) => error instanceof Unshowable).length;
      if (hidden > 0) ports.telemetry.count('RowsNotShown', hidden);
      ports.telemetry.info('Chunk of a recovery replayed', {
        ...fields,
        streams: delivery.message.streams.length,
        changed: changed.length,
        failed: failed.length,
      });
      return {
        messageId,
        deliveries,
        fields,
        announcements: changed.map((stream) => ({ key: rowKeyOf(stream), row: stream.row })),
        replayed: { recoveryId: delivery.message.recoveryId, result },
      };
    }
    default:
      return delivery satisfies never;
  }
};

/** @returns the messages of which something could not be published */
const publish = async (
  handled: Handled[],
  sideBySide: number | undefined,
  { notifier, views, now, remaining }: ExecutePorts,
): Promise<Map<Handled, Error>> => {
  const entries = handled.flatMap((each) => each.announcements.map((announcement) => ({ each, announcement })));
  const refused = await failuresOf(entries, async () =>
    notifier.publish(
      await publicationsOf(
        entries.map(({ announcement }) => announcement),
        views,
        now(),
      ),
      remaining() - budget.end,
      sideBySide,
    ),
  );
  return ofMessages(refused);
};

/** Of a message's failures, one that may pass counts before one that lasts. */
const ofMessages = (refused: Map<{ each: Handled }, Error>): Map<Handled, Error> => {
  const found = [...refused].map(([{ each }, error]) => [each, error] as const);
  const lasting = found.filter(([, error]) => error instanceof PublicationRefused);
  return new Map([...lasting, ...found.filter((entry) => !lasting.includes(entry))]);
};

/** @returns those that could not be counted */
const countReplayed = async (handled: Handled[], ports: ExecutePorts): Promise<Map<Handled, Error>> => {
  const failures = new Map<Handled, Error>();
  const chunks = handled.flatMap((each) => (each.replayed ? [{ each, ...each.replayed }] : []));
  for (const [recoveryId, group] of groupBy(chunks, (chunk) => chunk.recoveryId)) {
    try {
      await ports.countReplayed(
        recoveryId,
        group.map(({ result }) => result),
      );
    } catch (error) {
      for (const { each } of group) failures.set(each, errorOf(error));
    }
  }
  return failures;
};

const fieldsOf = (delivery: Delivery): LogFields =>
  delivery.kind === 'replay'
    ? { recoveryId: delivery.message.recoveryId, chunkId: delivery.message.chunkId }
    : fieldsOfEvent({ ...delivery.event });

const fieldsOfEvent = ({ commandId, eventId, operation, aggregate, aggregateId, version }: Item): LogFields => ({
  commandId,
  eventId,
  operation,
  aggregate,
  aggregateId,
  version,
});

/**
 * What a message that cannot be read says of its event all the same: the command is then found in the log by its id.
 */
const saidOf = ({ body }: QueueRecord): LogFields => {
  try {
    const message = parseExecutionMessage(body);
    return message.kind === 'event' ? fieldsOfEvent(message.event) : {};
  } catch {
    return {};
  }
};

const report = (
  event: DomainEvent,
  { row, how }: Projected,
  fields: LogFields,
  { telemetry, now }: ExecutePorts,
): void => {
  telemetry.count({ applied: 'EventsProjected', caughtUp: 'GapsFilled', repeat: 'EventRepeats' }[how]);
  telemetry.milliseconds('ProjectionAge', Math.max(0, now() - event.timestamp));
  telemetry.info('Event projected', { ...fields, how, rowVersion: row.version });
  const hidden = hiddenBecause(event.aggregate, row);
  if (hidden) {
    telemetry.count('RowsNotShown');
    telemetry.error('Row cannot be shown', { ...fields, error: hidden });
  }
};

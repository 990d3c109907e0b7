import type { Command } from '../../domain/kernel/command/command.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { streamIdOf } from '../../domain/kernel/stream/event.ts';
import type { CommandOutcome } from '../../generated/schema.ts';
import { apiOutcomeOf } from '../api.ts';
import { deliveriesOf, type Failures, failuresOf, type QueueRecord } from '../runtime/batches.ts';
import { budget, NoTimeLeft } from '../runtime/budget.ts';
import { errorOf, groupBy, mapBounded } from '../runtime/concurrency.ts';
import { UnreadableMessage } from '../runtime/failure.ts';
import { bodyOfKnownEvent } from '../messages.ts';
import type { Notifier } from '../ports/notifier/port.ts';
import type { Outcome } from '../ports/outcomes/port.ts';
import type { Queues } from '../ports/queues/port.ts';
import type { LogFields, Telemetry } from '../runtime/telemetry.ts';
import { leftToTell, notBegun, type ToTell } from '../runtime/telling.ts';
import { type Envelope, parseEnvelope } from './envelope.ts';
import { type CommandPorts, handleCommand, type Handled } from './decideCommand.ts';

export interface BatchPorts extends CommandPorts {
  queues: Queues;
  notifier: Notifier;
  telemetry: Telemetry;
  /** Milliseconds that the invocation has left. */
  remaining: () => number;
}

/** Streams worked on at the same time. */
const concurrentStreams = 10;

interface Delivery {
  messageId: string;
  deliveries: number;
  envelope: Envelope;
}

/**
 * Handles the commands of a batch, those of one stream one after the other, then tells the senders of those that will
 * not be heard of through the event store.
 * @param records messages of command queues
 * @returns the records to deliver again
 */
export const handleBatch = async (records: QueueRecord[], ports: BatchPorts): Promise<Failures> => {
  const failures: Failures = new Map();
  const fail = (messageId: string, fields: LogFields, thrown: unknown) => {
    const error = errorOf(thrown);
    failures.set(messageId, error);
    if (error instanceof NoTimeLeft) return notBegun(messageId, fields, ports.telemetry);
    ports.telemetry.count('CommandsFailed');
    ports.telemetry.error('Command could not be handled', { messageId, ...fields, error });
  };

  const deliveries = records.flatMap((record): Delivery[] => {
    const { messageId, body } = record;
    try {
      return [{ messageId, deliveries: deliveriesOf(record), envelope: parseEnvelope(body) }];
    } catch (error) {
      fail(messageId, {}, new UnreadableMessage(error));
      return [];
    }
  });

  const answers: Answer[] = [];
  // What was given back before comes first, so that it is not given back for ever.
  deliveries.sort((one, other) => other.deliveries - one.deliveries);
  const byStream = [...groupBy(deliveries, streamOf).values()];
  await mapBounded(byStream, concurrentStreams, async (stream) => {
    for (const { messageId, deliveries: delivered, envelope } of stream) {
      const fields = fieldsOf(envelope);
      try {
        if (ports.remaining() < budget.begin) throw new NoTimeLeft();
        const handled = await handle(envelope, ports);
        report(handled, envelope, fields, ports);
        if (handled.kind !== 'applied') answers.push({ messageId, deliveries: delivered, fields, handled });
      } catch (error) {
        fail(messageId, fields, error);
      }
    }
  });

  for (const [{ messageId, fields }, error] of await giveAnswers(answers, ports)) fail(messageId, fields, error);
  return failures;
};

const streamOf = ({ messageId, envelope }: Delivery): string =>
  envelope.kind === 'command' ? streamIdOf(envelope.command.aggregate, envelope.command.aggregateId) : messageId;

const handle = async (envelope: Envelope, ports: CommandPorts): Promise<Handled> => {
  if (envelope.kind === 'command') return handleCommand(envelope.command, ports);
  return { kind: 'settled', outcome: await ports.outcomes.record(envelope.outcome), repeat: false, retries: 0 };
};

/** What the sender has yet to hear. */
interface Answer extends ToTell {
  messageId: string;
  handled: Exclude<Handled, { kind: 'applied' }>;
}

/**
 * Repeats go to execution again, which publishes once more what they did; so do wishes that already held, for the view
 * may not show it yet. Other settled outcomes are published from here.
 */
const giveAnswers = async (answers: Answer[], ports: BatchPorts): Promise<[Answer, Error][]> => {
  const executed: Executed[] = [];
  const settled: Settled[] = [];
  for (const answer of answers) {
    const { handled } = answer;
    if (handled.kind === 'repeat') executed.push({ answer, event: handled.event });
    else if (handled.fulfilledBy)
      executed.push({ answer, event: handled.fulfilledBy, outcome: apiOutcomeOf(handled.outcome) });
    else settled.push({ ...answer, answer, outcome: apiOutcomeOf(handled.outcome) });
  }
  const failures = await Promise.all([sendToExecution(executed, ports), tell(settled, ports)]);
  return failures.flat();
};

interface Executed {
  answer: Answer;
  event: DomainEvent;
  outcome?: CommandOutcome;
}

interface Settled extends ToTell {
  answer: Answer;
  outcome: CommandOutcome;
}

const sendToExecution = async (executed: Executed[], { queues }: BatchPorts): Promise<[Answer, Error][]> => {
  const perQueue = [...groupBy(executed, ({ event }) => event.executionQueue)];
  const failures = await Promise.all(
    perQueue.map(([queue, group]) =>
      failuresOf(group, () =>
        queues.send(
          queue,
          group.map(({ event, outcome }) => ({ body: bodyOfKnownEvent(event, outcome), sender: event.actor })),
        ),
      ),
    ),
  );
  return failures.flatMap((each) => [...each]).map(([{ answer }, error]) => [answer, error]);
};

const tell = async (settled: Settled[], { notifier, remaining, telemetry }: BatchPorts): Promise<[Answer, Error][]> => {
  const unpublished = await failuresOf(settled, () =>
    notifier.publish(
      settled.map(({ outcome }) => ({ outcome })),
      remaining() - budget.end,
    ),
  );
  return [...leftToTell(unpublished, telemetry)].map(([{ answer }, error]) => [answer, error]);
};

const fieldsOf = (envelope: Envelope): LogFields => {
  const { commandId, actor, operation, aggregate, aggregateId }: Command | Outcome =
    envelope.kind === 'command' ? envelope.command : envelope.outcome;
  return { commandId, actor, operation, aggregate, aggregateId };
};

const report = (handled: Handled, envelope: Envelope, fields: LogFields, { telemetry, now }: BatchPorts): void => {
  if (handled.retries > 0) telemetry.count('AppendRetries', handled.retries);
  if (envelope.kind === 'command' && envelope.command.sentAt !== undefined)
    telemetry.milliseconds('CommandAge', Math.max(0, now() - envelope.command.sentAt));
  switch (handled.kind) {
    case 'applied':
      telemetry.count('CommandsApplied');
      telemetry.count('EventsStored');
      return telemetry.info('Command applied', {
        ...fields,
        version: handled.event.version,
        eventId: handled.event.eventId,
      });
    case 'repeat':
      telemetry.count('CommandRepeats');
      return telemetry.info('Command repeated', {
        ...fields,
        version: handled.event.version,
        eventId: handled.event.eventId,
      });
    case 'settled':
      return reportSettled(handled, fields, telemetry);
    default:
      return handled satisfies never;
  }
};

const reportSettled = (
  { outcome, repeat }: Extract<Handled, { kind: 'settled' }>,
  fields: LogFields,
  telemetry: Telemetry,
): void => {
  const { status, code, version } = outcome;
  if (repeat) telemetry.count('CommandRepeats');
  else if (code) telemetry.count('CommandsRejected', 1, { name: 'code', value: code });
  else telemetry.count('CommandsApplied');
  telemetry.info(repeat ? 'Command repeated' : code ? 'Command rejected' : 'Command already fulfilled', {
    ...fields,
    status,
    code,
    version,
  });
};

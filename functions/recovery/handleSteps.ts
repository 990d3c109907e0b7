import * as z from 'zod/mini';
import { momentOf } from '../../domain/kernel/values/moment.ts';
import type { Recovery as ApiRecovery } from '../../generated/schema.ts';
import type { Recovery } from '../ports/ledger/port.ts';
import type { Notifier } from '../ports/notifier/port.ts';
import { type Next, type RecoverPorts, senderOf, takeStep } from './recover.ts';
import { deliveriesOf, type Failures, type QueueRecord } from '../runtime/batches.ts';
import { errorOf } from '../runtime/concurrency.ts';
import { Failure, UnreadableMessage } from '../runtime/failure.ts';
import { mostDeliveries } from '../runtime/redeliveries.ts';

const message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('start'),
    recoveryId: z.string(),
    // Anything else would be stored where the API could not show it.
    timestamp: z.string().check(z.refine((text) => momentOf(text) !== undefined)),
    actor: z.string(),
  }),
  z.object({ kind: z.literal('continue'), recoveryId: z.string(), step: z.optional(z.number()) }),
]);

export interface RecoveryPorts extends RecoverPorts {
  notifier: Notifier;
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds that the invocation has left. */
  remaining: () => number;
}

/** Name of the queue by which the function hands a recovery on to itself. */
export const recoveryQueue = 'recoveryQueue';

/** One invocation stops taking steps when less than this is left, milliseconds. */
const reserveMs = 10_000;

/**
 * Another delivery took the recovery on at the same time. It may be one of the very same message: to acknowledge that
 * here would leave the recovery behind if the other died.
 */
export class TakenOver extends Failure {
  override readonly name: string = 'TakenOver';

  constructor(recoveryId: string) {
    super(`Another took recovery ${recoveryId} on`);
  }
}

/** Errors of services that are slow or overloaded, by their names: they pass. */
const passing = /Timeout|Throttl|Throughput|RequestLimit|InternalServerError|ServiceUnavailable/;

/** After so many failures a message ends its recovery, while the queue still delivers it. */
const lastAttemptAfter = ({ name }: Error): number => (passing.test(name) ? mostDeliveries - 1 : 5);

/** Handles the messages of a batch. @returns the records to deliver again */
export const handleBatch = async (records: QueueRecord[], ports: RecoveryPorts): Promise<Failures> => {
  const { telemetry } = ports;
  const failures: Failures = new Map();
  for (const record of records) {
    const { messageId, body } = record;
    const deliveries = deliveriesOf(record);
    try {
      await handle({ messageId, body }, deliveries, ports);
      telemetry.count('RecoverySteps');
    } catch (thrown) {
      const error = errorOf(thrown);
      failures.set(messageId, error);
      if (error instanceof TakenOver) telemetry.info(error.message, { messageId, deliveries });
      else telemetry.error('A step of a recovery failed and will be taken again', { messageId, deliveries, error });
    }
  }
  return failures;
};

/**
 * Handles one message: takes steps while there is time, tells subscribers how far the recovery is, and hands it on.
 * Its messages are numbered, and of one number only the first goes on: a repeated delivery, or a message sent twice,
 * never begins a second chain.
 * @param attempt how often the message was delivered, this time included
 * @throws TakenOver when it must be left to another delivery; the error of a step that failed and may be taken again:
 * after the last attempt the recovery is FAILED instead
 */
export const handle = async (
  { messageId, body }: { messageId: string; body: string },
  attempt: number,
  ports: RecoveryPorts,
): Promise<void> => {
  const told = toldBy(body);
  const recovery =
    told.kind === 'start'
      ? await ports.ledger.create(begun(told, ports.now()))
      : await ports.ledger.find(told.recoveryId);
  if (!recovery) throw new Failure(`There is no recovery ${told.recoveryId}`);
  // A message from before they were numbered goes on from wherever the recovery is.
  const step = told.kind === 'start' ? 0 : (told.step ?? recovery.step ?? 0);
  if (!(await ports.ledger.begin(told.recoveryId, step, messageId))) {
    // Another's; or over, of which nobody was told if it was cancelled, or if who ended it died.
    if ((await ports.ledger.find(told.recoveryId))?.status !== 'RUNNING') await tell(told.recoveryId, ports);
    return;
  }
  try {
    await advance(recovery, step, ports);
  } catch (thrown) {
    const error = errorOf(thrown);
    if (error instanceof TakenOver || attempt < lastAttemptAfter(error)) throw error;
    await ports.ledger.end(told.recoveryId, 'FAILED', error.message);
    ports.telemetry.count('RecoveriesFailed');
    await tell(told.recoveryId, ports);
  }
};

/** @throws UnreadableMessage */
const toldBy = (body: string): z.infer<typeof message> => {
  try {
    return message.parse(JSON.parse(body));
  } catch (error) {
    throw new UnreadableMessage(error);
  }
};

const begun = (
  { recoveryId, timestamp, actor }: { recoveryId: string; timestamp: string; actor: string },
  now: number,
): Recovery => {
  const startedAt = new Date(now).toISOString();
  return {
    recoveryId,
    timestamp,
    status: 'RUNNING',
    discovered: 0,
    rebuilt: 0,
    changed: 0,
    failed: 0,
    actor,
    startedAt,
    updatedAt: startedAt,
  };
};

const advance = async (first: Recovery, step: number, ports: RecoveryPorts): Promise<void> => {
  let next: Next = { kind: 'again' };
  for (
    let recovery: Recovery | undefined = first;
    next.kind === 'again' && recovery?.status === 'RUNNING';
    recovery = await ports.ledger.find(first.recoveryId)
  ) {
    if (ports.remaining() < reserveMs) break;
    next = await takeStep(recovery, ports);
    if (next.kind === 'soon' && ports.remaining() > reserveMs) {
      await ports.sleep(next.milliseconds);
      next = { kind: 'again' };
    }
  }
  await tell(first.recoveryId, ports);
  if (next.kind === 'end' || (await ports.ledger.find(first.recoveryId))?.status !== 'RUNNING') return;
  if (next.kind === 'lost') throw new TakenOver(first.recoveryId);
  await handOn(first.recoveryId, step + 1, next.kind === 'later' ? next.seconds : 0, ports);
};

/** @throws when the queue refuses: the message must come again, or the recovery would stand still */
const handOn = async (
  recoveryId: string,
  step: number,
  delaySeconds: number,
  { queues }: RecoveryPorts,
): Promise<void> => {
  const body = JSON.stringify({ kind: 'continue', recoveryId, step });
  const [failure] = await queues.send(recoveryQueue, [{ body, sender: senderOf(recoveryId) }], delaySeconds);
  if (failure) throw failure.error;
};

/**
 * Once per invocation, which is throttle enough. A refused notification does not hold the recovery up: the ledger is
 * the truth.
 */
const tell = async (recoveryId: string, { ledger, notifier, telemetry }: RecoveryPorts): Promise<void> => {
  const recovery = await ledger.find(recoveryId);
  if (!recovery) return;
  for (const { error } of await notifier.publish([{ recovery: apiRecoveryOf(recovery) }])) {
    telemetry.count('NotificationsNotSent');
    telemetry.warn('Subscribers were not told of a recovery', { recoveryId, error });
  }
};

/** A recovery as the API gives it: every attribute there, null where there is nothing. */
const apiRecoveryOf = ({ step: _step, chunksDone: _done, ...recovery }: Recovery): ApiRecovery => ({
  ...recovery,
  total: recovery.total ?? null,
  cursor: recovery.cursor ?? null,
  lastError: recovery.lastError ?? null,
  completedAt: recovery.completedAt ?? null,
});

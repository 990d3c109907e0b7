import type { InvokeResult } from '../../../model.ts';
import { reportedFailures } from '../batchResponse.ts';
import type { StreamItem } from './streamRecord.ts';

export interface DeliveryRules {
  bisectOnError: boolean;
  /** -1: without end. */
  maximumRetryAttempts: number;
  /** -1: for ever. */
  maximumRecordAgeSeconds: number;
  reportBatchItemFailures: boolean;
}

/** Records that are given up. */
export interface Discarded {
  items: StreamItem[];
  condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  /** How often this batch was tried. */
  invocations: number;
  /** Of the last try, if there was one. */
  requestId: string | undefined;
  /** Set when the function failed, not when it reported failed items. */
  functionError: 'Unhandled' | undefined;
}

export interface DeliveryPort {
  invoke(items: StreamItem[]): Promise<InvokeResult & { requestId: string }>;
  /** Tells the on-failure destination. */
  discard(discarded: Discarded): Promise<void>;
  /** Waits before a retry. */
  pause(ms: number): Promise<void>;
  stopping(): boolean;
}

interface Part {
  items: StreamItem[];
  invocations: number;
  last?: { requestId: string; functionError: 'Unhandled' | undefined };
}

/**
 * Sees a batch through: invoked until every record has succeeded or is given up. A partial response moves the
 * checkpoint to the lowest failed sequence number and everything from there on is tried again, later successes too.
 * With bisection a failed batch is cut, at the checkpoint or else in the middle, which costs no retry. Nothing behind a
 * failing part is touched before it. Ends early, with records left, only when stopping.
 */
export async function deliverBatch(batch: StreamItem[], rules: DeliveryRules, port: DeliveryPort): Promise<void> {
  const parts: Part[] = [{ items: batch, invocations: 0 }];
  for (let part = parts.shift(); part !== undefined && !port.stopping(); part = parts.shift()) {
    const current = await withoutAged(part, rules, port);
    if (current.items.length === 0) continue;

    const result = await port.invoke(current.items);
    const failedAt = firstFailure(result, current.items, rules);
    if (failedAt === undefined) continue;
    const invocations = current.invocations + 1;
    const last = { requestId: result.requestId, functionError: result.ok ? undefined : ('Unhandled' as const) };
    const rest = current.items.slice(failedAt);

    if (rules.bisectOnError && failedAt > 0) {
      parts.unshift({ items: rest, invocations: 0 });
    } else if (rules.bisectOnError && rest.length > 1) {
      const middle = Math.ceil(rest.length / 2);
      parts.unshift({ items: rest.slice(0, middle), invocations: 0 }, { items: rest.slice(middle), invocations: 0 });
    } else if (rules.maximumRetryAttempts >= 0 && invocations > rules.maximumRetryAttempts) {
      await port.discard({ items: rest, condition: 'RetryAttemptsExhausted', invocations, ...last });
    } else {
      parts.unshift({ items: rest, invocations, last });
      await port.pause(Math.min(3_000, 50 * 2 ** Math.min(invocations, 10)));
    }
  }
}

/** The position of the first record to be tried again; undefined when all succeeded. */
function firstFailure(result: InvokeResult, items: StreamItem[], rules: DeliveryRules): number | undefined {
  if (!result.ok) return 0;
  if (!rules.reportBatchItemFailures) return undefined;
  const failed = reportedFailures(result.payload, new Set(items.map(({ sequenceNumber }) => sequenceNumber)));
  if (failed === 'all') return 0;
  return failed.size === 0 ? undefined : items.findIndex(({ sequenceNumber }) => failed.has(sequenceNumber));
}

/** Gives up the records that are too old; what is left is younger. */
async function withoutAged(part: Part, rules: DeliveryRules, port: DeliveryPort): Promise<Part> {
  if (rules.maximumRecordAgeSeconds < 0) return part;
  const oldest = Date.now() - rules.maximumRecordAgeSeconds * 1000;
  const aged = part.items.filter(({ writtenAt }) => writtenAt < oldest);
  if (aged.length === 0) return part;
  await port.discard({
    items: aged,
    condition: 'RecordAgeExceeded',
    invocations: part.invocations,
    requestId: part.last?.requestId,
    functionError: part.last?.functionError,
  });
  return { ...part, items: part.items.filter(({ writtenAt }) => writtenAt >= oldest) };
}

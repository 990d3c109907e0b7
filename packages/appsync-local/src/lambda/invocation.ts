import type { InvokeResult } from '../model.ts';
import type { EnvironmentOutcome } from './environment.ts';

/** Lambda's limit on a synchronous response: 6 MB and a hundred bytes. */
const maxResponseBytes = 6 * 2 ** 20 + 100;

type Failure = Extract<InvokeResult, { ok: false }>;

/** The result of an invocation, its payload parsed. */
export function resultOf(outcome: EnvironmentOutcome, requestId: string, timeoutSeconds: number): InvokeResult {
  if (outcome.kind !== 'returned') return failureOf(outcome, requestId, timeoutSeconds);
  const bytes = Buffer.byteLength(outcome.payload);
  if (bytes > maxResponseBytes) {
    return {
      ok: false,
      errorType: 'Unhandled',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
    };
  }
  return { ok: true, payload: JSON.parse(outcome.payload) };
}

/** The result of an invocation that returned nothing, in Lambda's words. */
export function failureOf(
  outcome: Exclude<EnvironmentOutcome, { kind: 'returned' }>,
  requestId: string,
  timeoutSeconds: number,
): Failure {
  switch (outcome.kind) {
    case 'failed':
    case 'fatal':
      return { ok: false, errorType: 'Unhandled', errorMessage: outcome.error.errorMessage };
    case 'timedOut':
      return {
        ok: false,
        errorType: 'TimedOut',
        errorMessage: `${new Date().toISOString()} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      };
    case 'exited':
      return { ok: false, errorType: 'Crashed', errorMessage: `RequestId: ${requestId} Error: ${outcome.reason}` };
  }
}

export function startLine(requestId: string): string {
  return `START RequestId: ${requestId} Version: $LATEST`;
}

export interface Invocation {
  requestId: string;
  outcome: EnvironmentOutcome;
  result: InvokeResult;
  durationMs: number;
  memorySizeMb: number;
  initMs: number | undefined;
}

/** The END and REPORT lines of CloudWatch, and before them the reason if the environment did not survive. */
export function endLines(invocation: Invocation): string {
  const { requestId, outcome, result, durationMs, memorySizeMb, initMs } = invocation;
  const lines: string[] = [];
  if (!result.ok && outcome.kind !== 'failed' && outcome.kind !== 'fatal') lines.push(result.errorMessage);
  const report = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(durationMs + (initMs ?? 0))} ms`,
    `Memory Size: ${memorySizeMb} MB`,
  ];
  if ('memoryMb' in outcome) report.push(`Max Memory Used: ${outcome.memoryMb} MB`);
  if (initMs !== undefined) report.push(`Init Duration: ${initMs.toFixed(2)} ms`);
  lines.push(`END RequestId: ${requestId}`, report.join('\t'));
  return lines.join('\n');
}

import type { InvokeResult } from '../../model.ts';

/** How an invocation ended: `ok`, or the error type of its result. */
export type InvocationOutcome = 'ok' | Extract<InvokeResult, { ok: false }>['errorType'];

/** What the Lambda part of the stack tells an observer. */
export type LambdaEvent =
  /** The role of a function may not do what Lambda does on its behalf. */
  | { kind: 'denied'; functionName: string; action: string; resource: string }
  /** There was no concurrency left for it. */
  | { kind: 'throttled'; functionName: string }
  | { kind: 'started'; functionName: string; workerId: string; initMs: number }
  | {
      kind: 'invoked';
      functionName: string;
      workerId: string;
      requestId: string;
      outcome: InvocationOutcome;
      durationMs: number;
    };

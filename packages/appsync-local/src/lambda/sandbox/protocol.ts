/**
 * What the stack and a sandbox (one worker thread, one execution environment) say to each other.
 * Payloads cross as JSON text, as they do between Lambda and its runtime.
 */

/** Given to the sandbox at its start. */
export interface SandboxData {
  /** Absolute path of the function's asset folder (Lambda's `/var/task`). */
  taskRoot: string;
  /** `<module path>.<export>`, e.g. `index.handler`. */
  handler: string;
  functionName: string;
  functionArn: string;
  memoryMb: number;
  logGroup: string;
  logStream: string;
  /** One Int32: 0 while there is nothing to do, 1 when an invocation waits on the port. The sandbox sleeps on it. */
  alarm: SharedArrayBuffer;
}

export interface InvocationMessage {
  requestId: string;
  /** The event, as JSON. */
  payload: string;
  /** `X-Amzn-Trace-Id`, which the SDK hands on with what the function sends. */
  trace: string;
  /** Epoch milliseconds at which the function times out. */
  deadline: number;
}

export interface ReportedError {
  errorType: string;
  errorMessage: string;
  /** Stack, one line an entry. */
  trace: string[];
}

export type SandboxMessage =
  | { kind: 'ready' }
  /** The module or its handler could not be loaded; the sandbox ends. */
  | { kind: 'initFailed'; error: ReportedError }
  | { kind: 'log'; text: string }
  | { kind: 'returned'; payload: string; memoryMb: number }
  | { kind: 'failed'; error: ReportedError; memoryMb: number }
  /** An error nobody caught; the sandbox ends. */
  | { kind: 'fatal'; error: ReportedError };

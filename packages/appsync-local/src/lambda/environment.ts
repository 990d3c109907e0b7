import { Worker } from 'node:worker_threads';
import type { FunctionModel } from '../model.ts';
import { sandboxProgram } from './sandbox/bundle.ts';
import type { InvocationMessage, ReportedError, SandboxData, SandboxMessage } from './sandbox/protocol.ts';

/** Lambda gives a function ten seconds to load. */
const initTimeoutMs = 10_000;
/** Below this V8 itself has no room. */
const leastHeapMb = 64;

/** How an invocation ended inside its environment. `exited`: the environment is gone, `reason` in Lambda's words. */
export type EnvironmentOutcome =
  | { kind: 'returned'; payload: string; memoryMb: number }
  | { kind: 'failed'; error: ReportedError; memoryMb: number }
  | { kind: 'fatal'; error: ReportedError }
  | { kind: 'timedOut' }
  | { kind: 'exited'; reason: string };

/** How an environment came to its end. */
type Verdict = Extract<EnvironmentOutcome, { kind: 'fatal' | 'timedOut' | 'exited' }>;

export type InitOutcome =
  { ok: true; initMs: number } | { ok: false; outcome: Exclude<EnvironmentOutcome, { kind: 'returned' }> };

export interface EnvironmentOptions {
  id: string;
  model: FunctionModel;
  /** The whole environment of the function; nothing of the parent's is added. */
  variables: Record<string, string>;
  logGroup: string;
  logStream: string;
  onOutput: (text: string) => void;
}

/** One execution environment: a worker thread that serves one invocation at a time and sleeps in between. */
export class ExecutionEnvironment {
  readonly id: string;
  /** Settles once the handler is loaded or could not be. */
  readonly ready: Promise<InitOutcome>;
  /** Settles when the thread is gone, however it came to that. */
  readonly exited: Promise<void>;

  private readonly alarm = new SharedArrayBuffer(4);
  private readonly worker: Worker;
  private finish: ((outcome: EnvironmentOutcome) => void) | undefined;
  private verdict: Verdict | undefined;

  static async start(options: EnvironmentOptions): Promise<ExecutionEnvironment> {
    return new ExecutionEnvironment(await sandboxProgram(), options);
  }

  private constructor(program: string, options: EnvironmentOptions) {
    const { model } = options;
    this.id = options.id;
    const data: SandboxData = {
      taskRoot: model.codeDir,
      handler: model.handler,
      functionName: model.name,
      functionArn: model.arn,
      memoryMb: model.memoryMb,
      logGroup: options.logGroup,
      logStream: options.logStream,
      alarm: this.alarm,
    };
    this.worker = new Worker(program, {
      eval: true,
      name: options.id,
      workerData: data,
      env: options.variables,
      execArgv: [],
      argv: [],
      // Kept from the parent's own output; what the function prints arrives as messages.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.max(leastHeapMb, model.memoryMb) },
    });
    this.ready = this.watchInit();
    this.exited = new Promise((resolve) => this.worker.once('exit', (code) => resolve(this.exit(code))));
    this.worker.on('message', (message: SandboxMessage) => this.receive(message, options.onOutput));
    this.worker.on('error', (error: NodeJS.ErrnoException) => {
      this.verdict ??= { kind: 'exited', reason: exitReason(error) };
    });
  }

  /** Runs one invocation; the caller sees to it that there is only one at a time. */
  invoke(invocation: Omit<InvocationMessage, 'deadline'>, timeoutSeconds: number): Promise<EnvironmentOutcome> {
    return new Promise((resolve) => {
      const deadline = Date.now() + timeoutSeconds * 1000;
      const timer = setTimeout(() => this.end({ kind: 'timedOut' }), timeoutSeconds * 1000);
      this.finish = (outcome) => {
        clearTimeout(timer);
        this.finish = undefined;
        resolve(outcome);
      };
      this.worker.postMessage({ ...invocation, deadline } satisfies InvocationMessage);
      const alarm = new Int32Array(this.alarm);
      Atomics.store(alarm, 0, 1);
      Atomics.notify(alarm, 0);
    });
  }

  /** Ends the thread at once, in the middle of whatever it does. */
  terminate(): Promise<void> {
    this.end({ kind: 'exited', reason: 'Runtime exited with error: signal: killed' });
    return this.exited;
  }

  private end(verdict: Verdict): void {
    this.verdict ??= verdict;
    void this.worker.terminate();
  }

  private receive(message: SandboxMessage, onOutput: (text: string) => void): void {
    if (message.kind === 'log') onOutput(message.text);
    else if (message.kind === 'fatal') this.verdict ??= message;
    else if (message.kind === 'returned' || message.kind === 'failed') {
      // Too late: the verdict stands, and comes with the thread's end.
      if (this.verdict === undefined) this.finish?.(message);
    }
  }

  private watchInit(): Promise<InitOutcome> {
    const started = performance.now();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.end({ kind: 'exited', reason: `Init timed out after ${initTimeoutMs / 1000} seconds` });
      }, initTimeoutMs);
      this.worker.on('message', (message: SandboxMessage) => {
        if (message.kind !== 'ready' && message.kind !== 'initFailed') return;
        clearTimeout(timer);
        if (message.kind === 'ready') resolve({ ok: true, initMs: performance.now() - started });
        else resolve({ ok: false, outcome: { kind: 'failed', error: message.error, memoryMb: 0 } });
      });
      this.worker.once('exit', (code) => {
        clearTimeout(timer);
        resolve({ ok: false, outcome: this.verdict ?? { kind: 'exited', reason: exitReason(code) } });
      });
    });
  }

  private exit(code: number): void {
    this.finish?.(this.verdict ?? { kind: 'exited', reason: exitReason(code) });
  }
}

function exitReason(cause: number | NodeJS.ErrnoException): string {
  if (cause === 0) return 'Runtime exited without providing a reason';
  if (typeof cause === 'number') return `Runtime exited with error: exit status ${cause}`;
  if (cause.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'Runtime exited with error: signal: killed (out of memory)';
  return `Runtime exited with error: ${cause.message}`;
}

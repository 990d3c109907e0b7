import { randomUUID } from 'node:crypto';
import type { FunctionModel, InvokeResult } from '../model.ts';
import type { ExecutionEnvironment } from './environment.ts';
import type { LambdaEvent } from './mapping/events.ts';
import { endLines, failureOf, resultOf, startLine } from './invocation.ts';

/** An invocation's result, with the request id under which the function's log knows it. */
export type LambdaResult = InvokeResult & { requestId: string };

export interface PoolOptions {
  model: FunctionModel;
  /** How many environments there may be at once. */
  concurrency: number;
  /** Idle environments go after this many milliseconds. */
  idleMs: number;
  start: (workerId: string) => Promise<{ environment: ExecutionEnvironment; log: (text: string) => void }>;
  onEvent: (event: LambdaEvent) => void;
}

interface Member {
  environment: ExecutionEnvironment;
  log: (text: string) => void;
  busy: boolean;
  idleSince: number;
  /** Set until the first invocation, whose report names it. */
  initMs: number | undefined;
}

interface Waiting {
  payload: string;
  trace: string;
  settle: (result: LambdaResult) => void;
  fail: (error: Error) => void;
}

/** The execution environments of one function, and the invocations waiting for one. */
export class FunctionPool {
  private readonly members = new Map<string, Member>();
  private readonly waiting: Waiting[] = [];
  /** Begun and not yet gone. */
  private alive = 0;
  /** Of those, the ones that have not loaded their handler yet. */
  private starting = 0;
  private begun = 0;
  private stopping = false;

  constructor(private readonly options: PoolOptions) {}

  get functionName(): string {
    return this.options.model.name;
  }

  /**
   * Runs the function as soon as an environment is free.
   *
   * @param payload JSON
   * @param trace header of the invocation
   */
  invoke(payload: string, trace: string): Promise<LambdaResult> {
    return new Promise((settle, fail) => {
      if (this.stopping) return fail(stopped());
      this.waiting.push({ payload, trace, settle, fail });
      this.dispatch();
    });
  }

  /** Ends the environment of that id at once; false if it is not one of this function's. */
  kill(workerId: string): boolean {
    const member = this.members.get(workerId);
    if (member) retire(member);
    return member !== undefined;
  }

  workers(): { id: string; functionName: string; busy: boolean }[] {
    return [...this.members].map(([id, { busy }]) => ({ id, functionName: this.options.model.name, busy }));
  }

  reapIdle(): void {
    const before = Date.now() - this.options.idleMs;
    for (const member of this.members.values()) {
      if (!member.busy && member.idleSince < before) retire(member);
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    for (const { fail } of this.waiting.splice(0)) fail(stopped());
    await Promise.all([...this.members.values()].map(({ environment }) => environment.terminate()));
  }

  /** Gives waiting invocations to warm environments, and starts more for those left over. */
  private dispatch(): void {
    for (let free = this.warmest(); free !== undefined; free = this.warmest()) {
      const next = this.waiting.shift();
      if (!next) return;
      void this.run(free, next);
    }
    // Those starting now may serve whoever waits first, so only the rest needs more.
    while (!this.stopping && this.starting < this.waiting.length && this.alive < this.options.concurrency) {
      void this.add();
    }
  }

  /** The one used last, so that the others can be reaped. */
  private warmest(): Member | undefined {
    let best: Member | undefined;
    for (const member of this.members.values()) {
      if (!member.busy && (best === undefined || member.idleSince > best.idleSince)) best = member;
    }
    return best;
  }

  private async add(): Promise<void> {
    const { model, onEvent } = this.options;
    this.alive += 1;
    this.starting += 1;
    this.begun += 1;
    const workerId = `${model.name}-${this.begun}`;
    const { environment, log } = await this.options.start(workerId);
    const member: Member = { environment, log, busy: true, idleSince: Date.now(), initMs: undefined };
    this.members.set(workerId, member);
    void environment.exited.then(() => {
      this.alive -= 1;
      this.members.delete(workerId);
      this.dispatch();
    });
    if (this.stopping) return void environment.terminate();

    const init = await environment.ready;
    this.starting -= 1;
    if (!init.ok) {
      const requestId = randomUUID();
      const failure = failureOf(init.outcome, requestId, model.timeoutSeconds);
      log(`INIT_REPORT Status: error ${failure.errorMessage}`);
      this.waiting.shift()?.settle({ ...failure, requestId });
      this.dispatch();
      return void environment.terminate();
    }
    member.initMs = init.initMs;
    onEvent({ kind: 'started', functionName: model.name, workerId, initMs: init.initMs });
    this.release(member);
  }

  private async run(member: Member, { payload, trace, settle }: Waiting): Promise<void> {
    const { model, onEvent } = this.options;
    const requestId = randomUUID();
    member.busy = true;
    member.log(startLine(requestId));
    const started = performance.now();
    const outcome = await member.environment.invoke({ requestId, payload, trace }, model.timeoutSeconds);
    const durationMs = performance.now() - started;

    const result = resultOf(outcome, requestId, model.timeoutSeconds);
    member.log(
      endLines({ requestId, outcome, result, durationMs, memorySizeMb: model.memoryMb, initMs: member.initMs }),
    );
    member.initMs = undefined;
    const summary = { functionName: model.name, workerId: member.environment.id, requestId, durationMs };
    onEvent({ kind: 'invoked', ...summary, outcome: result.ok ? 'ok' : result.errorType });
    if (outcome.kind === 'returned' || outcome.kind === 'failed') this.release(member);
    settle({ ...result, requestId });
  }

  private release(member: Member): void {
    member.busy = false;
    member.idleSince = Date.now();
    this.dispatch();
  }
}

/** Ends an environment; until it is gone it counts as busy, so that no invocation is given to it any more. */
function retire(member: Member): void {
  member.busy = true;
  void member.environment.terminate();
}

function stopped(): Error {
  return new Error('The local stack is stopping');
}

import type { Service } from './answers.ts';

/** One call that passes the gateway, as a hook sees it. */
export interface GatewayCall {
  /** Counts the gateway's calls; the same in both phases. */
  id: number;
  /** `before` the engine has seen it, or `after` the engine has answered it. */
  phase: 'before' | 'after';
  /** The role's physical name, or `administrator`. */
  caller: string;
  /** The Lambda worker that calls, if one does. */
  workerId?: string;
  service: Service;
  /** e.g. `PutItem`, `GetRecords`, `SendMessageBatch`. */
  operation: string;
  /** The request's body. */
  input: Record<string, unknown>;
  /** Set in the phase `after`. */
  response?: { status: number; body: Record<string, unknown> };
}

/**
 * What becomes of the call: nothing special; an error in place of the answer (in the phase `before` the engine never
 * sees the call); a wait; the connection cut; or, in the phase `before`, the call made twice, as by a client that
 * missed the first answer, or with another input.
 */
export type Interference =
  | void
  | undefined
  | { fail: { status: number; type: string; message: string } }
  | { delayMs: number }
  | { dropConnection: true }
  | { repeat: true }
  | { input: Record<string, unknown> };

export type CallHook = (call: GatewayCall) => Interference | Promise<Interference>;

/** How a call ends in place of its answer. */
export type Verdict = { fail: { status: number; type: string; message: string } } | { dropConnection: true };

/** What the hooks make of a call that goes on. */
export interface Amended {
  verdict?: Verdict;
  repeat: boolean;
  input: Record<string, unknown>;
}

/** The hooks of one gateway, run in the order in which they came. */
export class CallHooks {
  readonly #hooks = new Set<CallHook>();

  get size(): number {
    return this.#hooks.size;
  }

  /** Returns the function that takes the hook away again. */
  add(hook: CallHook): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  /** Runs the hooks until one fails the call or drops its connection. */
  async run(call: GatewayCall): Promise<Amended> {
    const amended: Amended = { repeat: false, input: call.input };
    for (const hook of [...this.#hooks]) {
      const interference = await hook(call);
      if (!interference) continue;
      if ('fail' in interference || 'dropConnection' in interference) return { ...amended, verdict: interference };
      if ('repeat' in interference) amended.repeat = true;
      else if ('input' in interference) amended.input = interference.input;
      else await new Promise((resolve) => setTimeout(resolve, interference.delayMs));
    }
    return amended;
  }
}

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
 * sees the call); a wait; or the connection cut.
 */
export type Interference =
  | void
  | undefined
  | { fail: { status: number; type: string; message: string } }
  | { delayMs: number }
  | { dropConnection: true };

export type CallHook = (call: GatewayCall) => Interference | Promise<Interference>;

export type Verdict = Exclude<Interference, void | undefined | { delayMs: number }>;

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
  async run(call: GatewayCall): Promise<Verdict | undefined> {
    for (const hook of [...this.#hooks]) {
      const interference = await hook(call);
      if (!interference) continue;
      if (!('delayMs' in interference)) return interference;
      const { delayMs } = interference;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
    return undefined;
  }
}

import { seededRandom } from './random.ts';
import { badDay, type ChaosRule, type Effect } from './rules.ts';
import type { CallHook, GatewayCall, Interference } from '../gateway/hooks.ts';

export interface ChaosOptions {
  /** The same seed gives the same chances; to the same calls only if they come in the same order. */
  seed: number;
  /** Whether the bad day begins at once. */
  on: boolean;
  /** Lets the hook see every call; gives what takes it away again. A gateway without hooks is faster. */
  attach: (hook: CallHook) => () => void;
  killWorker: (workerId: string) => void;
  crashEngine: () => void;
}

const defaultMs = 300;

/** What goes wrong in a stack because somebody wants to see what then happens. Off until it is turned on. */
export class Chaos {
  #rules: ChaosRule[] = [];
  #slowness = 1;
  #detach: (() => void) | undefined;
  readonly counts: Partial<Record<Effect | 'engine stopped' | 'slowed', number>> = {};
  readonly #random: () => number;
  readonly #begun = new Map<number, number>();

  constructor(readonly options: ChaosOptions) {
    this.#random = seededRandom(options.seed);
    if (options.on) this.set({ rules: badDay });
  }

  get on(): boolean {
    return this.#rules.length > 0 || this.#slowness > 1;
  }

  get rules(): readonly ChaosRule[] {
    return this.#rules;
  }

  /** Each call to the tables takes so many times as long. */
  get slowness(): number {
    return this.#slowness;
  }

  /** What is left out stays as it is. */
  set({ rules = this.#rules, slowness = this.#slowness }: { rules?: ChaosRule[]; slowness?: number }): void {
    this.#rules = rules;
    this.#slowness = slowness;
    if (this.on) this.#detach ??= this.options.attach(this.#hook);
    else {
      this.#detach?.();
      this.#detach = undefined;
      this.#begun.clear();
    }
  }

  /** What has gone wrong so far, in words; undefined if nothing has. */
  summary(): string | undefined {
    const counts = Object.entries(this.counts);
    if (counts.length === 0) return undefined;
    return `seed ${this.options.seed}: ${counts.map(([what, count]) => `${what} ${count}`).join(', ')}`;
  }

  stopEngine(): void {
    this.#count('engine stopped');
    this.options.crashEngine();
  }

  /** Tools that call as administrator see things as they are. */
  readonly #hook: CallHook = async (call) => {
    if (call.caller === 'administrator') return undefined;
    if (call.phase === 'before') this.#begun.set(call.id, performance.now());
    const before = this.#begun.get(call.id);
    if (call.phase === 'after') this.#begun.delete(call.id);
    for (const rule of this.#rules) {
      if (phaseOf(rule.effect) !== call.phase || !concerns(rule, call) || this.#random() >= rule.probability) continue;
      const interference = this.#effect(rule, call);
      if (!interference) continue;
      if (call.phase === 'before' && ('fail' in interference || 'dropConnection' in interference))
        this.#begun.delete(call.id);
      this.#count(rule.effect);
      return interference;
    }
    return this.#slow(call, before);
  };

  #effect(rule: ChaosRule, call: GatewayCall): Interference {
    const ms = Math.ceil(this.#random() * (rule.ms ?? defaultMs));
    switch (rule.effect) {
      case 'delay':
        return { delayMs: ms };
      case 'reorder':
        return call.operation === 'SendMessage' ? { input: heldBack(call.input, ms) } : batchHeldBack(call, ms);
      case 'repeat':
        return { repeat: true };
      case 'throttle':
        return { fail: { status: 400, type: throttled[call.service], message: 'Rate exceeded (chaos)' } };
      case 'fail':
        return { fail: { status: 500, type: failed[call.service], message: 'Something went wrong (chaos)' } };
      case 'lose':
        return { dropConnection: true };
      case 'crash': {
        if (call.workerId === undefined) return undefined;
        this.options.killWorker(call.workerId);
        return { dropConnection: true };
      }
    }
  }

  #slow(call: GatewayCall, begun: number | undefined): Interference {
    if (this.#slowness <= 1 || call.phase !== 'after' || call.service !== 'dynamodb' || begun === undefined)
      return undefined;
    this.#count('slowed');
    return { delayMs: (performance.now() - begun) * (this.#slowness - 1) };
  }

  #count(what: keyof Chaos['counts']): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

const throttled = {
  dynamodb: 'ProvisionedThroughputExceededException',
  sqs: 'RequestThrottled',
  kms: 'ThrottlingException',
};
const failed = { dynamodb: 'InternalServerError', sqs: 'InternalError', kms: 'KMSInternalException' };

const phaseOf = (effect: Effect): GatewayCall['phase'] => (effect === 'lose' ? 'after' : 'before');

function concerns({ service, operation, caller }: ChaosRule, call: GatewayCall): boolean {
  const named =
    operation === undefined ||
    (operation.endsWith('*') ? call.operation.startsWith(operation.slice(0, -1)) : call.operation === operation);
  return named && (service ?? call.service) === call.service && call.caller.includes(caller ?? '');
}

/** Whole seconds are what a message can be delayed by. */
const heldBack = (input: Record<string, unknown>, ms: number) => ({ ...input, DelaySeconds: Math.ceil(ms / 1_000) });

function batchHeldBack(call: GatewayCall, ms: number): Interference {
  const entries = call.input['Entries'];
  if (call.operation !== 'SendMessageBatch' || !Array.isArray(entries)) return undefined;
  // Every other one, so that they change places among themselves too.
  const changed = entries.map((entry: Record<string, unknown>, index) =>
    index % 2 === 0 ? heldBack(entry, ms) : entry,
  );
  return { input: { ...call.input, Entries: changed } };
}

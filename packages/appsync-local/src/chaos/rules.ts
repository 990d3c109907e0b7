/** What can befall a call. */
export const effects = ['delay', 'reorder', 'repeat', 'throttle', 'fail', 'lose', 'crash'] as const;
export type Effect = (typeof effects)[number];

/**
 * What befalls which calls, and how often:
 * - `delay`: up to `ms` later; `reorder`: a message that is sent is held back up to `ms`, while later ones overtake it
 * - `repeat`: made twice, as by a client that missed the first answer
 * - `throttle`, `fail`: an error that clients repeat, without the engine having seen the call
 * - `lose`: done, but the answer is lost; `crash`: the function's environment that made it ends, before the call is done
 */
export interface ChaosRule {
  effect: Effect;
  /** From 0 (never) to 1 (always). */
  probability: number;
  /** `dynamodb`, `sqs` or `kms`; all if left out. */
  service?: string;
  /** e.g. `PutItem`, or `Send*`; all if left out. */
  operation?: string;
  /** Part of the calling role's name; everybody but an administrator if left out. */
  caller?: string;
  /** Greatest delay; default 300. */
  ms?: number;
}

const keys = new Set(['effect', 'probability', 'service', 'operation', 'caller', 'ms']);

/** @throws Error that says what is wrong with which rule */
export function readRules(given: unknown): ChaosRule[] {
  if (!Array.isArray(given)) throw new Error('rules must be a list');
  return given.map((rule: Partial<ChaosRule> | null, index) => {
    const fail = (words: string): never => {
      throw new Error(`rule ${index}: ${words}`);
    };
    if (typeof rule !== 'object' || rule === null) return fail('is no object');
    const unknown = Object.keys(rule).find((key) => !keys.has(key));
    if (unknown !== undefined) fail(`${unknown} is unknown (known: ${[...keys].join(', ')})`);
    if (!effects.includes(rule.effect as Effect)) fail(`effect must be one of ${effects.join(', ')}`);
    const { probability, ms } = rule;
    if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1))
      fail('probability must be a number from 0 to 1');
    if (ms !== undefined && !(typeof ms === 'number' && ms >= 0 && ms <= 600_000))
      fail('ms must be a number from 0 to 600000');
    for (const key of ['service', 'operation', 'caller'] as const)
      if (rule[key] !== undefined && typeof rule[key] !== 'string') fail(`${key} must be a text`);
    return rule as ChaosRule;
  });
}

/**
 * A bad day, as `--chaos` makes it. Receives lose no answers: messages that nobody has would only wait for their
 * visibility time-outs.
 */
export const badDay: ChaosRule[] = [
  { effect: 'delay', probability: 0.05 },
  { effect: 'throttle', probability: 0.02, service: 'dynamodb' },
  { effect: 'fail', probability: 0.01 },
  { effect: 'lose', probability: 0.01, service: 'dynamodb' },
  { effect: 'lose', probability: 0.01, operation: 'SendMessage*' },
  { effect: 'repeat', probability: 0.03, operation: 'SendMessage*' },
  { effect: 'reorder', probability: 0.05, operation: 'SendMessage*', ms: 2_000 },
  { effect: 'crash', probability: 0.001 },
];

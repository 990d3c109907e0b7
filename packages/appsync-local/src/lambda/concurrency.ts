import type { FunctionModel } from '../model.ts';

type Limited = Pick<FunctionModel, 'arn' | 'logicalId' | 'reservedConcurrency'>;

interface Waiting {
  arn: string;
  enter: () => void;
  fail: (error: Error) => void;
}

/** AWS leaves at least this many unreserved; of an account with few, all that a new one has. */
const leastUnreserved = (total: number): number => (total > 100 ? 100 : Math.min(total, 10));

/**
 * How many invocations may be under way at once: each function with a reserved concurrency has its own, the others
 * share what is left of the account's.
 */
export class Concurrency {
  readonly #reserved = new Map<string, number>();
  readonly #running = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  readonly #shared: number;
  #sharing = 0;

  /** Throws, naming the function, where AWS would refuse what is reserved. */
  constructor(total: number, functions: readonly Limited[]) {
    let left = total;
    for (const { arn, logicalId, reservedConcurrency } of functions) {
      if (reservedConcurrency === undefined) continue;
      this.#reserved.set(arn, reservedConcurrency);
      left -= reservedConcurrency;
      if (reservedConcurrency > 0 && left < leastUnreserved(total))
        throw new Error(
          `Function ${logicalId}: ReservedConcurrentExecutions ${reservedConcurrency} leaves ${Math.max(0, left)} of the account's concurrency of ${total} unreserved, and at least ${leastUnreserved(total)} must be left`,
        );
    }
    this.#shared = left;
  }

  /** Takes a place if there is one; who has it gives it back by `leave`. */
  tryEnter(arn: string): boolean {
    const reserved = this.#reserved.get(arn);
    const running = this.#running.get(arn) ?? 0;
    if (reserved === undefined ? this.#sharing >= this.#shared : running >= reserved) return false;
    this.#running.set(arn, running + 1);
    if (reserved === undefined) this.#sharing += 1;
    return true;
  }

  /** Takes a place when there is one. */
  enter(arn: string): Promise<void> | void {
    if (this.tryEnter(arn)) return undefined;
    return new Promise((enter, fail) => this.#waiting.push({ arn, enter, fail }));
  }

  leave(arn: string): void {
    this.#running.set(arn, (this.#running.get(arn) ?? 1) - 1);
    if (!this.#reserved.has(arn)) this.#sharing -= 1;
    const next = this.#waiting.findIndex((one) => this.tryEnter(one.arn));
    if (next >= 0) this.#waiting.splice(next, 1)[0]?.enter();
  }

  stop(): void {
    for (const { fail } of this.#waiting.splice(0)) fail(new Error('The local stack is stopping'));
  }
}

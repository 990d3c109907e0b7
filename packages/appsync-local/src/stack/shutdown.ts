/** What has to be undone, in reverse order, once. */
export class Shutdown {
  readonly #steps: (() => unknown)[] = [];
  readonly #controller = new AbortController();
  #running: Promise<void> | undefined;

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Aborts when the shutdown begins, or when `other` does. */
  signalWith(other?: AbortSignal): AbortSignal {
    return other ? AbortSignal.any([this.#controller.signal, other]) : this.#controller.signal;
  }

  /** Runs every step, also after one that fails; rejects with the first failure. Called again, it is the same run. */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    this.#controller.abort(new Error('the stack is stopping'));
    const failures: unknown[] = [];
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** The one line at the top that says what is wrong and what to do. */
export class Notices {
  text: string | null = null;
  readonly #listeners = new Set<() => void>();

  show = (text: string | null): void => {
    this.text = text;
    for (const listener of this.#listeners) listener();
  };

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

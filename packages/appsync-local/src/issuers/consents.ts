/**
 * Which pages may have a token of somebody who is logged in already. Any port of this machine may be returned to, and a
 * browser sends the log-in's cookie from all of them: without that person's click, a page would get a token unseen.
 */
import type { Asker } from './pages.ts';

export class Consents {
  /** By person. */
  readonly #given = new Map<string, Set<string>>();
  readonly #trusted: ReadonlySet<string>;

  /** @param trusted origins that need no consent: the stack's own page */
  constructor(trusted: string[]) {
    this.#trusted = new Set(trusted);
  }

  give(sub: string, asker: Asker): void {
    this.#given.set(sub, (this.#given.get(sub) ?? new Set()).add(keyOf(asker)));
  }

  /** At log-out. */
  forget(sub: string): void {
    this.#given.delete(sub);
  }

  has(sub: string, asker: Asker): boolean {
    return this.#trusted.has(asker.origin) || this.#given.get(sub)?.has(keyOf(asker)) === true;
  }
}

function keyOf({ client, origin }: Asker): string {
  return JSON.stringify([client, origin]);
}

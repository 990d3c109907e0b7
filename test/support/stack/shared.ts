/** Something that stands while tests run, and how it is ended. */
export interface Standing<Thing> {
  thing: Thing;
  end(): Promise<void> | void;
}

interface Held {
  standing: Promise<Standing<unknown>>;
  holders: number;
}

/** Each project of a run loads its set-up anew, all of them in one process. */
const key = Symbol.for('user-management.test.shared');
const process_ = globalThis as { [key]?: Map<string, Held> };
const held = (process_[key] ??= new Map<string, Held>());

/** What the projects of one run have together: made for the first that asks, ended when none holds it any more. */
export const shared = async <Thing>(
  name: string,
  make: () => Promise<Standing<Thing>>,
): Promise<{ thing: Thing; release: () => Promise<void> }> => {
  const found = held.get(name) ?? { standing: make(), holders: 0 };
  held.set(name, found);
  found.holders += 1;
  const { thing, end } = (await found.standing) as Standing<Thing>;
  const release = async () => {
    found.holders -= 1;
    if (found.holders > 0) return;
    held.delete(name);
    await end();
  };
  return { thing, release };
};

import type { AttributeTable, Attributes } from '../values/attributes.ts';
import { type DomainEvent, effectiveAtOf } from './event.ts';

/** The event by which something is so. */
export interface Since {
  version: number;
  /** When it took effect, milliseconds since the epoch. */
  at: number;
}

/**
 * By reference: since which event it refers to what it refers to; of a list, in the order of its ids. Null where that
 * is not known: a row that was written before it was kept says nothing of it until its next rebuild.
 */
export type SinceTable = Record<string, Since | (Since | null)[] | null>;

interface Referring {
  attributes: Attributes;
  since: SinceTable;
}

/** Since which events the references of a state hold, after an event that led to it from the one before. */
export const sinceOf = (
  columns: AttributeTable,
  before: Referring | undefined,
  after: Attributes,
  event: DomainEvent,
): SinceTable => {
  const now = sinceBy(event);
  const table: SinceTable = {};
  for (const [name, { kind }] of Object.entries(columns)) {
    const value = after[name];
    if (kind === 'reference' && typeof value === 'string') {
      // What says it anew counts as new, so that nobody has to know what was before.
      const said = before?.attributes[name] !== value || Object.hasOwn(event.payload, name);
      table[name] = said ? now : (before.since[name] ?? null);
    }
    if (kind === 'references' && Array.isArray(value)) {
      const ids = (before?.attributes[name] ?? []) as string[];
      const known = (before?.since[name] ?? []) as (Since | null)[];
      table[name] = value.map((id) => (ids.includes(id) ? (known[ids.indexOf(id)] ?? null) : now));
    }
  }
  return table;
};

export const sinceBy = (event: DomainEvent): Since => ({ version: event.version, at: effectiveAtOf(event) });

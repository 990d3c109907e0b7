import type { DomainEvent } from './aggregate.ts';

/** The current shape of a stored event, whatever shape it was stored in. @throws Error naming the event when it has none that is known */
export const upcast = (stored: Record<string, unknown>): DomainEvent => stored as unknown as DomainEvent;

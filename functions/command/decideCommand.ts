import { type Command, type Reference, subjectOf } from '../../domain/kernel/command/command.ts';
import { decide, operationOf, type Questions, refused } from '../../domain/kernel/command/decide.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { emptyStream, type Stream, streamOf } from '../../domain/kernel/stream/fold.ts';
import { type Rejection, takenCode } from '../../domain/kernel/rejection.ts';
import { claimChanges } from '../../domain/kernel/stream/unique.ts';
import { type EventStore, isOfCommand } from '../ports/eventStore/port.ts';
import type { Outcome, Outcomes } from '../ports/outcomes/port.ts';
import type { References } from '../ports/references/port.ts';
import { conflictPolicy, pause } from '../runtime/retry.ts';
import { orUnrebuildable } from '../rebuild/row.ts';
import { Failure } from '../runtime/failure.ts';

export interface CommandPorts {
  eventStore: EventStore;
  outcomes: Outcomes;
  references: References;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A new UUID. */
  newId: () => string;
  /** Whether people have to prove that an address is theirs. */
  mustProve?: boolean;
}

/** What became of a command. `retries`: how often another's event was in the way. */
export type Handled =
  /** Its event is stored, and goes its way by the store's stream. */
  (
    | { kind: 'applied'; event: DomainEvent }
    /** Its event was stored before: this one. */
    | { kind: 'repeat'; event: DomainEvent }
    /**
     * It left no event; this outcome stands. `repeat`: it was recorded before. `fulfilledBy`, if it is APPLIED: the event
     * that the view must show before the sender is told.
     */
    | { kind: 'settled'; outcome: Outcome; repeat: boolean; fulfilledBy?: DomainEvent }
  ) & { retries: number };

/** What is known of a stream. A create is first decided as if there were none, which saves a read. */
interface Known {
  stream: Stream;
  loaded: boolean;
}

/**
 * Decides a command and stores what follows: its event, or an outcome without one. Safe to repeat: the same command
 * of the same actor is answered as the first time.
 * @throws when the command could not be handled and must be delivered again
 */
export const handleCommand = async (command: Command, ports: CommandPorts): Promise<Handled> => {
  const { eventStore, outcomes } = ports;
  const load = async (): Promise<Known> => {
    const events = await eventStore.load(command.aggregate, command.aggregateId);
    return { stream: orUnrebuildable(() => streamOf(events)), loaded: true };
  };
  const creates = operationOf(command).action === 'create';

  const [first, standing] = await Promise.all([
    creates ? { stream: emptyStream, loaded: false } : load(),
    outcomes.find(command),
  ]);
  // An event outweighs a recorded outcome: APPLIED is final.
  let known: Known = standing && !first.loaded ? await load() : first;
  for (let attempt = 1; ; attempt += 1) {
    const retries = attempt - 1;
    const { events } = known.stream;
    const earlier = events.find(isOfCommand(command));
    if (earlier) return { kind: 'repeat', event: earlier, retries };
    if (standing) return { ...settled(standing, events), repeat: true, retries };

    const result = await decideAndAppend(command, known.stream, ports);
    if (result.kind === 'appended') return { kind: 'applied', event: result.event, retries };
    if (result.kind === 'repeat') return { kind: 'repeat', event: result.event, retries };
    if (result.kind === 'versionTaken') {
      if (attempt >= conflictPolicy.attempts || (known.loaded && !(await pause(attempt, conflictPolicy))))
        throw new Failure(`Other commands for ${subjectOf(command)} were faster at every try`);
      known = await load();
      continue;
    }
    // A rejection must not rest on a stream that was not read: it may hold this command's event.
    const read = known.loaded ? known : await load();
    if (read === known || read.stream.events.length === 0) {
      const outcome = await outcomes.record(outcomeOf(command, result.outcome));
      return { ...settled(outcome, read.stream.events), repeat: false, retries };
    }
    known = read;
  }
};

const settled = (
  outcome: Outcome,
  history: DomainEvent[],
): { kind: 'settled'; outcome: Outcome; fulfilledBy?: DomainEvent } => {
  const fulfilledBy = outcome.status === 'APPLIED' ? history.at(-1) : undefined;
  return { kind: 'settled', outcome, ...(fulfilledBy && { fulfilledBy }) };
};

type Result =
  | { kind: 'appended'; event: DomainEvent }
  | { kind: 'repeat'; event: DomainEvent }
  | { kind: 'versionTaken' }
  | { kind: 'noEvent'; outcome: { version: number } | { rejection: Rejection } };

const decideAndAppend = async (command: Command, stream: Stream, ports: CommandPorts): Promise<Result> => {
  const { eventStore, now, newId, mustProve } = ports;
  const decision = decide(command, stream, { now: now(), eventId: newId(), mustProve });
  if ('rejection' in decision) return { kind: 'noEvent', outcome: decision };
  if (!('after' in decision)) return { kind: 'noEvent', outcome: { version: stream.state.version } };
  const [event] = decision.events;
  const refusal = refused(command, await answersTo(decision.questions, command, ports));
  if (refusal) return { kind: 'noEvent', outcome: refusal };
  const result = await eventStore.append(event, claimChanges(command.aggregate, stream.state, decision.after));
  switch (result.kind) {
    case 'appended':
      return { kind: 'appended', event };
    case 'repeat':
    case 'versionTaken':
      return result;
    case 'uniqueTaken':
      return {
        kind: 'noEvent',
        outcome: {
          rejection: {
            code: takenCode(result.attribute),
            message: `${result.attribute}: another ${command.aggregate} has it, or what counts as the same`,
          },
        },
      };
    default:
      return result satisfies never;
  }
};

/** Looks up what an event that would be stored asks of other aggregates. */
const answersTo = async (
  { references: wanted, unused, sealed }: Questions,
  { aggregate, aggregateId }: Command,
  { references, eventStore }: CommandPorts,
): Promise<{ missing: Reference[]; inUse: boolean; clear: boolean }> => {
  const [missing, inUse, clear] = await Promise.all([
    wanted.length > 0 ? references.missing(wanted) : [],
    unused && references.inUse(aggregate, aggregateId),
    sealed && eventStore.hasClear(aggregate, aggregateId),
  ]);
  return { missing, inUse, clear };
};

/** Longest message of a rejection, in characters: it may quote what the client sent. */
const longestMessage = 500;

const outcomeOf = (
  { commandId, actor, operation, aggregate, aggregateId }: Command,
  result: { version: number } | { rejection: Rejection },
): Outcome => ({
  commandId,
  actor,
  operation,
  aggregate,
  aggregateId,
  ...('rejection' in result
    ? { status: 'REJECTED', code: result.rejection.code, message: result.rejection.message.slice(0, longestMessage) }
    : { status: 'APPLIED', version: result.version }),
});

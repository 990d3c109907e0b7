import { type Command, type Reference, subjectOf } from '../../domain/kernel/command/command.ts';
import { decide, operationOf, type Questions, refused } from '../../domain/kernel/command/decide.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { emptyStream } from '../../domain/kernel/stream/stream.ts';
import { type Rejection, takenCode } from '../../domain/kernel/rejection.ts';
import { claimChanges } from '../../domain/kernel/stream/unique.ts';
import { indexLag, type Snapshots } from '../ports/snapshots/port.ts';
import { keepLine, keepSnapshot } from '../streams/keep.ts';
import { type Loaded, loadStream, loadWhole } from '../streams/load.ts';
import { type EventStore, isOfCommand } from '../ports/eventStore/port.ts';
import type { Outcome, Outcomes } from '../ports/outcomes/port.ts';
import type { References } from '../ports/references/port.ts';
import { conflictPolicy, pause } from '../runtime/retry.ts';
import { Failure } from '../runtime/failure.ts';

export interface CommandPorts {
  eventStore: EventStore;
  snapshots: Snapshots;
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
     * It left no event; this outcome stands. `repeat`: it was recorded before. `fulfilledBy`, if it is APPLIED: the
     * event that the view must show before the sender is told.
     */
    | { kind: 'settled'; outcome: Outcome; repeat: boolean; fulfilledBy?: DomainEvent }
  ) & { retries: number };

/** What is known of a stream. A create is first decided as if there were none, which saves a read. */
interface Known extends Loaded {
  loaded: boolean;
}

const unread: Known = { stream: emptyStream, newest: [], loaded: false };

/**
 * Decides a command and stores what follows: its event, or an outcome without one. Safe to repeat: the same command
 * of the same actor is answered as the first time.
 * @throws when the command could not be handled and must be delivered again
 */
export const handleCommand = async (command: Command, ports: CommandPorts): Promise<Handled> => {
  const { outcomes } = ports;
  const { action } = operationOf(command);
  const load = async (): Promise<Known> => {
    const { aggregate, aggregateId } = command;
    // A correction says something of the past.
    const read = action === 'correct' ? loadWhole : loadStream;
    return { ...(await read(ports, aggregate, aggregateId)), loaded: true };
  };

  const [first, standing] = await Promise.all([action === 'create' ? unread : load(), outcomes.find(command)]);
  // An event outweighs a recorded outcome: APPLIED is final.
  let known: Known = standing && !first.loaded ? await load() : first;
  for (let attempt = 1; ; attempt += 1) {
    const retries = attempt - 1;
    const earlier = await eventOf(command, known, ports);
    if (earlier) return { kind: 'repeat', event: earlier, retries };
    if (standing) return { ...settled(standing, known.newest), repeat: true, retries };

    const result = await decideAndAppend(command, known, ports);
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
    if (read === known || read.newest.length === 0) {
      const outcome = await outcomes.record(outcomeOf(command, result.outcome));
      return { ...settled(outcome, read.newest), repeat: false, retries };
    }
    known = read;
  }
};

/**
 * The event that an earlier delivery of a command left. What stands before the snapshot was not read: the index knows
 * it, and a mark where it may not know it yet.
 */
const eventOf = async (
  command: Command,
  { newest, since }: Known,
  { eventStore, snapshots, now }: CommandPorts,
): Promise<DomainEvent | undefined> => {
  const read = newest.find(isOfCommand(command));
  if (read || !since) return read;
  const { aggregate, aggregateId } = command;
  const isFresh = since.timestamp > now() - indexLag;
  const [indexed, marked] = await Promise.all([
    eventStore.versionOf(command),
    isFresh ? snapshots.marked(aggregate, aggregateId, command) : undefined,
  ]);
  const version = indexed ?? marked;
  if (version === undefined) return undefined;
  const [found] = await eventStore.loadAfter(aggregate, aggregateId, version - 1, 1);
  return found && isOfCommand(command)(found) ? found : undefined;
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

const decideAndAppend = async (command: Command, known: Known, ports: CommandPorts): Promise<Result> => {
  const { eventStore, snapshots, now, newId, mustProve } = ports;
  const { stream } = known;
  const decision = decide(command, stream, { now: now(), eventId: newId(), mustProve });
  if ('rejection' in decision) return { kind: 'noEvent', outcome: decision };
  if (!('after' in decision)) return { kind: 'noEvent', outcome: { version: stream.state.version } };
  const [event] = decision.events;
  const refusal = refused(command, await answersTo(decision.questions, command, ports));
  if (refusal) return { kind: 'noEvent', outcome: refusal };
  const result = await eventStore.append(event, claimChanges(command.aggregate, stream.state, decision.after.state));
  switch (result.kind) {
    case 'appended':
      await keepSnapshot(known, decision.after, event, { snapshots, now: now() });
      await keepLine(decision.after, event, snapshots);
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

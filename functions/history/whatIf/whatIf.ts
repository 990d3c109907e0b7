import { randomUUID } from 'node:crypto';
import { differences } from '../../../domain/kernel/stream/changes.ts';
import type { Command } from '../../../domain/kernel/command/command.ts';
import { decide, operationOf, type Questions, refused } from '../../../domain/kernel/command/decide.ts';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { ImpossibleEvent } from '../../../domain/kernel/stream/fold.ts';
import { appended, type Stream, streamOf } from '../../../domain/kernel/stream/stream.ts';
import { reject, type Rejection, takenCode } from '../../../domain/kernel/rejection.ts';
import { initialState, type State } from '../../../domain/kernel/stream/state.ts';
import { type Claim, claimChanges, claimsOf } from '../../../domain/kernel/stream/unique.ts';
import { eventTypeOf } from '../../../domain/operations.ts';
import type { CommandOutcome } from '../../../generated/schema.ts';
import { apiNameOf, apiOutcomeOf } from '../../api.ts';
import { isOfCommand } from '../../ports/eventStore/port.ts';
import { groupBy, mapBounded } from '../../runtime/concurrency.ts';
import { type Given, InvalidArgument } from '../arguments.ts';
import { concurrentLoads } from '../shown.ts';
import { type LeftOut, questionOf } from './input.ts';
import { type Line, World, type WorldPorts } from './world.ts';

/**
 * What would be, had some events not happened, some been other than they were, and some commands been sent at a moment:
 * the outcome of each correction and command, and what would be otherwise than it is. Nothing is stored.
 * @throws InvalidArgument
 */
export const whatIf = async (given: Given, ports: WorldPorts) => {
  const { at, without, commands } = questionOf(given);
  const world = new World(ports, at);
  await mapBounded([...without, ...commands], concurrentLoads, ({ aggregate, aggregateId }) =>
    world.line(aggregate, aggregateId),
  );
  for (const leftOut of groupBy(without, ({ aggregate, aggregateId }) => `${aggregate}#${aggregateId}`).values())
    await leaveOut(leftOut, world);

  await world.lookUp(commands.flatMap(wantedBy));

  const outcomes: CommandOutcome[] = [];
  for (const command of commands) {
    const { commandId, operation, aggregate, aggregateId, actor } = command;
    const result = await suppose(command, world, at, ports);
    const outcome = { commandId, operation, aggregate, aggregateId, actor };
    outcomes.push(
      apiOutcomeOf(
        'rejection' in result
          ? { ...outcome, status: 'REJECTED', ...result.rejection }
          : { ...outcome, status: 'APPLIED', version: result.version },
      ),
    );
  }
  const seen = Math.max(at, ports.now());
  const changes = (await world.all()).flatMap(({ aggregate, aggregateId, is, supposed }) =>
    differences(aggregate, { state: is, at: seen }, { state: supposed.state, at: seen }).map((difference) => ({
      aggregate: apiNameOf(aggregate),
      aggregateId,
      ...difference,
      actor: null,
    })),
  );
  return { outcomes, changes };
};

/** The claims that a command may want to take, as far as its input says so. */
const wantedBy = ({ aggregate, input }: Command): Claim[] =>
  claimsOf(aggregate, { ...initialState, status: 'live', attributes: textsIn(input), createdAt: 0, since: {} });

const textsIn = (input: Command['input']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );

/** Events of one stream as if they had not happened. */
const leaveOut = async (leftOut: LeftOut[], world: World): Promise<void> => {
  const [first] = leftOut;
  if (!first) return;
  const { aggregate, aggregateId, field } = first;
  const line = await world.line(aggregate, aggregateId);
  for (const { version, field: place } of leftOut) {
    const event = line.events.find((each) => each.version === version);
    if (!event) throw new InvalidArgument(place, `there is no version ${version} of ${aggregate} ${aggregateId}`);
    if (event.erased) throw new InvalidArgument(place, `version ${version} of ${aggregate} ${aggregateId} is erased`);
  }
  try {
    const supposed = streamOf(line.events, new Set(leftOut.map(({ version }) => version)));
    const taken = await world.taken(claimChanges(aggregate, line.is, supposed.state).takes, line, Infinity);
    if (taken) throw new InvalidArgument(field, `${taken.attribute}: another ${aggregate} has it since`);
    world.suppose(line, supposed);
  } catch (error) {
    throw error instanceof ImpossibleEvent ? new InvalidArgument(field, inWords(error)) : error;
  }
};

const inWords = ({ event: { version, type }, reason }: ImpossibleEvent): string =>
  `version ${version}, ${type}, could then not have happened: it ${reason}`;

type Result = { version: number } | { rejection: Rejection };

/** Decides a command as the system would, and puts its event where it belongs. */
const suppose = async (command: Command, world: World, at: number, ports: WorldPorts): Promise<Result> => {
  const line = await world.line(command.aggregate, command.aggregateId);
  const earlier = line.supposed.events.find(isOfCommand(command));
  if (earlier) return { version: earlier.version };
  // A correction is made today, whatever it is about.
  const moment = operationOf(command).action === 'correct' ? Infinity : at;
  const before = world.stateAt(line, moment);
  const now = moment === Infinity ? ports.now() : at;
  const decision = decide(command, { ...line.supposed, state: before }, { now, eventId: randomUUID() });
  if ('rejection' in decision) return decision;
  if (!('after' in decision)) return { version: before.version };
  const refusal = refused(command, await answersTo(decision.questions, command, world, moment, ports));
  if (refusal) return refusal;
  const next = withEvent(line.supposed, decision.events[0], moment);
  if ('rejection' in next) return next;
  const broken =
    (await conflicting(line, before, decision.after.state, world, moment)) ??
    (await conflicting(line, line.supposed.state, next.state, world, Infinity));
  if (broken) return broken;
  world.suppose(line, next, moment === Infinity ? 0 : 1);
  return { version: decision.after.state.version };
};

const answersTo = async (
  { references, unused, sealed }: Questions,
  { aggregate, aggregateId }: Command,
  world: World,
  moment: number,
  { eventStore }: WorldPorts,
) => ({
  missing: await world.missing(references, moment),
  inUse:
    unused &&
    ((await world.inUse(aggregate, aggregateId, moment)) || (await world.inUse(aggregate, aggregateId, Infinity))),
  clear: sealed && (await eventStore.hasClear(aggregate, aggregateId)),
});

/**
 * A stream with an event of the moment: behind all others, or in its place among what happened later, as an insertion
 * would be.
 */
const withEvent = (stream: Stream, event: DomainEvent, moment: number): Stream | { rejection: Rejection } => {
  const { version, updatedAt } = stream.state;
  try {
    if (moment >= updatedAt) return appended(stream, event);
    return appended(stream, {
      ...event,
      version: version + 1,
      type: eventTypeOf(event.aggregate, 'correct'),
      payload: { kind: 'INSERT', type: event.type, payload: event.payload },
      timestamp: updatedAt,
      effectiveAt: moment,
    });
  } catch (error) {
    if (error instanceof ImpossibleEvent) return reject('INVALID', `at: ${inWords(error)}`);
    throw error;
  }
};

/** The rejection of a state whose unique values another has. */
const conflicting = async (
  line: Line,
  before: State,
  after: State,
  world: World,
  moment: number,
): Promise<{ rejection: Rejection } | undefined> => {
  const taken = await world.taken(claimChanges(line.aggregate, before, after).takes, line, moment);
  return (
    taken &&
    reject(
      takenCode(taken.attribute),
      `${taken.attribute}: another ${line.aggregate} has it, or what counts as the same`,
    )
  );
};

import { randomUUID } from 'node:crypto';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { Command } from '../../../domain/kernel/command/command.ts';
import { asMade } from '../../../domain/kernel/values/ids.ts';
import { aggregates, operations } from '../../../domain/operations.ts';
import { isObject, listIn, propertiesOf } from '../../runtime/properties.ts';
import { type Given, givenAggregate, givenMoment, InvalidArgument, isGiven } from '../arguments.ts';

/** Each list of a question takes so many. */
const most = 100;

/** An event that is left out, and the place of the question in which it stands. */
export interface LeftOut {
  aggregate: AggregateName;
  aggregateId: string;
  version: number;
  field: string;
}

export interface Question {
  /** Milliseconds since the epoch. */
  at: number;
  without: LeftOut[];
  /** The corrections, then the commands, in their order. */
  commands: Command[];
}

/** Later than all there is: what is supposed is sent after everything that was. */
const sentAt = Number.MAX_SAFE_INTEGER;

/** @throws InvalidArgument */
export const questionOf = ({ input, actor }: Given): Question => {
  const said = propertiesOf(input);
  const by = String(actor);
  return {
    at: givenMoment('at', said),
    without: listOf(said, 'without').map(leftOut),
    commands: [
      ...listOf(said, 'corrections').map((each, n) => commandOf('correctEvent', each, `corrections[${n}]`, by)),
      ...listOf(said, 'commands').map((each, n) => supposed(each, `commands[${n}]`, by)),
    ],
  };
};

/** An id as streams have it. */
const keptId = (aggregate: AggregateName, id: unknown): string =>
  aggregates[aggregate].id === 'made' ? asMade(String(id)) : String(id);

const listOf = (said: Given, field: string): Given[] => {
  const list = listIn(said[field]) ?? [];
  if (list.length > most) throw new InvalidArgument(field, `must be ${most} at the most`);
  return list.map(propertiesOf);
};

const leftOut = (each: Given, n: number): LeftOut => ({
  aggregate: givenAggregate(each['aggregate']),
  aggregateId: keptId(givenAggregate(each['aggregate']), each['aggregateId']),
  version: Number(each['version']),
  field: `without[${n}].version`,
});

const supposed = ({ operation, input, commandId }: Given, field: string, actor: string): Command => {
  if (!Object.hasOwn(operations, String(operation)))
    throw new InvalidArgument(`${field}.operation`, 'must be the name of an operation, such as updateUser');
  if (!isObject(input) || Array.isArray(input)) throw new InvalidArgument(`${field}.input`, 'must be a JSON object');
  return commandOf(String(operation), input, field, actor, isGiven(commandId) ? String(commandId) : undefined);
};

/** As the API makes it of a mutation; whose own command it is, its input says by `id`. */
const commandOf = (
  name: string,
  input: Given,
  field: string,
  actor: string,
  commandId: string = randomUUID(),
): Command => {
  const operation = operations[name]!;
  const { expectedVersion, ...said } = input;
  const idField = operation.idFrom === 'self' ? 'id' : operation.idField;
  if (operation.idFrom !== 'command' && !isGiven(said[idField]))
    throw new InvalidArgument(`${field}.input.${idField}`, 'is required');
  const aggregate = operation.aggregate ?? givenAggregate(said['aggregate']);
  const aggregateId = operation.idFrom === 'command' ? commandId.toLowerCase() : keptId(aggregate, said[idField]);
  if (operation.idFrom !== 'command') delete said[idField];
  if (operation.aggregate === null) {
    delete said['aggregate'];
    said['payload'] = parsed(said['payload'], `${field}.payload`);
  }
  return {
    commandId: commandId.toLowerCase(),
    operation: name,
    aggregate,
    aggregateId,
    actor: operation.caller === 'user' ? `user:${aggregateId}` : actor,
    input: said,
    ...(isGiven(expectedVersion) && { expectedVersion: Number(expectedVersion) }),
    sentAt,
  };
};

/** A payload within a command's input may be JSON within JSON, as it is in the mutation. */
const parsed = (payload: unknown, field: string): unknown => {
  if (typeof payload !== 'string') return payload;
  try {
    return JSON.parse(payload);
  } catch {
    throw new InvalidArgument(field, 'must be JSON');
  }
};

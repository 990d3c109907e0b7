import * as z from 'zod/mini';
import { matches } from '../../domain/kernel/values/attributes.ts';
import type { Command } from '../../domain/kernel/command/command.ts';
import { subjectRule, uuidPattern } from '../../domain/kernel/values/ids.ts';
import { aggregateNames, operations } from '../../domain/operations.ts';
import type { Outcome } from '../ports/outcomes/port.ts';
import { Failure } from '../runtime/failure.ts';
import { propertiesOf } from '../runtime/properties.ts';

/** What stands on a command queue. */
export type Envelope =
  | { kind: 'command'; command: Command }
  /** It names its sender, so the sender can be told. */
  | { kind: 'invalid'; outcome: Outcome };

const sender = z.object({
  commandId: z.string().check(z.minLength(1), z.maxLength(128)),
  // The application before the subject.
  actor: z.string().check(z.minLength(1), z.maxLength('admin:'.length + subjectRule.maxLength)),
});

const aggregate = z.enum(aggregateNames, { error: `must be one of ${aggregateNames.join(', ')}` });
const operation = z.enum(Object.keys(operations), { error: 'must be the name of an operation' });

const idLength = { error: `must have 1 to ${subjectRule.maxLength} characters` };

/** Limits here only keep keys within what the store takes; what values may be is the domain's to say. */
const command = z.extend(sender, {
  operation,
  aggregate,
  aggregateId: z
    .string({ error: 'must be a string' })
    .check(z.minLength(1, idLength), z.maxLength(subjectRule.maxLength, idLength)),
  input: z.record(z.string(), z.unknown(), { error: 'must be an object' }),
  expectedVersion: z.nullish(z.number({ error: 'must be a number' })),
  proved: z.nullish(z.record(z.string(), z.string(), { error: 'must be an object of texts' })),
  sentAt: z.nullish(z.string({ error: 'must be a string' })),
});

/**
 * Reads a message of a command queue.
 * @throws when it is not JSON, or names no one who could be told what became of it, or of what it was
 */
export const parseEnvelope = (body: string): Envelope => {
  const message = withLowerCaseId(JSON.parse(body));
  const { commandId, actor } = sender.parse(message);
  const parsed = command.safeParse(message);
  if (!parsed.success)
    return { kind: 'invalid', outcome: { commandId, actor, ...subjectOf(message), ...invalid(parsed.error) } };
  const { sentAt, expectedVersion, proved, ...rest } = parsed.data;
  const sent = Date.parse(sentAt ?? '');
  return {
    kind: 'command',
    command: {
      ...rest,
      expectedVersion: expectedVersion ?? undefined,
      proved: proved ?? undefined,
      sentAt: Number.isNaN(sent) ? undefined : sent,
    },
  };
};

/** A UUID is the same however it is written; where it is the aggregate's too, that one as well. */
const withLowerCaseId = (message: unknown): unknown => {
  const { commandId, aggregateId } = propertiesOf(message);
  if (typeof commandId !== 'string' || !matches(uuidPattern, commandId)) return message;
  const lower = commandId.toLowerCase();
  return { ...propertiesOf(message), commandId: lower, ...(aggregateId === commandId && { aggregateId: lower }) };
};

/** What an unreadable message was about, as far as it says so. */
const subjectOf = (message: unknown): Pick<Outcome, 'operation' | 'aggregate' | 'aggregateId'> => {
  const said = propertiesOf(message);
  const known = operation.safeParse(said['operation']);
  const named = aggregate.safeParse(said['aggregate']);
  const about = named.success ? named.data : known.success ? operations[known.data]?.aggregate : undefined;
  if (!about) throw new Failure('The message names neither a known aggregate nor a known operation');
  return { operation: short(said['operation']), aggregate: about, aggregateId: short(said['aggregateId']) };
};

const invalid = (error: z.core.$ZodError): Pick<Outcome, 'status' | 'code' | 'message'> => {
  const [issue] = error.issues;
  return {
    status: 'REJECTED',
    code: 'INVALID',
    message: `${issue?.path.join('.') ?? 'command'}: ${issue?.message ?? 'is not valid'}`,
  };
};

const short = (value: unknown): string => (typeof value === 'string' ? value.slice(0, subjectRule.maxLength) : '');

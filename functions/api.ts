import type { AggregateName } from '../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../domain/kernel/stream/event.ts';
import { perAggregate } from '../domain/operations.ts';
import type { AggregateType, CommandOutcome } from '../generated/schema.ts';
import type { Outcome } from './ports/outcomes/port.ts';
import { upperCase } from './runtime/upperCase.ts';

/** The API's name of an aggregate. */
export const apiNameOf = (aggregate: AggregateName): AggregateType => upperCase(aggregate);

/** The fields of a projection update for rows, where it carries none. */
export const noRow = perAggregate(() => null);

/** A recorded outcome as the API gives it. */
export const apiOutcomeOf = ({ aggregate, version, code, message, ...outcome }: Outcome): CommandOutcome => ({
  ...outcome,
  aggregate: apiNameOf(aggregate),
  version: version ?? null,
  code: code ?? null,
  message: message ?? null,
});

/** The outcome that an event stands for: its command was applied. */
export const appliedBy = ({
  commandId,
  actor,
  operation,
  aggregate,
  aggregateId,
  version,
}: DomainEvent): CommandOutcome =>
  apiOutcomeOf({ commandId, actor, status: 'APPLIED', operation, aggregate, aggregateId, version });

import { isPersonal } from '../../../domain/operations.ts';
import { commandKeyOf } from '../eventStore/port.ts';
import { keptIn, outcomeOf } from './item.ts';
import { type KeptOutcome, type OutcomeReader, outcomeSeconds, type Outcomes } from './port.ts';

/** Outcomes in memory, and a look at all of them. */
export interface MemoryOutcomes extends Outcomes, OutcomeReader {
  recorded: Map<string, KeptOutcome>;
}

export const memoryOutcomes = (): MemoryOutcomes => {
  const recorded = new Map<string, KeptOutcome>();
  return {
    recorded,
    find: async (command) => {
      const kept = recorded.get(commandKeyOf(command));
      return kept && outcomeOf({ ...kept });
    },
    record: async (outcome) => {
      const key = commandKeyOf(outcome);
      const standing = recorded.get(key) ?? { ...outcome, expiresAt: Math.floor(Date.now() / 1000) + outcomeSeconds };
      recorded.set(key, standing);
      return outcomeOf({ ...standing });
    },
    about: async (aggregate, aggregateId, limit) =>
      [...recorded.values()]
        .filter((each) => isPersonal(aggregate) && each.aggregate === aggregate && each.aggregateId === aggregateId)
        .flatMap((each) => keptIn({ ...each }) ?? [])
        .sort((one, other) => other.expiresAt - one.expiresAt)
        .slice(0, limit),
  };
};

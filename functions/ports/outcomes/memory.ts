import { commandKeyOf } from '../eventStore/port.ts';
import type { Outcome, Outcomes } from './port.ts';

/** Outcomes in memory, and a look at all of them. */
export interface MemoryOutcomes extends Outcomes {
  recorded: Map<string, Outcome>;
}

export const memoryOutcomes = (): MemoryOutcomes => {
  const recorded = new Map<string, Outcome>();
  return {
    recorded,
    find: async (command) => recorded.get(commandKeyOf(command)),
    record: async (outcome) => {
      const key = commandKeyOf(outcome);
      const standing = recorded.get(key) ?? outcome;
      recorded.set(key, standing);
      return standing;
    },
  };
};

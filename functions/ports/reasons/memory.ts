import type { Reason, Reasons } from './port.ts';

export const memoryReasons = (): Reasons => {
  const known = new Map<string, Reason>();
  return {
    record: async (reasons) => {
      for (const reason of reasons) known.set(reason.messageId, reason);
    },
    find: async (messageIds) => messageIds.flatMap((messageId) => known.get(messageId) ?? []),
  };
};

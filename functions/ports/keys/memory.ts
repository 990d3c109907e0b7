import { newKey, open, seal } from './cipher.ts';
import { keyring, type KeyTable, lifeAttribute } from './keyring.ts';
import type { Keys, KeyService, NewDataKey } from './port.ts';
import type { Item } from '../dynamodb/item.ts';

/** Table subjectKey in memory, with what an append does to it, and a look at what it holds. */
export interface MemoryKeyTable extends KeyTable {
  items: Map<string, Item>;
  holds(subject: string, life: number): boolean;
  store(subject: string, key: NewDataKey): void;
  destroy(subject: string): void;
}

export const memoryKeyTable = (): MemoryKeyTable => {
  const items = new Map<string, Item>();
  return {
    items,
    find: async (ids) =>
      new Map(
        ids.flatMap((id) => {
          const item = items.get(id);
          return item ? [[id, { ...item }] as const] : [];
        }),
      ),
    addRoot: async (id, wrapped) => {
      const standing = items.get(id)?.['wrapped'] ?? wrapped;
      items.set(id, { wrapped: standing });
      return String(standing);
    },
    holds: (subject, life) => items.get(subject)?.[lifeAttribute(life)] !== undefined,
    store: (subject, { life, wrapped }) =>
      void items.set(subject, { ...items.get(subject), [lifeAttribute(life)]: wrapped }),
    destroy: (subject) => void items.delete(subject),
  };
};

/** The keys in memory. */
export interface MemoryKeys extends Keys {
  table: MemoryKeyTable;
  service: KeyService;
}

export const memoryKeys = (
  table = memoryKeyTable(),
  service: KeyService = memoryKeyService(),
  now?: () => number,
): MemoryKeys => ({ ...keyring(table, service, now), table, service });

/** A key service that counts how often it is asked. */
export interface MemoryKeyService extends KeyService {
  calls: number;
}

export const memoryKeyService = (): MemoryKeyService => {
  const master = newKey();
  const service: MemoryKeyService = {
    calls: 0,
    generate: async (purpose) => {
      service.calls += 1;
      const key = newKey();
      return { key, wrapped: seal(master, key, purpose) };
    },
    unwrap: async (purpose, wrapped) => {
      service.calls += 1;
      return open(master, wrapped, purpose);
    },
  };
  return service;
};

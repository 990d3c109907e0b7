import { gathered } from '../../runtime/gathered.ts';
import { expiringCache } from './cache.ts';
import { type Key, newKey, open, seal } from './cipher.ts';
import {
  DamagedKey,
  dataKeySeconds,
  type Keys,
  type KeyService,
  rootKeySeconds,
  type RootPurpose,
  type SubjectKeys,
} from './port.ts';
import type { Item } from '../dynamodb/item.ts';

/** Table subjectKey: an item per subject, with an attribute `life<n>` per data key; and one per key of the stack. */
export interface KeyTable {
  /** Items by their id, consistently read; those that are not there are left out. */
  find(ids: string[]): Promise<Map<string, Item>>;
  /** Adds a key of the stack unless it is there. @returns the one that stands, wrapped */
  addRoot(id: string, wrapped: string): Promise<string>;
}

export const rootId = (purpose: RootPurpose): string => `root#${purpose}`;
export const lifeAttribute = (life: number): string => `life${life}`;
/** The life whose data key an attribute holds; undefined: it holds none. */
export const lifeIn = (attribute: string): number | undefined => {
  const [, life] = /^life(\d+)$/.exec(attribute) ?? [];
  return life === undefined ? undefined : Number(life);
};

const mostSubjects = 1_000;

/** @param now milliseconds since the epoch */
export const keyring = (table: KeyTable, service: KeyService, now: () => number = Date.now): Keys => {
  const roots = expiringCache<Promise<Key>>(rootKeySeconds, 2, now);
  const find = gathered((ids) => table.find(ids));
  const known = expiringCache<SubjectKeys>(dataKeySeconds, mostSubjects, now);

  const read = async (purpose: RootPurpose): Promise<Key | undefined> => {
    const id = rootId(purpose);
    const item = (await table.find([id])).get(id);
    return item && service.unwrap(purpose, String(item['wrapped']));
  };
  const create = async (purpose: RootPurpose): Promise<Key> => {
    const { key, wrapped } = await service.generate(purpose);
    const standing = await table.addRoot(rootId(purpose), wrapped);
    return standing === wrapped ? key : service.unwrap(purpose, standing);
  };
  /** One call for all who ask at once; a failure is not kept. */
  const kept = (purpose: RootPurpose, absent: () => Promise<Key>): Promise<Key> => {
    const found = roots.get(purpose);
    if (found) return found;
    const asked = read(purpose).then((key) => key ?? absent());
    roots.set(purpose, asked);
    asked.catch(() => roots.delete(purpose));
    return asked;
  };
  const existing = (purpose: RootPurpose): Promise<Key> =>
    kept(purpose, async () => {
      throw new Error(`Table subjectKey holds no ${purpose} key: it is not the table of these events, or was lost`);
    });
  const ensured = (purpose: RootPurpose): Promise<Key> => kept(purpose, () => create(purpose));

  return {
    async of(subjects, fresh = false) {
      const found = new Map<string, SubjectKeys>();
      for (const subject of fresh ? [] : subjects) {
        const keys = known.get(subject);
        if (keys) found.set(subject, keys);
      }
      const missing = [...new Set(subjects)].filter((subject) => !found.has(subject));
      if (missing.length === 0) return found;
      const items = await find(missing);
      const branch = fresh || items.size > 0 ? await existing('branch') : undefined;
      for (const subject of missing) {
        const keys = unwrapped(subject, items.get(subject), branch);
        known.set(subject, keys);
        found.set(subject, keys);
      }
      return found;
    },
    async make(subject, life) {
      const key = newKey();
      return { life, key, wrapped: seal(await ensured('branch'), key, placeOf(subject, life)) };
    },
    forget: (subject) => known.delete(subject),
    claimKey: () => ensured('claim'),
    async standingClaimKey() {
      const found = await (roots.get('claim') ?? read('claim'));
      // That there is none yet is not kept.
      if (found) roots.set('claim', Promise.resolve(found));
      return found;
    },
  };
};

const unwrapped = (subject: string, item: Item | undefined, branch: Key | undefined): SubjectKeys =>
  new Map(
    Object.entries(item ?? {}).flatMap(([name, wrapped]) => {
      const life = lifeIn(name);
      return life && branch ? [[life, keyOrNot(branch, wrapped, subject, life)] as const] : [];
    }),
  );

/** One that does not open is in nobody's way but its own. */
const keyOrNot = (branch: Key, wrapped: unknown, subject: string, life: number): Key | DamagedKey => {
  try {
    return open(branch, String(wrapped), placeOf(subject, life));
  } catch (error) {
    return new DamagedKey(`The key of life ${life} of ${subject} does not open`, { cause: error });
  }
};

const placeOf = (subject: string, life: number): string => `${subject} ${life}`;

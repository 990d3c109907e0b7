import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { Attributes } from '../../../domain/kernel/values/attributes.ts';
import type { SinceTable } from '../../../domain/kernel/stream/since.ts';
import type { State } from '../../../domain/kernel/stream/state.ts';

/** What was said of an aggregate, in the order in which it was: the plain model of a stream. */
export interface Said {
  /** Its place: 1, 2, 3 … */
  n: number;
  /** When it was said. */
  at: number;
  /** What happened; of a correction, of an insertion alone. */
  type?: string;
  payload?: Record<string, unknown>;
  correction?: 'REPLACE' | 'CANCEL' | 'MOVE' | 'INSERT';
  /** The place of what it corrects. */
  of?: number;
  /** When it took effect, if that is not when it was said. */
  effectiveAt?: number;
}

/** Something cannot have happened: the place at which it was said. */
export class ImpossibleHere extends Error {
  constructor(readonly n: number) {
    super(`${n} cannot have happened`);
  }
}

/** Whether nothing that stands takes it back. */
const stands = (each: Said, said: Said[]): boolean =>
  !said.some((other) => other.correction === 'CANCEL' && other.of === each.n && stands(other, said));

const isHappening = ({ correction }: Said): boolean => correction === undefined || correction === 'INSERT';

/** The place of what a correction is of in the end. */
const rootOf = (each: Said, said: Said[]): number =>
  isHappening(each)
    ? each.n
    : rootOf(
        said.find(({ n }) => n === each.of)!,
        said,
      );

/** What happened, as it is said to have, one after the other. */
export const happenings = (said: Said[]): Said[] => {
  const latest = (kind: Said['correction'], n: number) =>
    said.filter((each) => each.correction === kind && rootOf(each, said) === n && stands(each, said)).at(-1);
  return said
    .filter((each) => isHappening(each) && stands(each, said))
    .map(({ n, at, type, payload, effectiveAt = at }) => ({
      n,
      at,
      type,
      payload: latest('REPLACE', n)?.payload ?? payload,
      effectiveAt: latest('MOVE', n)?.effectiveAt ?? effectiveAt,
    }))
    .sort((one, other) => one.effectiveAt - other.effectiveAt || one.n - other.n);
};

const empty: Record<string, Attributes> = {
  user: {
    firstName: null,
    lastName: null,
    birthDate: null,
    email: null,
    roleId: null,
    groupId: null,
    emailVerified: false,
    status: 'ACTIVE',
    suspensionReason: null,
    suspendedUntil: null,
  },
  role: { name: null, description: null, authorizationIds: null },
  group: { name: null, description: null },
};

/** What was the case at a moment, as it was known at another. @throws ImpossibleHere */
export const plainState = (aggregate: AggregateName, said: Said[], t: number, knownAt: number): State => {
  const known = said.filter(({ at }) => at <= knownAt);
  let life: { attributes: Attributes; createdAt: number; since: SinceTable } | undefined;
  let deletedAt: number | undefined;
  const happened = happenings(known).filter(({ effectiveAt }) => effectiveAt! <= t);
  for (const { n, at, type, payload, effectiveAt } of happened) {
    const event = { version: n, at: effectiveAt! };
    const alive = life !== undefined && deletedAt === undefined;
    const values = payload as Attributes;
    const possible = type!.endsWith('Created') ? !alive : type!.endsWith('Restored') ? deletedAt !== undefined : alive;
    if (!possible) throw new ImpossibleHere(n);
    switch (type!.replace(/^(User|Role|Group)/, '')) {
      case 'Created':
        life = { attributes: { ...empty[aggregate], ...values }, createdAt: at, since: {} };
        life.since = sinceWhen(life.attributes, values, {}, life.since, event);
        deletedAt = undefined;
        break;
      case 'Deleted':
        deletedAt = at;
        break;
      case 'Restored':
        deletedAt = undefined;
        break;
      default: {
        const said = changes(type!, values, life!.attributes);
        const attributes = { ...life!.attributes, ...said };
        life = { ...life!, attributes, since: sinceWhen(attributes, said, life!.attributes, life!.since, event) };
      }
    }
  }
  const counted = [...happened, ...known.filter((each) => each.correction !== undefined && each.at <= t)];
  const last = counted.reduce((latest, each) => (each.n > latest.n ? each : latest), { n: 0, at: 0 });
  const ends = { version: last.n, updatedAt: last.at };
  if (!life) return { status: 'absent', ...ends };
  return deletedAt === undefined
    ? { status: 'live', ...life, ...ends }
    : { status: 'deleted', deletedAt, last: life, ...ends };
};

/**
 * Since which event references hold: the last one that named them; of a list, the one that each has been in it since.
 */
const sinceWhen = (
  now: Attributes,
  said: Attributes,
  before: Attributes,
  since: SinceTable,
  event: { version: number; at: number },
): SinceTable => {
  const table: SinceTable = {};
  for (const name of ['roleId', 'groupId'])
    if (typeof now[name] === 'string') table[name] = name in said ? event : since[name]!;
  if (!Array.isArray(now['authorizationIds'])) return table;
  const known = new Map(
    ((before['authorizationIds'] ?? []) as string[]).map((id, place) => [
      id,
      (since['authorizationIds'] as { version: number; at: number }[])[place]!,
    ]),
  );
  return { ...table, authorizationIds: now['authorizationIds'].map((id) => known.get(id) ?? event) };
};

const changes = (type: string, values: Attributes, before: Attributes): Attributes => {
  const ids = (before['authorizationIds'] ?? []) as string[];
  const id = String(values['authorizationId']);
  const others = ids.filter((each) => each !== id);
  switch (type) {
    case 'UserSuspended':
      return { status: 'SUSPENDED', suspensionReason: values['reason']!, suspendedUntil: values['until'] ?? null };
    case 'UserReinstated':
      return { status: 'ACTIVE', suspensionReason: null, suspendedUntil: null };
    case 'AuthorizationGranted':
      return { authorizationIds: [...others, id] };
    case 'AuthorizationRevoked':
      return { authorizationIds: others };
    default:
      return values;
  }
};

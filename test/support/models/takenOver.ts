import { createHash } from 'node:crypto';
import { scalarFormats } from 'appsync-local/parts';
import { timeShardOf } from '../../../domain/kernel/view/timeShard.ts';
import * as odd from './oddTexts.ts';
import { soak } from '../runs.ts';

/** Odd values as an older system may have left them in a store: in clear, checked by nobody. */
export interface TakenOver {
  item: Record<string, unknown> & { streamId: string };
  aggregate: 'user' | 'group';
  id: string;
  /** Whether the API can show the row: as its own scalars have it. */
  shown: boolean;
  /** Whether its id is one that can be asked for. */
  addressable: boolean;
}

const at = Date.UTC(2025, 5, 1);

/** Ids that are the same in every run. */
const idOf = (streamId: string) => {
  const hex = createHash('sha256').update(streamId).digest('hex');
  return [8, 4, 4, 4, 12].map((length, n) => hex.slice(n * 6, n * 6 + length)).join('-');
};

const itemOf = (streamId: string, more: Record<string, unknown>) => ({
  streamId,
  version: 1,
  timestamp: at,
  timeShard: timeShardOf(streamId, at),
  eventId: idOf(streamId),
  ...more,
});

const eventOf = (aggregate: 'user' | 'group', id: string, payload: Record<string, unknown>) => {
  const [type, executionQueue, operation] =
    aggregate === 'user'
      ? ['UserCreated', 'executeCreateUserQueue', 'createUser']
      : ['GroupCreated', 'executeCreateGroupQueue', 'createGroup'];
  const commandId = idOf(`command ${aggregate}#${id}`);
  return itemOf(`${aggregate}#${id}`, {
    ...{ aggregate, aggregateId: id, type, payload, commandId, executionQueue, operation },
    ...{ actor: 'admin:a', schemaVersion: 1, commandKey: `admin:a#${commandId}` },
  });
};

/** In the shape of 2019: no schema version, other names; with what docs/upgrading.md adds. */
const originalOf = (id: string, { birthDate, roleId, groupId, ...payload }: Record<string, unknown>) =>
  itemOf(`user#${id}`, {
    aggregate: 'user',
    type: 'UserCreated',
    actor: 'admin:unknown',
    executionQueue: 'executeCreateUserQueue',
    payload: { userId: id, ...payload, date: birthDate, role: roleId, group: groupId },
  });

/** As an engine stores it, which has no halves of characters. */
const stored = (text: string) => Buffer.from(text).toString();
const unique = (texts: string[]) => [...new Set(texts.map(stored))];
const some = (texts: string[], wanted: number) => {
  const all = unique(texts);
  return soak ? all : all.filter((_, n) => n % Math.ceil(all.length / wanted) === 0);
};

const anyText = () => [
  ...some(odd.inAnyPlace([...odd.ofEachCategory(), ...odd.directional]), 30),
  ...some(odd.inAnyPlace(odd.showNothing()), 15),
  ...some([...odd.inNormalForms(), ...odd.aroundLength(100)], 15),
  ...odd.halves.map(stored),
  ...['', 'x'.repeat(20_000), '\u{10FFFF}'.repeat(2_000), '__proto__', '<script>', '{"a":1}', 'null'],
];

const isDate = (text: string) => scalarFormats.date(text) === null;
/** Blanks and escapes within quotes are hidden: nobody knows whether AppSync shows them. */
const isEmail = (text: string) => scalarFormats.email(text) === null && !/^"[^@]*[ \\]/.test(text);
/** What the first implementation's form took besides is read as the date that it is. */
const isReadable = (text: string) =>
  isDate(text.trim()) || ['28/02/1990', '1990-5-7', '1990-05-17T00:00Z'].includes(text);

/** A stream of its own for each value of each attribute. */
export const takenOver = (references: { roleId: string; groupId: string }): TakenOver[] => {
  let n = 0;
  const person = { firstName: 'Ann', lastName: 'Lee', birthDate: '1990-02-28', ...references };
  const of = (payload: Record<string, unknown>, shown = true): TakenOver => {
    const id = `old${(n += 1)}`;
    const whole = { ...person, email: `${id}@example.com`, ...payload };
    return { item: eventOf('user', id, whole), aggregate: 'user', id, shown, addressable: true };
  };
  const original = (payload: Record<string, unknown>, shown: boolean): TakenOver => {
    const id = `older${(n += 1)}`;
    const whole = { ...person, email: `${id}@example.com`, ...payload };
    return { item: originalOf(id, whole), aggregate: 'user', id, shown, addressable: true };
  };
  const group = (payload: Record<string, unknown>): TakenOver => {
    const id = idOf(`old group ${(n += 1)}`);
    const whole = { name: `old ${n}`, description: 'd', ...payload };
    return { item: eventOf('group', id, whole), aggregate: 'group', id, shown: true, addressable: true };
  };
  const texts = anyText();
  const ids = unique(odd.ids).filter((id) => id !== '' && !id.includes('#'));
  return [
    ...texts.map((firstName) => of({ firstName })),
    ...some(texts, 15).map((lastName) => original({ lastName }, true)),
    ...some(texts, 30).map((name) => group({ name })),
    ...some([...texts, ...odd.aroundLength(1000)], 15).map((description) => group({ description })),
    ...unique(odd.addresses).map((email) => of({ email }, isEmail(email))),
    ...some(odd.addresses, 10).map((email) => original({ email }, isEmail(email.trim()))),
    ...unique(odd.dates).map((birthDate) => of({ birthDate }, isDate(birthDate))),
    ...unique(odd.dates).map((birthDate) => original({ birthDate }, isReadable(birthDate))),
    // What points to nothing is null.
    ...some([...ids, 'x'.repeat(3_000)], 15).map((roleId) => of({ roleId })),
    ...ids.map((id): TakenOver => {
      const payload = { ...person, email: `${idOf(id)}@example.com` };
      const addressable = id.length <= 255 && !/[\p{Cc}\u2028\u2029\ufffe\uffff]|^auth0\|[^|]*$/u.test(id);
      return { item: eventOf('user', id, payload), aggregate: 'user', id, shown: id.length <= 255, addressable };
    }),
  ];
};

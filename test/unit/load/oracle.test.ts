import { describe, expect, it } from 'vitest';
import { examine } from '../../../load/oracle/examine.ts';
import { examined, type Verdict } from '../../../load/oracle/examined.ts';
import type { Item, Stored } from '../../../load/oracle/stored.ts';
import type { SentCommand } from '../../../load/record.ts';

const t0 = Date.UTC(2026, 0, 1);
const iso = (at: number) => new Date(t0 + at).toISOString();
const admin = 'admin:auth0|root';

/** Events of one stream, a millisecond after each other from `at`. */
const stream = (aggregate: string, id: string, at: number, ...said: Item[]): Item[] =>
  said.map((each, index) => ({
    streamId: `${aggregate}#${id}`,
    eventId: `event ${aggregate} ${id} ${index + 1}`,
    aggregate,
    aggregateId: id,
    version: index + 1,
    payload: {},
    timestamp: t0 + at + index,
    ...(index > 0 && { previousTimestamp: t0 + at + index - 1 }),
    commandId: `${id}-${index + 1}`,
    commandKey: `${String(each['actor'] ?? admin)}#${id}-${index + 1}`,
    actor: admin,
    ...each,
  }));

const entry = (aggregate: string, row: Item, facet: string): Item => ({
  ...Object.fromEntries(Object.entries(row).filter(([name]) => !name.endsWith('Since'))),
  rowKey: `${aggregate}#${String(row['id'])}`,
  entry: facet,
  // An entry may be there for its term alone.
  ...(facet.startsWith('term') ? { initial: `${aggregate}#x`, term: 'x' } : { facet }),
  byName: 'x',
  term0: 'x',
});

/** Of a stream at one of its versions, which was recorded at a moment. */
const snapshot = (streamId: string, version: number, at: number, { state, ...more }: Item): Item => ({
  streamId,
  pointKey: `${iso(at)}#${String(version).padStart(10, '0')}`,
  version,
  eventId: `event ${streamId.replace('#', ' ')} ${version}`,
  timestamp: t0 + at,
  corrected: 0,
  usage: { day: 0, events: 0 },
  ...(state !== undefined && { state: JSON.stringify({ version, updatedAt: t0 + at, ...(state as Item) }) }),
  ...more,
});

const sent = (commandId: string, more: Partial<SentCommand>): SentCommand => ({
  ...{ commandId, actor: admin, operation: 'createGroup', aggregate: 'group', aggregateId: 'g', times: 1 },
  ...{ sentAt: t0, receiptAt: t0 + 1 },
  ...more,
});

/**
 * A stack in which all is well: a group that was corrected, a role that grants, a suspended user, one deleted and one
 * erased.
 */
const healthy = (): Stored => {
  const group = {
    id: 'g',
    name: 'North',
    nameKey: 'north',
    description: 'First',
    version: 3,
    createdAt: iso(0),
    updatedAt: iso(2),
  };
  const role = {
    ...{ id: 'r', name: 'Clerk', nameKey: 'clerk', description: 'd', authorizationIds: ['a'] },
    ...{ authorizationIdsSince: [{ version: 2 }], version: 2, createdAt: iso(10), updatedAt: iso(11) },
  };
  const ada = {
    ...{ id: 'ada', firstName: 'Ada', birthDate: '1990-12-10', email: 'ada@example.com', emailKey: 'ada@example.com' },
    ...{ roleId: 'r', status: 'SUSPENDED', version: 2, createdAt: iso(20), updatedAt: iso(21) },
  };
  const tombstone = (id: string, version: number, at: number) => ({ id, version, deletedAt: iso(at), expiresAt: 9e9 });
  const sealed = { life: 1, sealed: 'x' };
  return {
    eventStore: [
      ...stream(
        'group',
        'g',
        0,
        { type: 'GroupCreated', payload: { name: 'North', description: 'First' } },
        { type: 'GroupUpdated', payload: { description: 'Wrong' } },
        { type: 'GroupCorrected', payload: { kind: 'CANCEL', version: 2 } },
      ),
      ...stream(
        'role',
        'r',
        10,
        { type: 'RoleCreated', payload: { name: 'Clerk', description: 'd', authorizationIds: [] } },
        { type: 'AuthorizationGranted', payload: { authorizationId: 'a' } },
      ),
      ...stream(
        'user',
        'ada',
        20,
        { type: 'UserCreated', payload: { roleId: 'r', groupId: null }, ...sealed, actor: 'user:auth0|ada' },
        { type: 'UserSuspended', payload: { until: null }, ...sealed },
      ),
      ...stream('user', 'bo', 30, { type: 'UserCreated', payload: {}, ...sealed }, { type: 'UserDeleted', life: 1 }),
      ...stream('user', 'cy', 40, { type: 'UserCreated', payload: {}, ...sealed }, { type: 'UserErased' }),
    ],
    views: {
      user: [ada, tombstone('bo', 2, 31), tombstone('cy', 2, 41)],
      role: [role],
      group: [group],
      authorization: [],
    },
    directory: [
      ...[entry('group', group, 'group#all#0'), entry('group', group, 'term0')],
      ...['role#all#1', 'term0', 'role#authorizationIds#a'].map((facet) => entry('role', role, facet)),
      ...['user#all#0', 'term0', 'user#roleId#r', 'user#status#SUSPENDED', 'user#roleId#r#status#SUSPENDED'].map(
        (facet) => entry('user', ada, facet),
      ),
    ],
    uniqueValue: [
      { uniqueKey: 'group#name#north', streamId: 'group#g' },
      { uniqueKey: 'role#name#clerk', streamId: 'role#r' },
      { uniqueKey: 'user#email#hash', streamId: 'user#ada' },
    ],
    subjectKey: [
      { subject: 'user#ada', life1: 'k' },
      { subject: 'user#bo', life1: 'k' },
    ],
    snapshot: [
      snapshot('group#g', 2, 1, {
        state: { status: 'live', attributes: { name: 'North', description: 'Wrong' }, createdAt: t0, since: {} },
      }),
      snapshot('group#g', 3, 2, {
        state: { status: 'live', attributes: { name: 'North', description: 'First' }, createdAt: t0, since: {} },
        corrected: 3,
      }),
      snapshot('user#ada', 1, 20, { ...sealed, usage: { day: t0 / 86_400_000, events: 1 } }),
      snapshot('user#cy', 1, 40, sealed),
      {
        ...{ streamId: 'group#g', pointKey: `line#0000000003#${iso(2)}#0000000003`, version: 3 },
        eventId: 'event group g 3',
        state: JSON.stringify({
          from: { at: t0 + 2, version: 3 },
          state: { status: 'live', attributes: { name: 'North', description: 'First' } },
        }),
      },
      { streamId: 'group#g', pointKey: `command#${admin}#g-2`, version: 2 },
    ],
    commandOutcome: [{ commandKey: `${admin}#refused`, status: 'REJECTED', code: 'NAME_TAKEN' }],
    recovery: [{ item: 'ledger', recoveryId: 'x', status: 'COMPLETED', total: 3, rebuilt: 3, failed: 0 }],
    queues: { createUserQueue: 0, createUserQueueDlq: 0 },
    loads: [
      {
        ...{ run: 'x', seed: 1, rate: 1, chaos: false, store: 's', startedAt: iso(0), seconds: 1 },
        commands: [
          sent('g-3', { outcome: { status: 'APPLIED', code: null, version: 3 } }),
          sent('refused', { outcome: { status: 'REJECTED', code: 'NAME_TAKEN', version: null } }),
        ],
        listened: [{ actor: admin, lost: 0, versions: { 'group#g': 3 } }],
        heardOut: true,
      },
    ],
  };
};

const broken = (stored: Stored): string[] =>
  examine(examined(stored, t0 + 1000))
    .filter(({ wrong }: Verdict) => wrong.length > 0)
    .map(({ invariant, wrong }) => `${invariant}: ${wrong.join('; ')}`);

const find = (items: Item[], name: string, value: unknown): Item => items.find((item) => item[name] === value)!;

describe('the oracle', () => {
  it('finds nothing where all is well', () => expect(broken(healthy())).toEqual([]));

  it('asks nothing of those who left before all was told', () => {
    const stored = healthy();
    Object.assign(stored.loads[0]!, { heardOut: false, listened: [{ actor: admin, lost: 0, versions: {} }] });
    expect(broken(stored)).toEqual([]);
  });

  it.each<[string, string, RegExp, (stored: Stored) => unknown]>([
    [
      'a command with two events',
      'I1',
      /made version 2 of group#g, version 2 of role#r/,
      ({ eventStore }) => (find(eventStore, 'eventId', 'event role r 2')['commandKey'] = `${admin}#g-2`),
    ],
    ['a command without an outcome', 'I2', /refused of .* has no outcome/, (stored) => (stored.commandOutcome = [])],
    [
      'an outcome that was told otherwise',
      'I2',
      /its sender was told/,
      ({ loads }) => (loads[0]!.commands[1]!.outcome!.code = 'IN_USE'),
    ],
    [
      'a row that nobody heard of',
      'I2',
      /heard of group#g up to 2, not 3/,
      ({ loads }) => (loads[0]!.listened[0]!.versions['group#g'] = 2),
    ],
    [
      'a value that two hold',
      'I3',
      /both have/,
      ({ eventStore, views, uniqueValue, directory }) => {
        eventStore.push(
          ...stream('group', 'h', 50, { type: 'GroupCreated', payload: { name: 'North', description: 'd' } }),
        );
        const row = {
          ...views['group']![0],
          id: 'h',
          description: 'd',
          version: 1,
          createdAt: iso(50),
          updatedAt: iso(50),
        };
        views['group']!.push(row);
        directory.push(entry('group', row, 'group#all#0'), entry('group', row, 'term0'));
        uniqueValue.push({ uniqueKey: 'group#name#north', streamId: 'group#h' });
      },
    ],
    [
      'a claim of the dead',
      'I3',
      /which is not live/,
      ({ uniqueValue }) => uniqueValue.push({ uniqueKey: 'user#email#other', streamId: 'user#bo' }),
    ],
    ['a claim that is lost', 'I3', /role#r has the claims none/, ({ uniqueValue }) => uniqueValue.splice(1, 1)],
    [
      'a claim that says an address',
      'I3',
      /user#ada has the claims/,
      ({ uniqueValue }) => (uniqueValue[2]!['uniqueKey'] = 'user#email#ada@example.com'),
    ],
    ['a gap', 'I4', /version 3 of group#g stands where version 2/, ({ eventStore }) => eventStore.splice(1, 1)],
    [
      'time that goes back',
      'I4',
      /earlier than the one before/,
      ({ eventStore }) => (find(eventStore, 'eventId', 'event role r 2')['timestamp'] = t0),
    ],
    [
      'a row behind its stream',
      'I5',
      /group#g: version is 2, not 3/,
      ({ views }) => (views['group']![0]!['version'] = 2),
    ],
    [
      'a row that ignores a correction',
      'I5',
      /description is "Wrong", not "First"/,
      ({ views }) => (views['group']![0]!['description'] = 'Wrong'),
    ],
    [
      'a reference that nobody set',
      'I5',
      /groupId is "g", not undefined/,
      ({ views }) => (views['user']![0]!['groupId'] = 'g'),
    ],
    ['a lost row', 'I5', /role#r has no row/, ({ views }) => (views['role'] = [])],
    [
      'a row of no stream',
      'I5',
      /and no stream/,
      ({ views }) => views['role']!.push({ id: 'ghost', deletedAt: iso(0) }),
    ],
    [
      'what rose from the dead',
      'I6',
      /user#bo is deleted, and has a row/,
      ({ views }) => delete views['user']![1]!['deletedAt'],
    ],
    ['a tombstone that is missing', 'I6', /user#cy has no tombstone/, ({ views }) => views['user']!.splice(2, 1)],
    [
      'an entry that shows another row',
      'I5',
      /with another name/,
      ({ directory }) => (directory[0]!['name'] = 'South'),
    ],
    ['an entry too few', 'I5', /not role#authorizationIds#a/, ({ directory }) => directory.splice(4, 1)],
    [
      'an entry too many',
      'I5',
      /listed under .*user#groupId#g/,
      ({ directory, views }) => directory.push(entry('user', views['user']![0]!, 'user#groupId#g')),
    ],
    [
      'a snapshot that says something else',
      'I5',
      /snapshot of group#g at 2 its values is .*Planted/,
      ({ snapshot: kept }) => (kept[0]!['state'] = String(kept[0]!['state']).replace('Wrong', 'Planted')),
    ],
    [
      'a snapshot of an event that is none',
      'I5',
      /snapshot of group#g at 3 is of no event/,
      ({ snapshot: kept }) => (kept[1]!['eventId'] = 'other'),
    ],
    [
      'a snapshot that forgets a correction',
      'I5',
      /names another correction/,
      ({ snapshot: kept }) => (kept[1]!['corrected'] = 0),
    ],
    [
      'a snapshot that forgets what a person added',
      'I5',
      /user#ada at 1 counts otherwise/,
      ({ snapshot: kept }) => (kept[2]!['usage'] = { day: 0, events: 0 }),
    ],
    [
      'a time line that says something else',
      'I5',
      /time line of group#g at 3 says .*Planted/,
      ({ snapshot: kept }) => (kept[4]!['state'] = String(kept[4]!['state']).replace('First', 'Planted')),
    ],
    [
      'a time line of no correction',
      'I5',
      /time line of group#g at 2 is of no correction/,
      ({ snapshot: kept }) => Object.assign(kept[4]!, { version: 2, eventId: 'event group g 2' }),
    ],
    [
      'a mark of another command',
      'I5',
      /a mark names version 2 of group#g/,
      ({ snapshot: kept }) => (kept[5]!['pointKey'] = `command#${admin}#g-1`),
    ],
    [
      'a snapshot of a person in clear',
      'I10',
      /snapshot of user#ada at 1 stands in clear/,
      ({ snapshot: kept }) =>
        (kept[2] = snapshot('user#ada', 1, 20, { state: { status: 'live', attributes: { firstName: 'Ada' } } })),
    ],
    [
      'a snapshot of somebody erased whose key is there',
      'I10',
      /snapshot of user#cy at 1 is of what was erased/,
      ({ subjectKey }) => subjectKey.push({ subject: 'user#cy', life1: 'k' }),
    ],
    ['a recovery that goes on', 'I7', /still running/, ({ recovery }) => (recovery[0]!['status'] = 'RUNNING')],
    [
      'a recovery that does not add up',
      'I7',
      /rebuilt 2 and gave up 0 of 3/,
      ({ recovery }) => (recovery[0]!['rebuilt'] = 2),
    ],
    [
      'what a user did to another',
      'I8',
      /user:auth0\|eve made version 1 of user#ada/,
      ({ eventStore }) => (find(eventStore, 'eventId', 'event user ada 1')['actor'] = 'user:auth0|eve'),
    ],
    ['a message that waits', 'I9', /createUserQueue holds 1 messages/, ({ queues }) => (queues['createUserQueue'] = 1)],
    [
      'a dead letter',
      'I9',
      /createUserQueueDlq holds 2 dead letters/,
      ({ queues }) => (queues['createUserQueueDlq'] = 2),
    ],
    [
      'what is said in clear',
      'I10',
      /says firstName in clear/,
      ({ eventStore }) =>
        (find(eventStore, 'eventId', 'event user ada 1')['payload'] = { firstName: 'Ada', roleId: 'r' }),
    ],
    [
      'the key of somebody erased',
      'I10',
      /user#cy was erased, and the keys of its lives 1/,
      ({ subjectKey }) => subjectKey.push({ subject: 'user#cy', life1: 'k' }),
    ],
    ['a key that is lost', 'I10', /its key is gone, and nobody erased it/, ({ subjectKey }) => subjectKey.splice(0, 1)],
  ])('finds %s', (_, invariant, words, plant) => {
    const stored = healthy();
    plant(stored);
    const found = broken(stored);
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${invariant}: `)));
    expect(found.join('\n')).toMatch(words);
  });
});

import { type Random, randomOf } from './random.ts';

/** Who sends: `admin` or `user`, and the subject's last part. */
export interface Actor {
  application: 'admin' | 'user';
  name: string;
}

/** A command to be sent. */
export interface Planned {
  commandId: string;
  actor: Actor;
  operation: string;
  aggregate: string;
  aggregateId: string;
  /** None of an operation that is about the caller and takes none. */
  input: Record<string, unknown> | null;
  /** Sent so many times in all, with one id. */
  times: number;
}

export interface Plan {
  actors: Actor[];
  /** To be applied before the others are sent. */
  first: Planned[];
  commands: Planned[];
}

type Draft = Pick<Planned, 'operation' | 'input'> & { aggregate: string; aggregateId?: string; actor?: Actor };

/** A user of the user application may send 60 commands a minute, 20 of them in ten seconds. */
const commandsOfOneUser = 10;

/**
 * Commands of every kind, as a seed has them: the ids, names and addresses are so few that commands meet each other.
 * @param run part of every name, so that loads do not meet each other
 */
export const planOf = (seed: number, commands: number, run: string): Plan => {
  const random = randomOf(seed);
  const admins = ['one', 'two', 'three'].map((name): Actor => ({ application: 'admin', name: `load-${run}-${name}` }));
  const people = Array.from({ length: Math.max(3, Math.ceil(commands / 10 / commandsOfOneUser)) }, (_, n): Actor => ({
    application: 'user',
    name: `load-${run}-self-${n}`,
  }));
  const planned = ({ aggregateId, ...draft }: Draft, times = 1): Planned => {
    const commandId = random.uuid();
    return { actor: random.pick(admins), ...draft, commandId, aggregateId: aggregateId ?? commandId, times };
  };
  const first = firstOf(run).map((draft) => planned(draft));
  const idsOf = (aggregate: Named) =>
    first.filter((each) => each.aggregate === aggregate).map(({ aggregateId }) => aggregateId);
  const known: Known = {
    run,
    users: Array.from({ length: Math.max(5, Math.ceil(commands / 12)) }, (_, n) => `load-${run}-${n}`),
    made: [],
    role: idsOf('role'),
    group: idsOf('group'),
    authorization: idsOf('authorization'),
  };
  const most = Math.max(8, Math.ceil(commands / 50));
  return {
    actors: [...admins, ...people],
    first,
    commands: Array.from({ length: commands }, () => {
      const draft = random.chance(0.1) ? ofUser(random, random.pick(people)) : ofAdmin(random, known);
      const command = planned(draft, random.chance(0.1) ? 1 + random.pick([1, 1, 2]) : 1);
      if (/^create(Role|Group|Authorization)$/.test(draft.operation)) {
        const ids = known[draft.aggregate as Named];
        if (ids.length < most) ids.push(command.aggregateId);
      }
      return command;
    }),
  };
};

type Named = 'role' | 'group' | 'authorization';
/** Ids to choose from; of users also those of whom a creation was planned. */
type Known = Record<Named, string[]> & { run: string; users: string[]; made: string[] };

const firstOf = (run: string): Draft[] =>
  (['authorization', 'group', 'role'] as const).flatMap((aggregate) =>
    Array.from({ length: 4 }, (_, n) => ({
      operation: `create${capital(aggregate)}`,
      aggregate,
      input: described(aggregate, `load ${run} first ${n}`),
    })),
  );

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const described = (aggregate: Named, name: string) => ({
  name,
  description: 'Of a load',
  ...(aggregate === 'role' && { authorizationIds: [] }),
});

const firstNames = ['Ada', 'Bo', 'Chloé', 'Dmitri', 'Élodie', 'Farid', 'Grace'];
const lastNames = ['Almeida', 'Berg', 'Čapek', 'Dubois', ''];

const person = (random: Random, email: string) => ({
  firstName: random.pick(firstNames),
  lastName: random.pick(lastNames),
  birthDate: `19${50 + random.below(50)}-0${1 + random.below(9)}-1${random.below(10)}`,
  email,
});

/** By somebody of the user application, about oneself. The address is the one that the token proves. */
const ofUser = (random: Random, actor: Actor): Draft => {
  const about = { actor, aggregate: 'user', aggregateId: actor.name };
  if (random.chance(0.3)) return { ...about, operation: 'signUp', input: person(random, `${actor.name}@example.com`) };
  if (random.chance(0.05)) return { ...about, operation: 'eraseMe', input: null };
  return { ...about, operation: 'updateProfile', input: { firstName: random.pick(firstNames) } };
};

const ofAdmin = (random: Random, known: Known): Draft => {
  const roll = random.below(100);
  if (roll < 65) return ofUsers(random, known);
  if (roll < 90) return ofNamed(random, known);
  return random.chance(0.5) ? grants(random, known) : corrections(random, known);
};

/** Now and then the same few people, so that commands for one stream come close after each other. */
const someUser = (random: Random, { users }: Known): string =>
  random.chance(0.3) ? users[random.below(Math.min(5, users.length))]! : random.pick(users);

/** Mostly somebody who is there. */
const knownUser = (random: Random, { users, made }: Known): string => {
  const among = made.length === 0 || random.chance(0.1) ? users : made;
  return random.chance(0.3) ? among[random.below(Math.min(5, among.length))]! : random.pick(among);
};

/** Fewer addresses than people. */
const someAddress = (random: Random, { run, users }: Known): string =>
  `load-${run}-${random.below(Math.ceil(users.length * 0.8))}@example.com`;

/** Sometimes right, mostly not: whoever expects a version may be too late. */
const expected = (random: Random) => (random.chance(0.1) ? { expectedVersion: 1 + random.below(4) } : {});

const ofUsers = (random: Random, known: Known): Draft => {
  const roll = random.below(100);
  if (roll < 35) {
    const id = someUser(random, known);
    if (!known.made.includes(id)) known.made.push(id);
    const references = { roleId: random.pick(known.role), groupId: random.pick(known.group) };
    return {
      operation: 'createUser',
      aggregate: 'user',
      aggregateId: id,
      input: { id, ...person(random, someAddress(random, known)), ...references },
    };
  }
  const id = knownUser(random, known);
  const about = (operation: string, input: Record<string, unknown> = {}): Draft => ({
    operation,
    aggregate: 'user',
    aggregateId: id,
    input: { id, ...input, ...expected(random) },
  });
  if (roll < 75)
    return about(
      'updateUser',
      random.pick([
        { firstName: random.pick(firstNames), lastName: random.pick(lastNames) },
        { email: someAddress(random, known) },
        { roleId: random.pick([...known.role, null]) },
        { groupId: random.pick([...known.group, null]) },
      ]),
    );
  if (roll < 83) return about('deleteUser');
  if (roll < 89) return about('restoreUser');
  if (roll < 94) return about('suspendUser', { reason: 'Said so' });
  return about(roll < 98 ? 'reinstateUser' : 'eraseUser');
};

const ofNamed = (random: Random, known: Known): Draft => {
  const aggregate = random.pick(['role', 'group', 'authorization'] as const);
  const name = `load ${known.run} ${aggregate} ${random.below(20)}`;
  const id = random.pick(known[aggregate]);
  const about = (action: string, input: Record<string, unknown> = {}): Draft => ({
    operation: `${action}${capital(aggregate)}`,
    aggregate,
    aggregateId: id,
    input: { id, ...input, ...expected(random) },
  });
  const roll = random.below(100);
  if (roll < 35) return { operation: `create${capital(aggregate)}`, aggregate, input: described(aggregate, name) };
  if (roll < 75) return about('update', random.chance(0.5) ? { name } : { description: `Said ${random.below(9)}` });
  if (roll < 88) return about('delete');
  return about('restore');
};

const grants = (random: Random, known: Known): Draft => {
  const roleId = random.pick(known.role);
  return {
    operation: random.chance(0.6) ? 'grantAuthorization' : 'revokeAuthorization',
    aggregate: 'role',
    aggregateId: roleId,
    input: { roleId, authorizationId: random.pick(known.authorization) },
  };
};

const corrections = (random: Random, known: Known): Draft => {
  const aggregate = random.pick(['group', 'authorization', 'user'] as const);
  const aggregateId = aggregate === 'user' ? knownUser(random, known) : random.pick(known[aggregate]);
  const about = { aggregate: aggregate.toUpperCase(), aggregateId };
  const version = 1 + random.below(3);
  const payload = JSON.stringify({ description: `Corrected ${random.below(9)}` });
  return {
    operation: 'correctEvent',
    aggregate,
    aggregateId,
    input: {
      ...about,
      version,
      ...(aggregate !== 'user' && random.chance(0.6) ? { kind: 'REPLACE', payload } : { kind: 'CANCEL' }),
    },
  };
};

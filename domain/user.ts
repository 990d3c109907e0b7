import { aggregate, already, event } from './kernel/aggregate.ts';
import { choice, email, longText, moment, pastDate, reference, text } from './kernel/values/attributes.ts';
import { create, crud, erase, update } from './kernel/commands.ts';
import { reject } from './kernel/rejection.ts';

/** What a person may say of himself or herself. */
const own = ['firstName', 'lastName', 'birthDate', 'email'] as const;

/** A person who signs in; the id is the identity provider's. */
export const user = aggregate('user', {
  id: 'given',
  attributes: {
    firstName: text(100, { personal: true }),
    // A person with one name has it as the first.
    lastName: text(100, { personal: true, mayBeEmpty: true }),
    birthDate: pastDate({ personal: true }),
    email: email({ unique: true, personal: true }),
    roleId: reference('role', { nullable: true }),
    groupId: reference('group', { nullable: true }),
  },
  listing: {
    terms: [['firstName', 'lastName'], ['lastName', 'firstName'], ['email']],
    orders: { name: ['lastName', 'firstName'], email: ['email'] },
    together: ['roleId', 'groupId', 'status'],
  },
  conditions: {
    status: choice(['ACTIVE', 'SUSPENDED'], { initially: 'ACTIVE' }),
    // Said about a person, if not by that person.
    suspensionReason: longText(500, { optional: true, personal: true }),
    suspendedUntil: moment({ optional: true }),
  },
  lapse: 'suspendedUntil',
  proofs: { email: 'emailVerified' },
  joined: { displayName: ['firstName', 'lastName'] },

  /** A suspended user is kept, and may do nothing. */
  refuse: ({ status }, caller) =>
    status === 'SUSPENDED' && caller === 'user' ? reject('SUSPENDED', 'The user is suspended') : undefined,

  events: {
    UserSuspended: { reason: longText(500, { personal: true }), until: moment({ optional: true }) },
    UserReinstated: {},
  },
  evolve: {
    UserSuspended: (state, { reason, until }) => ({
      ...state,
      status: 'SUSPENDED',
      suspensionReason: reason,
      suspendedUntil: until,
    }),
    UserReinstated: (state) => ({ ...state, status: 'ACTIVE', suspensionReason: null, suspendedUntil: null }),
  },
  commands: {
    ...crud,
    eraseUser: erase(),
    eraseMe: erase({ caller: 'user' }),
    signUp: create({ caller: 'user', attributes: own }),
    updateProfile: update({ caller: 'user', attributes: own }),
    suspendUser: {
      input: { reason: longText(500), until: moment({ optional: true }) },
      decide: ({ status, suspensionReason, suspendedUntil }, input, now) => {
        const { reason, until } = input;
        if (until !== null && Date.parse(until) <= now) return reject('INVALID', 'until: must be in the future');
        const holds = status === 'SUSPENDED' && suspensionReason === reason && suspendedUntil === until;
        return holds ? already : event('UserSuspended', input);
      },
    },
    reinstateUser: {
      input: {},
      decide: ({ status }) => (status === 'ACTIVE' ? already : event('UserReinstated', {})),
    },
  },
});

/** What a user may do: what the role grants; nothing while suspended. */
export const effectiveAuthorizations = <Authorization>(
  status: unknown,
  ofRole: Authorization[] | undefined,
): Authorization[] => (status === 'SUSPENDED' ? [] : (ofRole ?? []));

import { aggregate } from './kernel/aggregate.ts';
import { email, pastDate, reference, text } from './kernel/attributes.ts';
import { create, crud, erase, update } from './kernel/commands.ts';

/** What a person may say of himself or herself. */
const own = ['firstName', 'lastName', 'birthDate', 'email'] as const;

/** A person who signs in; the id is the identity provider's. */
export const user = aggregate('user', {
  id: 'given',
  attributes: {
    firstName: text(100, { personal: true }),
    lastName: text(100, { personal: true }),
    birthDate: pastDate({ personal: true }),
    email: email({ unique: true, personal: true }),
    roleId: reference('role', { nullable: true }),
    groupId: reference('group', { nullable: true }),
  },
  listing: {
    terms: [['firstName', 'lastName'], ['lastName', 'firstName'], ['email']],
    orders: { name: ['lastName', 'firstName'], email: ['email'] },
  },
  commands: {
    ...crud,
    eraseUser: erase(),
    eraseMe: erase({ caller: 'user' }),
    signUp: create({ caller: 'user', attributes: own }),
    updateProfile: update({ caller: 'user', attributes: own }),
  },
});

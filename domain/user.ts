import type { AggregateDefinition } from './kernel/aggregate.ts';
import { email, pastDate, reference, text } from './kernel/attributes.ts';

const own = ['firstName', 'lastName', 'birthDate', 'email'];

/** A person who signs in; the id is the identity provider's. */
export const user: AggregateDefinition = {
  name: 'user',
  typeName: 'User',
  id: 'given',
  attributes: {
    firstName: text(100),
    lastName: text(100),
    birthDate: pastDate(),
    email: email({ unique: true }),
    roleId: reference('role', { nullable: true }),
    groupId: reference('group', { nullable: true }),
  },
  operations: {
    createUser: { action: 'create' },
    updateUser: { action: 'update' },
    deleteUser: { action: 'delete' },
    signUp: { action: 'create', attributes: own, caller: 'user', sharesQueuesOf: 'createUser' },
    updateProfile: { action: 'update', attributes: own, caller: 'user', sharesQueuesOf: 'updateUser' },
  },
};

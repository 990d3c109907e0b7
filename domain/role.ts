import { aggregate, already, event } from './kernel/aggregate.ts';
import { longText, reference, references, text } from './kernel/values/attributes.ts';
import { crud } from './kernel/commands.ts';
import { reject } from './kernel/rejection.ts';

/** How many authorizations a role grants at the most. */
const most = 100;

/** A named set of authorizations. */
export const role = aggregate('role', {
  id: 'made',
  attributes: {
    name: text(100, { unique: true }),
    description: longText(1000),
    authorizationIds: references('authorization', most),
  },
  events: {
    AuthorizationGranted: { authorizationId: reference('authorization') },
    AuthorizationRevoked: { authorizationId: reference('authorization') },
  },
  evolve: {
    AuthorizationGranted: (state, { authorizationId }) => ({
      ...state,
      authorizationIds: [...state.authorizationIds.filter((id) => id !== authorizationId), authorizationId],
    }),
    AuthorizationRevoked: (state, { authorizationId }) => ({
      ...state,
      authorizationIds: state.authorizationIds.filter((id) => id !== authorizationId),
    }),
  },
  commands: {
    ...crud,
    grantAuthorization: {
      idField: 'roleId',
      input: { authorizationId: reference('authorization') },
      decide: ({ authorizationIds }, input) => {
        if (authorizationIds.includes(input.authorizationId)) return already;
        if (authorizationIds.length >= most) return reject('INVALID', `roleId: grants ${most} authorizations already`);
        return event('AuthorizationGranted', input);
      },
    },
    revokeAuthorization: {
      idField: 'roleId',
      input: { authorizationId: reference('authorization') },
      decide: ({ authorizationIds }, input) =>
        authorizationIds.includes(input.authorizationId) ? event('AuthorizationRevoked', input) : already,
    },
  },
});

import type { AggregateDefinition } from './kernel/aggregate.ts';
import { longText, references, text } from './kernel/attributes.ts';

/** A named set of authorizations. */
export const role: AggregateDefinition = {
  name: 'role',
  typeName: 'Role',
  id: 'made',
  attributes: {
    name: text(100, { unique: true }),
    description: longText(1000),
    authorizationIds: references('authorization', 100),
  },
  operations: {
    createRole: { action: 'create' },
    updateRole: { action: 'update' },
    deleteRole: { action: 'delete' },
  },
};

import type { AggregateDefinition } from './kernel/aggregate.ts';
import { longText, text } from './kernel/attributes.ts';

/** A single permission, granted through roles. */
export const authorization: AggregateDefinition = {
  name: 'authorization',
  typeName: 'Authorization',
  id: 'made',
  attributes: {
    name: text(100, { unique: true }),
    description: longText(1000),
  },
  operations: {
    createAuthorization: { action: 'create' },
    updateAuthorization: { action: 'update' },
    deleteAuthorization: { action: 'delete' },
  },
};

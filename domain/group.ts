import type { AggregateDefinition } from './kernel/aggregate.ts';
import { longText, text } from './kernel/attributes.ts';

/** A set of users. */
export const group: AggregateDefinition = {
  name: 'group',
  typeName: 'Group',
  id: 'made',
  attributes: {
    name: text(100, { unique: true }),
    description: longText(1000),
  },
  operations: {
    createGroup: { action: 'create' },
    updateGroup: { action: 'update' },
    deleteGroup: { action: 'delete' },
  },
};

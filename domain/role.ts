import { aggregate } from './kernel/aggregate.ts';
import { longText, references, text } from './kernel/attributes.ts';
import { crud } from './kernel/commands.ts';

/** A named set of authorizations. */
export const role = aggregate('role', {
  id: 'made',
  attributes: {
    name: text(100, { unique: true }),
    description: longText(1000),
    authorizationIds: references('authorization', 100),
  },
  commands: { ...crud },
});

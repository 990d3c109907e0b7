import { aggregate } from './kernel/aggregate.ts';
import { longText, text } from './kernel/values/attributes.ts';
import { crud } from './kernel/commands.ts';

/** A single permission, granted through roles. */
export const authorization = aggregate('authorization', {
  id: 'made',
  attributes: {
    name: text(100, { unique: true }),
    description: longText(1000),
  },
  commands: { ...crud },
});

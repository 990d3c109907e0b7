import { aggregate } from './kernel/aggregate.ts';
import { longText, text } from './kernel/values/attributes.ts';
import { crud } from './kernel/commands.ts';

/** A set of users. */
export const group = aggregate('group', {
  id: 'made',
  attributes: {
    name: text(100, { unique: true }),
    description: longText(1000),
  },
  commands: { ...crud },
});

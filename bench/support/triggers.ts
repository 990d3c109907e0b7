import type { Template } from 'appsync-local/parts';
import { actor } from './history.ts';

type Trigger = Record<string, unknown>;

/** Changes the template's triggers. @param ofStream a stream's alone has a position to begin at */
const withTriggers =
  (change: (trigger: Trigger, ofStream: boolean) => void) =>
  (template: Template): Template => {
    for (const { Type, Properties } of Object.values(template.Resources))
      if (Type === 'AWS::Lambda::EventSourceMapping' && Properties)
        change(Properties, Properties['StartingPosition'] !== undefined);
    return template;
  };

/** Whatever is on a queue or in a stream stays there. */
export const withoutTriggers = withTriggers((trigger) => {
  trigger['Enabled'] = false;
});

/** The history was not made by commands: nothing is to be projected from the store's stream. */
export const withoutMediator = withTriggers((trigger, ofStream) => {
  if (ofStream) trigger['Enabled'] = false;
});

const others = { dynamodb: { NewImage: { actor: { S: [{ 'anything-but': [actor] }] } } } };

/**
 * The history was not made by commands, and is not to be projected from the store's stream; what is created live is.
 */
export const withoutHistory = withTriggers((trigger, ofStream) => {
  if (ofStream) trigger['FilterCriteria'] = { Filters: [{ Pattern: JSON.stringify(others) }] };
});

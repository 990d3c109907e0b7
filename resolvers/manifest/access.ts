import { operations } from '../../domain/operations.ts';
import { historyReads, reads } from './reads.ts';

/**
 * Who may use a root field: the admin application, the user application, both, or the system's own functions.
 * With `both`, a user sees only what is the user's own.
 */
export type Rule = 'admin' | 'user' | 'both' | 'system';

const rules = (rule: Rule, fields: string[]): Record<string, Rule> =>
  Object.fromEntries(fields.map((field) => [field, rule]));

/** The rule of each root field, as `<Type>.<field>`. The guard takes a field that is not here for `admin`. */
export const access: Record<string, Rule> = {
  ...Object.fromEntries(Object.values(operations).map(({ name, caller }) => [`Mutation.${name}`, caller])),
  ...rules(
    'admin',
    [...Object.keys(reads), ...historyReads, 'recovery', 'recoveries', 'pipeline', 'deadLetters'].map(
      (field) => `Query.${field}`,
    ),
  ),
  ...rules('both', ['Query.me', 'Query.can', 'Query.command']),
  ...rules('user', ['Query.myData']),
  ...rules('admin', [
    'Mutation.recoverFrom',
    'Mutation.cancelRecovery',
    'Mutation.redrive',
    'Subscription.onRecoveryProgress',
  ]),
  ...rules('both', ['Subscription.onProjectionUpdated', 'Subscription.onCommandCompleted']),
  ...rules('system', [
    'Mutation.publishProjectionUpdate',
    'Mutation.publishCommandOutcome',
    'Mutation.publishRecoveryProgress',
  ]),
};

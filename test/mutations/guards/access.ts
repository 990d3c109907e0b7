import { guardsIn } from '../guard.ts';

const guard = 'test/unit/resolvers/guard.test.ts';
const access = 'test/unit/resolvers/access.test.ts';
const subscriptions = 'test/unit/resolvers/subscriptions.test.ts';
const enqueue = 'test/unit/resolvers/enqueue.test.ts';
const grants = 'test/unit/infra/grants.test.ts';
const queues = 'test/unit/infra/queues.test.ts';

/** Of access: nobody does, reads or hears what is not the own, and nobody sends in another's name (I8). */
export const accessGuards = [
  ...guardsIn('resolvers/lib/guard.ts', guard, [
    ['unlisted-for-admins', 'a field that no rule lists is for admins alone', "?? 'admin';", "?? 'both';"],
    [
      'refused-by-rule',
      'who is not let in by the rule is refused',
      'if (!allowed) {',
      "if (!allowed && caller.id === '') {",
    ],
    [
      'one-application',
      'a token of both applications, or of neither, is refused',
      'if (admin === user || !isForThisApi',
      'if ((!admin && !user) || !isForThisApi',
    ],
    ['for-this-api', 'a token for another API is refused', '|| !isForThisApi(ctx, claims) ||', '||'],
    [
      'provider-named',
      'a subject without a provider is none of a user',
      "if (kind === 'user' && subject.indexOf('|') < 1) {",
      "if (kind === 'user' && subject === '|') {",
    ],
    [
      'client-claims-agree',
      'a token that names two clients names none',
      'return (claims?.client_id ?? client) === client ? client : null;',
      'return client;',
    ],
  ]),
  ...guardsIn('resolvers/command.ts', 'test/unit/resolvers/command.test.ts', [
    [
      'commands-of-others',
      "another's outcome is for admins alone",
      "if (actor !== caller.actor && caller.kind !== 'admin') {",
      "if (actor !== caller.actor && caller.kind === 'system') {",
    ],
  ]),
  ...guardsIn('resolvers/live/publish.ts', guard, [
    [
      'own-functions-publish',
      'publishing is for the stack’s own functions',
      'if (!isOwnFunction(ctx)) {',
      "if (!isOwnFunction(ctx) && ctx.info.fieldName === '') {",
    ],
    [
      'role-not-session',
      'a role is compared whole, whatever the session is called',
      'arn.startsWith(`${role}/`)',
      'arn.startsWith(role)',
    ],
  ]),
  ...guardsIn('resolvers/live/onProjectionUpdated.ts', subscriptions, [
    [
      'own-rows-heard',
      'a user hears of the own user alone',
      "filterGroup: [only('USER', id)]",
      "filterGroup: [only('USER', aggregateId)]",
    ],
    [
      'others-not-asked',
      'a user may not ask to hear of another',
      "if (kind === 'user' && others) {",
      "if (kind === 'user' && others && id === '') {",
    ],
  ]),
  ...guardsIn('resolvers/live/onCommandCompleted.ts', subscriptions, [
    [
      'own-outcomes-heard',
      'of a command id that two callers chose, each hears the own',
      "? { fieldName: 'actor', operator: 'eq', value: actor }",
      "? { fieldName: 'actor', operator: 'beginsWith', value: '' }",
    ],
  ]),
  ...guardsIn('resolvers/manifest/access.ts', access, [
    [
      'recoveries-for-admins',
      'recovery is for admins',
      "...rules('admin', [\n    'Mutation.recoverFrom',",
      "...rules('both', [\n    'Mutation.recoverFrom',",
    ],
    ['publishing-for-system', 'publishing is for the system', "...rules('system', [", "...rules('admin', ["],
  ]),
  ...guardsIn('resolvers/steps/checkCommand.ts', enqueue, [
    [
      'about-oneself',
      'a command of the user application is about the caller',
      "return ['id', caller.id];",
      'return [idField, `${input[idField] ?? caller.id}`];',
    ],
    [
      'sent-in-own-name',
      'a command is sent in the caller’s name',
      'actor: caller.actor,',
      'actor: `${input.actor ?? caller.kind}`,',
    ],
  ]),
  ...guardsIn('resolvers/steps/takeQuota.ts', enqueue, [
    [
      'quota',
      'nobody sends more than the quota',
      '(attribute_not_exists(#used) OR #used < :most) AND',
      '(attribute_not_exists(#used) OR #used >= :most OR #used < :most) AND',
    ],
    [
      'quota-at-once',
      'nobody sends the whole quota at once',
      'AND (attribute_not_exists(#part) OR #part < :mostInPart)',
      'AND (attribute_not_exists(#part) OR #part >= :mostInPart OR #part < :mostInPart)',
    ],
    [
      'quota-uncounted',
      'what cannot be counted is not let through',
      "if (ctx.error) {\n    unavailable('The request could not be counted",
      "if (ctx.error && !ctx.error.type) {\n    unavailable('The request could not be counted",
    ],
  ]),
  ...guardsIn('resolvers/lib/commands/queue.ts', enqueue, [
    [
      'receipt-only-when-queued',
      'no receipt is given before the queue has confirmed the message',
      'if (!answer || !answer.MessageId) {',
      'if (!answer && statusCode === 0) {',
    ],
  ]),
  ...guardsIn('infra/compute/triggers.ts', queues, [
    [
      'queue-reports-failures',
      'of a batch from a queue only what failed comes back',
      'batchSize,\n    maxConcurrency,\n    reportBatchItemFailures: true,',
      'batchSize,\n    maxConcurrency,',
    ],
    [
      'stream-reports-failures',
      'of a batch from the stream only what failed comes back',
      'bisectBatchOnError: true,\n    reportBatchItemFailures: true,',
      'bisectBatchOnError: true,',
    ],
    [
      'mapping-concurrency',
      'a flood of one operation leaves the others their share',
      '    maxConcurrency,\n    reportBatchItemFailures',
      '    reportBatchItemFailures',
    ],
  ]),
  ...guardsIn('infra/queues/queues.ts', queues, [
    [
      'dead-letters-kept',
      'dead letters are kept for 14 days',
      'retentionPeriod: Duration.days(14),',
      'retentionPeriod: Duration.days(4),',
    ],
  ]),
  ...guardsIn('infra/queues/policies.ts', grants, [
    [
      'senders-only',
      'nobody but the API and the functions puts a message on a queue',
      'statements: [refuseUnencrypted(), refuseOthers(roles)]',
      'statements: [refuseUnencrypted(), ...[refuseOthers(roles)].slice(1)]',
    ],
  ]),
];

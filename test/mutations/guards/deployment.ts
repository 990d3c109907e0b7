import { type Guard, guardsIn } from '../guard.ts';

const hidden = 'test/unit/infra/hiddenByLocalRuns.test.ts';
const alarms = 'test/unit/infra/alarms.test.ts';
const settings = 'test/unit/infra/settings.test.ts';
const budget = 'test/unit/infra/budget.test.ts';
const basics = 'test/unit/functions/runtime/basics.test.ts';
const local = 'packages/appsync-local';
const subscriptions = `${local}/test/unit/appsync/subscriptions.test.ts`;
const gate = `${local}/test/unit/gate.test.ts`;
const sqs = `${local}/test/unit/sqsEngine.test.ts`;

/** Of the template: what AWS does and no local run shows, and what must not stop in silence. */
const templateGuards: Guard[] = [
  ...guardsIn('infra/api/schema.ts', hidden, [
    ['schema-undescribed', 'no descriptions are deployed', "'description' in node ?", 'false ?', 'descriptions'],
  ]),
  ...guardsIn('infra/compute/eventSourcing.ts', hidden, [
    ['recursion-allowed', 'recovery may go on after 16 steps', 'recursiveLoop: RecursiveLoop.ALLOW,', '', '16 hops'],
  ]),
  ...guardsIn('infra/compute/triggers.ts', hidden, [
    [
      'trigger-concurrency',
      'each trigger has a limit of its own',
      'maxConcurrency,\n    report',
      'report',
      'counts a receipt',
    ],
  ]),
  ...guardsIn('infra/storage/lifetime.ts', hidden, [
    [
      'first-create-repeatable',
      'a failed first creation leaves no names behind',
      'RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE',
      'RemovalPolicy.RETAIN',
      'failed creation',
    ],
  ]),
  ...guardsIn('infra/api/resolvers.ts', hidden, [
    [
      'functions-after-schema',
      'pipeline functions wait for the schema',
      'created.addResourceDependency(schema);',
      '',
      'one thing of an API',
    ],
    ['resolvers-after-schema', 'resolvers wait for the schema', '? [] : [schema]', '? [] : []', 'one thing of an API'],
  ]),
  ...guardsIn('infra/watch/dashboard.ts', hidden, [
    [
      'dashboard-of-its-region',
      'two regions share an account',
      '`${stackName}-${stack.region}`',
      'stackName',
      'one dashboard',
    ],
  ]),
  ...guardsIn('infra/queues/queues.ts', hidden, [
    ['messages-kept', 'messages are kept as long as SQS can', 'Duration.days(14)', 'Duration.days(4)', 'dead letter'],
    [
      'ten-receipts',
      'a burst has time to pass',
      'maxReceiveCount: mostDeliveries',
      'maxReceiveCount: 3',
      'counts a receipt',
    ],
  ]),
  ...guardsIn('infra/stack.ts', settings, [
    ['unprotected-is-said', 'prod that is not protected says so', '&& !config.protect', '&& false', 'prod that stands'],
  ]),
  ...guardsIn('infra/budget.ts', budget, [
    [
      'budget-kept',
      'a template that CloudFormation refuses is not made',
      'resources <= limits.resources && bytes <= limits.bytes',
      'bytes > 0',
      'over the budget',
    ],
  ]),
  ...guardsIn('infra/watch/alarms.ts', alarms, [
    [
      'stopped-stream-seen',
      'a stream that nobody reads raises an alarm',
      'metrics: [unsent(stackName, Duration.minutes(5))]',
      'metrics: [metrics.iteratorAge(functions.mediator)]',
      'streamStopped',
    ],
    [
      'consumer-off-seen',
      'a queue that nobody empties raises an alarm',
      'metrics: working.map(({ queue }) => metrics.queueAge(queue))',
      'metrics: working.slice(1).map(({ queue }) => metrics.queueAge(queue))',
      'nobody empties',
    ],
    [
      'old-dead-letters-seen',
      'dead letters are seen before they vanish',
      "name: 'deadLettersAge'",
      "name: 'old'",
      'section',
    ],
  ]),
  ...guardsIn('infra/watch/monitoring.ts', alarms, [
    ['one-bad-minute', 'three bad minutes of five', '{ above: 3, of: 5 }', '{ above: 1, of: 5 }', 'three bad minutes'],
    ['runbook-named', 'an alarm names its page', ' See docs/operating.md, ${name}.', '', 'is named in each alarm'],
  ]),
  ...guardsIn('infra/api/gate/gate.ts', 'test/unit/gate/synthesis.test.ts', [
    [
      'gate-in-synthesis',
      'no deployment passes the gate by',
      'if (refused.length > 0) throw new GateError(',
      'if (refused.length > 999) throw new GateError(',
    ],
  ]),
];

/** Of the local stack: that it is no kinder than AWS. */
const kindnessGuards: Guard[] = [
  ...guardsIn(`${local}/src/appsync/realtime/publish.ts`, subscriptions, [
    [
      'alias-unheard',
      'an aliased publication is not heard',
      'if (responseName(node) !== mutationName) {',
      'if (false) {',
      'under an alias',
    ],
  ]),
  ...guardsIn(`${local}/src/appsync/realtime/startSubscription.ts`, subscriptions, [
    [
      'own-name',
      "an answer stands under the field's own name",
      '{ [fieldName]: result.data[alias] }',
      'result.data',
      'its alias',
    ],
  ]),
  ...guardsIn(`${local}/src/lambda/mapping/batchResponse.ts`, `${local}/test/unit/lambda/batchResponse.test.ts`, [
    ['empty-list-succeeds', '[] is a success', '&& response.length === 0', '&& response.length > 99'],
  ]),
  ...guardsIn(`${local}/src/lambda/mapping/filterPattern.ts`, `${local}/test/unit/lambda/filterPattern.test.ts`, [
    ['leaves-alone', '`exists: false` passes what is no leaf', '|| isObject(value) ? [] : [value]', '? [] : [value]'],
  ]),
  ...guardsIn(`${local}/src/lambda/lineage.ts`, `${local}/test/unit/lambda/lineage.test.ts`, [
    ['hops-counted', 'a chain is counted by function', '(lineage.get(own) ?? 0) + 1', '1'],
  ]),
  ...guardsIn(`${local}/src/appsync/schema/scalarFormats.ts`, `${local}/test/unit/appsync/scalars.test.ts`, [
    ['zone-required', 'a moment has a zone', "zone !== '' && isOffset(zone)", 'isOffset(zone)'],
  ]),
  ...guardsIn(`${local}/src/appsync/gate/nameRules.ts`, gate, [
    [
      'doubtful-passes',
      'what may not work passes with a warning',
      "doubtful(callee.property.name), 'warning')",
      'doubtful(callee.property.name))',
      'includes',
    ],
  ]),
  ...guardsIn(`${local}/src/engines/sqs/moveTasks.ts`, sqs, [
    [
      'moved-home',
      'dead letters go where they came from',
      "task.destinationArn ?? message.deadLetterOf ?? ''",
      "task.destinationArn ?? ''",
      'came from',
    ],
    [
      'one-task-a-queue',
      'a queue has one task at a time',
      "task.source === source && task.status === 'RUNNING'",
      'false',
      'one task at a time',
    ],
  ]),
];

/** Of functions: that they end in time, and say what they did. */
const functionGuards: Guard[] = [
  ...guardsIn('functions/runtime/concurrency.ts', basics, [
    [
      'nothing-after-failure',
      'nothing is begun after a failure',
      'if (failures.length > 0) return;',
      '',
      'begins nothing more',
    ],
  ]),
  ...guardsIn('functions/runtime/retry.ts', basics, [
    [
      'tries-end-in-time',
      'tries end before the invocation does',
      'if (milliseconds + budget.end > timeLeft()) return false;',
      '',
      'no time for',
    ],
  ]),
  ...guardsIn('functions/runtime/telemetry.ts', basics, [
    [
      'flushed-whatever-happens',
      'metrics are written out whatever happens',
      'finally {\n        flush();',
      'finally {',
      'though the work fails',
    ],
    ['request-named', "each line says the request's id", 'requestId = context.awsRequestId;', '', 'id of the request'],
  ]),
  ...guardsIn('functions/execute/handleExecutions.ts', 'test/unit/functions/execute/execute.test.ts', [
    [
      'two-chunks-at-a-time',
      'a rebuild leaves live events their share',
      'mapBounded(group, 1, begin)',
      'mapBounded(group, 5, begin)',
      'their share',
    ],
  ]),
];

/** That the system deploys, is no kinder here than on AWS, and never stops in silence. */
export const deploymentGuards: Guard[] = [...templateGuards, ...kindnessGuards, ...functionGuards];

import { guardsIn } from '../guard.ts';

const execute = 'test/unit/functions/execute/execute.test.ts';
const basics = 'test/unit/functions/runtime/basics.test.ts';
const mediator = 'test/unit/functions/mediator.test.ts';
const budget = 'test/unit/functions/runtime/budget.test.ts';
const notifier = 'test/integration/ports/notifier.test.ts';
const adapters = 'test/unit/functions/adapters.test.ts';
const damage = 'test/unit/functions/damage.test.ts';
const engines = 'test/integration/ports/dynamodb.test.ts';

/**
 * Of what follows an event: rows that never go back, everything told, failures reported, time left to say so (I2, I5,
 * I9).
 */
export const executionGuards = [
  ...guardsIn('functions/execute/handleExecutions.ts', execute, [
    [
      'event-reported',
      'a message that could not be executed comes back',
      'failures.set(messageId, error);',
      'void error;',
      'cannot be executed',
    ],
    [
      'events-of-a-stream-in-order',
      'events of one stream are taken in order',
      'sequence.sort((one, other) => one.event.version - other.event.version)',
      'sequence',
      'in order, whatever order',
    ],
    [
      'repeats-of-replays-known',
      'a replay is told whether it was delivered before',
      'ports.replay(delivery.message, deliveries > 1)',
      'ports.replay(delivery.message, false)',
      'a replay',
    ],
  ]),
  ...guardsIn('functions/execute/handleExecutions.ts', budget, [
    [
      'time-to-begin-event',
      'no event is begun without the time to finish it',
      'if (ports.remaining() < budget.begin) throw new NoTimeLeft();',
      '',
    ],
    [
      'time-to-report-events',
      'publishing leaves the time to report',
      'remaining() - budget.end,',
      'remaining() + 0 * budget.end,',
    ],
  ]),
  ...guardsIn('functions/command/handleCommands.ts', budget, [
    [
      'time-to-begin-command',
      'no command is begun without the time to finish it',
      'if (ports.remaining() < budget.begin) throw new NoTimeLeft();',
      '',
    ],
    [
      'time-to-report-commands',
      'telling senders leaves the time to report',
      'remaining() - budget.end,',
      'remaining() + 0 * budget.end,',
    ],
  ]),
  ...guardsIn('functions/execute/project.ts', execute, [
    [
      'row-never-back',
      'an event that a row has in it is not applied again',
      'if (base && base.version >= event.version) return',
      'if (base && base.version === event.version) return',
      'projection',
    ],
    [
      'gap-filled',
      'a row that lacks events gets them from the store',
      'if (row.version === version - 1) return',
      'if (row.version < version) return',
      'projection',
    ],
  ]),
  ...guardsIn('functions/execute/project.ts', 'test/unit/functions/execute/projection.property.test.ts', [
    [
      'listed-after-row',
      'the directory follows every row',
      'await list({ key, row: projected.row, isNew }, ports.directory, () => ports.views.get(key));',
      'void list;',
    ],
    [
      'looked-unless-new',
      'the directory is looked at for every row but a new one',
      'event.version === 1 && projected.how',
      'event.version >= 1 && projected.how',
    ],
  ]),
  ...guardsIn('functions/ports/directory/list.ts', execute, [
    [
      'listed-again',
      'whoever changed the directory looks at the row again',
      'return isDeepStrictEqual(row, seen.row) ? [] : [{ ...seen, row, isNew: false }];',
      'return isDeepStrictEqual(row, seen.row) || tries >= 0 ? [] : [{ ...seen, row, isNew: false }];',
    ],
  ]),
  ...guardsIn('functions/runtime/batches.ts', basics, [
    [
      'whole-call-failed',
      'a call that failed as a whole failed for each of its messages',
      'return new Map(items.map((item) => [item, errorOf(error)]));',
      'return new Map(items.slice(items.length).map((item) => [item, errorOf(error)]));',
      'a message that failed',
    ],
    [
      'failures-answered',
      'what failed of a batch is answered to its queue',
      'failed.map(({ record }) => ({ itemIdentifier: record.messageId }))',
      'failed.slice(failed.length).map(({ record }) => ({ itemIdentifier: record.messageId }))',
      'a message that failed',
    ],
    [
      'failures-pause',
      'what failed comes back after a pause of its own',
      'if (failed.length > 0)',
      'if (failed.length < 0)',
      'a message that failed',
    ],
  ]),
  ...guardsIn('functions/runtime/batches.ts', mediator, [
    [
      'stream-from-failure',
      'a stream goes on from its first failed record',
      'failures.has(sequenceNumber))',
      '!failures.has(sequenceNumber) && failures.size < 0)',
    ],
  ]),
  ...guardsIn('functions/mediator/forward.ts', mediator, [
    [
      'unsendable-aside',
      'what is no event is set aside, and holds nothing up',
      'unsendable.push({ record, error: errorOf(error) });',
      'throw errorOf(error);',
    ],
    [
      'unreported-comes-back',
      'what could not even be set aside comes back',
      'if (notReported) {',
      'if (notReported === null) {',
    ],
    [
      'tampering-told',
      'a change of a stored event is told, and goes nowhere',
      "if (record.eventName !== 'INSERT') {",
      "if (record.eventName === 'REMOVE') {",
    ],
  ]),
  ...guardsIn('functions/ports/eventStore/item.ts', mediator, [
    [
      'event-has-time',
      'what has no timestamp is no event',
      'timestamp: showableMoment,\n  effectiveAt',
      'timestamp: z.optional(showableMoment),\n  effectiveAt',
    ],
  ]),
  ...guardsIn('functions/runtime/redeliveries.ts', basics, [
    [
      'not-begun-at-once',
      'a message that was not begun comes back at once',
      'if (error instanceof NoTimeLeft) return 0;',
      '',
      'a message that failed',
    ],
    [
      'pauses-long-enough',
      'an engine that is away for ten minutes leaves no valid message in the dead letters',
      'const pauses = [1, 2, 5, 30, 120, 300, 600];',
      'const pauses = [1, 2, 5, 30, 30, 30, 30];',
      'a message that failed',
    ],
  ]),
  ...guardsIn('functions/runtime/retry.ts', basics, [
    [
      'pause-within-time',
      'nobody waits beyond the end of the invocation',
      'if (milliseconds + budget.end > timeLeft()) return false;',
      '',
      'about to end',
    ],
  ]),
  ...guardsIn('functions/runtime/telling.ts', execute, [
    [
      'untold-again',
      'what could not be told for now is told at the next delivery',
      'if (!refused && deliveries < lastDeliveryToTell) return true;',
      '',
      'could not be published',
    ],
    [
      'untold-for-good',
      'what can never be told holds nothing up',
      'if (!refused && deliveries < lastDeliveryToTell) return true;',
      'if (deliveries >= 0) return true;',
      'what subscribers hear',
    ],
  ]),
  ...guardsIn('functions/ports/notifier/appsync.ts', notifier, [
    [
      'answer-without-data',
      'an answer without data is no success for any part of the request',
      "if (refused.size === 0 && !data) throw new Failure('AppSync answered without data');",
      'void data;',
    ],
    [
      'error-without-path',
      'an error without a path counts for all of the request',
      'if (!part) throw new Failure(inWords(error));',
      'if (!part) continue;',
    ],
    [
      'publications-in-order',
      'what is of one aggregate is published in order',
      'subjectOf(publication) ?? String(index)',
      'String(index) ?? subjectOf(publication)',
    ],
  ]),
  ...guardsIn('functions/ports/notifier/signedPost.ts', notifier, [
    [
      'publishing-in-time',
      'publishing ends when its time is over',
      "if (left <= 0) throw new Failure('There was no time left to publish', { cause: last });",
      'if (left <= -Infinity) return again;',
    ],
  ]),
  ...guardsIn('functions/ports/queues/sqs.ts', adapters, [
    [
      'refused-entries',
      'what a queue refused of a batch is known',
      'return (Failed ?? []).map(',
      'return (Failed ?? []).slice(100).map(',
      'a batch send',
    ],
  ]),
  ...guardsIn('functions/execute/project.ts', damage, [
    [
      'damaged-not-kept',
      'a row that is none is made anew once it was changed',
      'if (isSound(event.aggregate, row)) return',
      'if (row) return',
      'a damaged row',
    ],
    [
      'damaged-not-built-on',
      'the next state is not made of a row that is none',
      'const base = row && isSound(event.aggregate, row) ? row : undefined;',
      'const base = row;',
      'a damaged row',
    ],
    [
      'damaged-twice',
      'a row whose stream cannot be read either holds nothing up',
      'if (error instanceof Hopeless) return undefined;',
      '',
      'a damaged row',
    ],
  ]),
  ...guardsIn('domain/kernel/view/directory.ts', damage, [
    [
      'damaged-listed',
      'a damaged row has a place in lists, where it is passed by',
      "typeof key === 'string' ? key : ''",
      'key as string',
      'a damaged row',
    ],
  ]),
  ...guardsIn('functions/ports/keys/keyring.ts', damage, [
    [
      'damaged-key-alone',
      'a key that does not open is in the way of what it sealed alone',
      'return new DamagedKey(',
      'throw new DamagedKey(',
      'a damaged key',
    ],
  ]),
  ...guardsIn('functions/ports/outcomes/item.ts', damage, [
    [
      'damaged-outcome-alone',
      'a recorded outcome that is none fails the batch of nobody else',
      'if (parsed.success) return parsed.data;',
      'if (parsed) return item as unknown as Outcome;',
      'a damaged outcome',
    ],
  ]),
  ...guardsIn('functions/ports/dynamodb/key.ts', engines, [
    [
      'no-key-asked-for',
      'what can be no key makes no request invalid',
      "text !== '' && Buffer.byteLength(text) <= longest",
      "text !== '' || Buffer.byteLength(text) <= longest",
      'what can be no key',
    ],
  ]),
];

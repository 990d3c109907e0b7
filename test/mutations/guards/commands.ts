import { guardsIn } from '../guard.ts';

const command = 'test/unit/functions/command/command.test.ts';
const decide = 'test/unit/domain/decide.test.ts';
const lives = 'test/unit/domain/lives.test.ts';
const adapters = 'test/unit/functions/adapters.test.ts';

/** Of commands: one effect, the right decision, an outcome for each (I1, I2, I6). */
export const commandGuards = [
  ...guardsIn('functions/command/decideCommand.ts', command, [
    [
      'repeat-in-stream',
      'a command whose event is in its stream is not decided again',
      "if (earlier) return { kind: 'repeat', event: earlier, retries };",
      '',
      'repeated',
    ],
    [
      'recorded-answered',
      'a command with a recorded outcome is answered, not decided again',
      'if (standing) return { ...settled(standing, known.newest), repeat: true, retries };',
      '',
      'answered, not decided',
    ],
    [
      'applied-is-final',
      'an event outweighs a recorded outcome',
      'standing && !first.loaded ? await load() : first',
      'first',
      'counts as applied',
    ],
    [
      'read-before-rejected',
      'a rejection does not rest on a stream that was not read',
      'if (read === known || read.newest.length === 0) {',
      'if (read !== undefined) {',
    ],
    [
      'wish-shown',
      'a wish that already held is told only when the view shows it',
      "outcome.status === 'APPLIED' ? history.at(-1) : undefined",
      'undefined && history.at(-1)',
      'wish already holds',
    ],
    [
      'references-asked',
      'what an event refers to must exist',
      'wanted.length > 0 ? references.missing(wanted) : [],',
      'wanted.length < 0 ? references.missing(wanted) : [],',
      'rejected',
    ],
    [
      'use-asked',
      'what is in use is not deleted',
      'unused && references.inUse(aggregate, aggregateId),',
      'unused && !references,',
      'rejected',
    ],
  ]),
  ...guardsIn('functions/command/decideCommand.ts', 'test/unit/functions/sealing/sealing.test.ts', [
    [
      'sealed-asked',
      'nobody is erased of whom something stands in clear (I10)',
      'sealed && eventStore.hasClear(aggregate, aggregateId),',
      'sealed && !eventStore,',
    ],
  ]),
  ...guardsIn('functions/command/handleCommands.ts', command, [
    [
      'command-reported',
      'a command that could not be handled comes back',
      'failures.set(messageId, error);',
      'void error;',
    ],
    [
      'commands-of-a-stream-in-order',
      'commands of one stream are handled one after the other',
      'const byStream = [...groupBy(deliveries, streamOf).values()];',
      'const byStream = deliveries.map((delivery) => [delivery]);',
      'handled in order within a batch',
    ],
    [
      'untold-comes-back',
      'a command whose sender could not be told comes back',
      'for (const [{ messageId, fields }, error] of await giveAnswers(answers, ports)) fail(messageId, fields, error);',
      'await giveAnswers(answers, ports);',
      'delivered again until',
    ],
  ]),
  ...guardsIn('functions/command/envelope.ts', command, [
    [
      'one-id-in-any-case',
      'a command id is the same however it is written',
      'return { ...propertiesOf(message), commandId: lower, ...(aggregateId === commandId && { aggregateId: lower }) };',
      'return message;',
    ],
  ]),
  ...guardsIn('functions/ports/eventStore/port.ts', command, [
    [
      'id-of-its-actor',
      'a command id is its actor’s own',
      'event.commandId === command.commandId && event.actor === command.actor',
      'event.commandId === command.commandId',
      'another command when another actor',
    ],
  ]),
  ...guardsIn('functions/ports/eventStore/dynamodb.ts', adapters, [
    [
      'own-event-met',
      'an append whose answer was lost meets its own event, and is done',
      "if (met?.eventId === event.eventId) return { kind: 'appended' };",
      '',
      'transaction is cancelled',
    ],
    [
      'event-decides',
      'of a cancelled transaction the event decides before its claims',
      'if (ofEvent?.Code === failed) return { met: ofEvent.Item };',
      '',
      'transaction is cancelled',
    ],
    [
      'conflict-is-no-verdict',
      'a claim is not taken for taken while the event is in conflict',
      "if (transient.has(ofEvent?.Code ?? '')) return { kind: 'transient' };",
      '',
      'transaction is cancelled',
    ],
    [
      'unknown-reasons',
      'a reason that is not known is not passed over',
      "Code !== undefined && Code !== 'None' && Code !== failed && !transient.has(Code),",
      "Code === '',",
      'transaction is cancelled',
    ],
  ]),
  ...guardsIn('domain/kernel/command/decide.ts', decide, [
    [
      'dangling-reference-repeated',
      'an update that repeats a reference which dangles passes',
      '!known.some((reference) => reference.aggregate === to && reference.id === id),',
      'known.length < 0 || (to && id),',
    ],
    [
      'expected-version',
      'a stale expected version is refused',
      'command.expectedVersion !== undefined && command.expectedVersion !== version',
      'command.expectedVersion !== undefined && command.expectedVersion === -version',
    ],
    [
      'time-never-back',
      'timestamps of a stream never decrease (I4)',
      'timestamp: Math.max(now, updatedAt),',
      'timestamp: now,',
    ],
    [
      'in-use',
      'what is in use is not deleted',
      "inUse ? reject('IN_USE'",
      "inUse && missing.length > 0 ? reject('IN_USE'",
    ],
  ]),
  ...guardsIn('domain/kernel/command/decide.ts', lives, [
    [
      'sent-since-deletion',
      'a create sent before a deletion does not undo it (I6)',
      'return sentAt !== undefined && sentAt > state.deletedAt;',
      'return sentAt !== undefined;',
    ],
    [
      'suspended-refused',
      'a suspended user’s own commands are refused',
      'conflict(command, state) ?? refusedCaller(wish) ?? then(',
      'conflict(command, state) ?? then(',
    ],
    [
      'suspension-lapses',
      'a suspension that has ended by itself refuses nobody',
      'return refuse?.(standingAt(command.aggregate, state.attributes, now), operation.caller);',
      'return refuse?.(now ? state.attributes : {}, operation.caller);',
    ],
  ]),
  ...guardsIn('domain/kernel/stream/fold.ts', decide, [
    [
      'no-gap',
      'an event is applied only to the version before it',
      'if (event.version !== state.version + 1) throw',
      'if (event.version <= 0) throw',
      'out of order',
    ],
  ]),
  ...guardsIn('domain/kernel/stream/correct.ts', lives, [
    [
      'erasure-final',
      'nothing before an erasure is corrected',
      'const erasure = erasureAfter(about, moment, events);',
      'const erasure = erasureAfter(about, moment, []) ?? events.find(() => false);',
    ],
  ]),
  ...guardsIn('domain/kernel/stream/correct.ts', 'test/unit/domain/correction.test.ts', [
    [
      'rules-after-correction',
      'a correction after which a rule would be broken is refused',
      'const broken = brokenIn(correction, stream.state, next.state, now);',
      'const broken = brokenIn(correction, next.state, next.state, now);',
    ],
    [
      'correction-changes',
      'a correction that changes nothing is refused, and says so',
      'if (same(before, after) || insertsNothing(correction, after))',
      'if (same(before, correction) || insertsNothing(correction, after))',
    ],
  ]),
];

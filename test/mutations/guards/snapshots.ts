import { guardsIn } from '../guard.ts';

const snapshots = 'test/unit/functions/streams/snapshots.test.ts';
const past = 'test/unit/functions/history/past.property.test.ts';
const conformance = 'test/integration/ports/dynamodb.test.ts';

/** Of snapshots: a help, and never the truth (I1, I5, I10). */
export const snapshotGuards = [
  ...guardsIn('functions/streams/load.ts', snapshots, [
    [
      'snapshot-of-its-event',
      'a snapshot counts only where the stream has the event that it is of',
      'event.version === since.version && event.eventId === since.eventId',
      'event.version === since.version',
      'restored to an earlier moment',
    ],
  ]),
  ...guardsIn('functions/streams/past.ts', past, [
    [
      'past-snapshot-of-its-event',
      'a state of the past counts on a snapshot only where the stream has the event that it is of',
      'if (since && read[0]?.eventId !== since.eventId) return undefined;',
      '',
      'what was lost',
    ],
    [
      'past-line-of-its-correction',
      'a time line counts only where the stream has the correction that it is of',
      'stretch?.known.eventId !== eventId',
      '!stretch',
      'what was lost',
    ],
    [
      'past-line-without-gap',
      'a stretch that is missing in a time line is noticed',
      ' || (stretch.to && stretch.to.at <= moment)',
      '',
      'what was lost',
    ],
    [
      'past-corrections-known',
      'a correction that was stored after the moment of effect, and was known, counts',
      'if (correction.timestamp > timestamp)',
      'if (correction.timestamp > Infinity)',
      'what was lost',
    ],
  ]),
  ...guardsIn('functions/streams/mend.ts', snapshots, [
    [
      'no-young-snapshots',
      'a recovery makes no snapshots that hide commands which cannot be found yet',
      'timestamp <= now - indexLag',
      'timestamp <= now',
      'of the last minutes',
    ],
    [
      'no-erased-snapshots',
      'a recovery leaves no snapshot of an erased life',
      'each && each.version > erasure ?',
      'each ?',
      'erased life',
    ],
  ]),
  ...guardsIn('functions/streams/steady.ts', snapshots, [
    [
      'snapshots-hold-nobody-up',
      'a table of snapshots that fails holds no command up',
      '    return undefined;',
      '    throw error;',
      'holds no command up',
    ],
  ]),
  ...guardsIn('functions/command/decideCommand.ts', snapshots, [
    [
      'late-repeats-found',
      'a repeat whose event stands before the snapshot is found',
      'const version = indexed ?? marked;',
      'const version = undefined && (indexed ?? marked);',
      'comes again long after',
    ],
    [
      'young-repeats-marked',
      'a repeat is found though the index is late',
      'const version = indexed ?? marked;',
      'const version = marked && indexed;',
      'comes again long after',
    ],
  ]),
  ...guardsIn('domain/kernel/stream/snapshot.ts', 'test/unit/domain/time.property.test.ts', [
    [
      'past-seen-whole',
      'what says something of the past is seen with the whole stream',
      'if (!events.every(isOfItsTime)) return undefined;',
      '',
    ],
  ]),
  ...guardsIn('functions/ports/snapshots/item.ts', conformance, [
    [
      'snapshots-as-they-are-made',
      'a snapshot that was made otherwise is none',
      "item['form'] === formOf(aggregate) && ",
      '',
      'snapshots in memory',
    ],
    [
      'snapshots-unchanged',
      'a snapshot that was changed is none',
      " && item['digest'] === digestOf(...parts(item))",
      '',
      'snapshots in memory',
    ],
    [
      'key-of-its-life',
      'what is known of an erased life is sealed under no key of the next',
      '.filter((life) => life <= version)',
      '',
      'bring nothing back',
    ],
  ]),
  ...guardsIn('domain/kernel/command/decide.ts', 'test/unit/domain/lives.test.ts', [
    [
      'stream-full',
      'a person adds so many events a day and no more',
      'usage.events < ownEventsADay',
      'usage.events < Infinity',
      'a day',
    ],
  ]),
];

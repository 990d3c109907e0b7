import { guardsIn } from '../guard.ts';

const sealing = 'test/unit/functions/sealing/sealing.test.ts';
const keys = 'test/unit/functions/sealing/keys.test.ts';

/** Of what is said of persons: sealed where it is stored, and gone once it is erased (I10). */
export const sealingGuards = [
  ...guardsIn('functions/ports/eventStore/sealing.ts', sealing, [
    [
      'personal-sealed',
      'what is declared as personal is sealed',
      'payload[name]?.personal === false',
      'payload[name] !== undefined',
    ],
    [
      'corrections-sealed',
      'what a correction says of a person is sealed',
      "if (action === 'correct') return name !== 'payload';",
      "if (action === 'correct') return true;",
    ],
    [
      'erased-whatever-keys',
      'what stands before an erasure is erased, whatever keys there are',
      'Number(version) <= (erased.get(streamId) ?? 0)',
      'Number(version) <= (erased.get(streamId) ?? 0) * 0',
    ],
    [
      'gone-not-damaged',
      'an event whose key is gone is erased, not damaged',
      ': readableOrNot(withoutValues(item));\n  });',
      ': readableOrNot(item);\n  });',
    ],
  ]),
  ...guardsIn('functions/ports/eventStore/sealing.ts', sealing, [
    [
      'sealed-to-its-stream',
      'a sealed value is bound to its stream',
      "`${String(item['streamId'])} ${String(item['version'])} ${life}`",
      "`${String(item['version'])} ${life}`",
    ],
    [
      'sealed-to-its-version',
      'a sealed value is bound to its version',
      "`${String(item['streamId'])} ${String(item['version'])} ${life}`",
      "`${String(item['streamId'])} ${life}`",
    ],
  ]),
  ...guardsIn('functions/ports/keys/port.ts', keys, [
    [
      'data-keys-a-minute',
      'a function keeps the data keys of a person for a minute',
      'dataKeySeconds = 60;',
      'dataKeySeconds = 90;',
    ],
    [
      'root-keys-an-hour',
      'a function keeps the keys of the stack for an hour',
      'rootKeySeconds = 3600;',
      'rootKeySeconds = 7200;',
    ],
  ]),
  ...guardsIn('functions/ports/keys/cache.ts', keys, [
    [
      'kept-a-while',
      'what is kept is of use only so long',
      'if (now() < entry.until) return',
      'if (entry.until) return',
    ],
    ['kept-no-longer', 'what is kept leaves memory', 'if (until > now() && entries', 'if (until && entries'],
    ['kept-no-more', 'no more is kept than so much', '&& entries.size <= most) break', '&& most) break'],
  ]),
  ...guardsIn('functions/ports/keys/keyring.ts', keys, [
    [
      'wrapped-in-its-place',
      'a data key opens for its subject and life alone',
      '`${subject} ${life}`;',
      '`${subject} ${life}`.slice(0, 0);',
    ],
    [
      'fresh-keys',
      'who answers people goes by the keys as they are now',
      'fresh ? [] : subjects',
      'fresh ? subjects : subjects',
    ],
  ]),
  ...guardsIn('functions/ports/keys/keyring.ts', sealing, [
    [
      'keys-of-these-events',
      'a table of keys that is not that of the events erases nobody',
      "const branch = fresh || items.size > 0 ? await existing('branch') : undefined;",
      "const branch = items.size > 0 ? await existing('branch') : undefined;",
    ],
  ]),
  ...guardsIn('functions/ports/keys/cipher.ts', sealing, [
    [
      'sealed-in-its-place',
      'a sealed value opens in its place alone',
      '.setAAD(Buffer.from(place))\n    .setAuthTag',
      '.setAAD(Buffer.from(place.slice(0, 0)))\n    .setAuthTag',
    ],
  ]),
  ...guardsIn('functions/streams/past.ts', 'test/unit/functions/history/can.test.ts', [
    [
      'past-erased-too',
      'the past of who was erased is not read, whatever keys there are',
      'isAll || newest.some((event) => event.erased)',
      'isAll',
      'erased after',
    ],
  ]),
  ...guardsIn('functions/ports/claims/stored.ts', sealing, [
    [
      'claims-hashed',
      'a claim does not say the value of a person',
      'if (!isOfPerson(claim)) return claim;\n    return {',
      'if (!isOfPerson(claim) || secret) return claim;\n    return {',
    ],
  ]),
  ...guardsIn('functions/ports/eventStore/dynamodb.ts', 'test/unit/functions/adapters.test.ts', [
    [
      'keys-destroyed',
      'the keys are destroyed in the transaction of the erasure',
      "...(actionOf(event) === 'erase' ? [destroyKeys(tables.subjectKey, subject)] : []),",
      '...(subject ? [] : [destroyKeys(tables.subjectKey, subject)]),',
    ],
  ]),
];

import { guardsIn } from '../guard.ts';

const adapters = 'test/unit/functions/adapters.test.ts';
const consistent = 'a read that must see';

/** Reads that must see what was written last say so: the local engine cannot show it, so the calls are looked at. */
export const readGuards = [
  ...guardsIn('functions/ports/eventStore/dynamodb.ts', adapters, [
    [
      'stream-consistent',
      'a stream is read consistently',
      'ConsistentRead: true,\n          ...query,',
      '...query,',
      consistent,
    ],
    [
      'clear-consistent',
      'what stands in clear is looked for consistently',
      "ConsistentRead: true,\n            KeyConditionExpression: 'streamId = :streamId',",
      "KeyConditionExpression: 'streamId = :streamId',",
      consistent,
    ],
  ]),
  ...guardsIn('functions/ports/outcomes/dynamodb.ts', adapters, [
    ['outcome-consistent', 'an outcome is read consistently', ', ConsistentRead: true }', ' }', consistent],
  ]),
  ...guardsIn('functions/ports/ledger/dynamodb.ts', adapters, [
    ['recovery-consistent', 'a recovery is read consistently', ', ConsistentRead: true }', ' }', consistent],
  ]),
  ...guardsIn('functions/ports/views/dynamodb.ts', adapters, [
    ['row-consistent', 'a row is read consistently to project on', ', ConsistentRead: true }', ' }', consistent],
    [
      'rows-unprocessed',
      'keys that the engine left unprocessed are asked for again',
      'wanted = UnprocessedKeys;',
      'wanted = undefined && UnprocessedKeys;',
      'a batch read',
    ],
  ]),
  ...guardsIn('functions/ports/rows/dynamodb.ts', adapters, [
    ['rebuilt-row-consistent', 'a row is read consistently to rebuild', ', ConsistentRead: true }', ' }', consistent],
  ]),
  ...guardsIn('functions/ports/directory/dynamodb.ts', adapters, [
    [
      'entries-consistent',
      'entries of the directory are read consistently to be settled',
      'ConsistentRead: true,',
      '',
      consistent,
    ],
  ]),
  ...guardsIn('functions/ports/dynamodb/batchWrite.ts', adapters, [
    [
      'entries-unprocessed',
      'writes that the engine left unprocessed are made again',
      'wanted = UnprocessedItems?.[table] ?? [];',
      'wanted = UnprocessedItems ? [] : [];',
      'a batch',
    ],
  ]),
  ...guardsIn('functions/ports/dynamodb/batchGet.ts', adapters, [
    ['batch-consistent', 'items are read consistently in batches', 'ConsistentRead: true,', '', consistent],
    [
      'items-unprocessed',
      'keys of any table that the engine left unprocessed are asked for again',
      'wanted = UnprocessedKeys?.[table]?.Keys;',
      'wanted = UnprocessedKeys && undefined;',
      'a batch read',
    ],
  ]),
  ...guardsIn('resolvers/get.ts', 'test/unit/resolvers/reads.test.ts', [
    [
      'api-row-consistent',
      'whoever was notified of a change reads it',
      'consistentRead: ctx.stash.consistent }',
      'consistentRead: false }',
    ],
  ]),
  ...guardsIn('resolvers/steps/finding/findCommandOutcome.ts', 'test/unit/resolvers/command.test.ts', [
    ['api-outcome-consistent', 'an outcome that was told is found', 'consistentRead: true,', ''],
  ]),
  ...guardsIn('functions/ports/outcomes/port.ts', adapters, [
    [
      'outcomes-outlive',
      'an outcome outlives its queue and the dead letters',
      'outcomeSeconds = 30 * 24',
      'outcomeSeconds = 20 * 24',
      'what must outlive',
    ],
  ]),
  ...guardsIn('domain/kernel/view/view.ts', adapters, [
    [
      'tombstones-outlive',
      'a tombstone outlives its queue and the dead letters',
      'tombstoneSeconds = 30 * 24',
      'tombstoneSeconds = 20 * 24',
      'what must outlive',
    ],
  ]),
];

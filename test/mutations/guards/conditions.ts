import { guardsIn } from '../guard.ts';

const engine = 'test/integration/ports/dynamodb.test.ts';
const recoveryEngine = 'test/integration/ports/recovery.test.ts';

/** Conditions of writes, as the real engine understands them. */
export const conditionGuards = [
  ...guardsIn('functions/ports/eventStore/dynamodb.ts', engine, [
    [
      'version-free',
      'an event is stored only where its version is free (I4)',
      "  Item: item,\n  ConditionExpression: 'attribute_not_exists(streamId)',",
      '  Item: item,',
      'event store on DynamoDB',
    ],
    [
      'value-free',
      'a unique value is taken only where nobody else has it (I3)',
      "'attribute_not_exists(uniqueKey) OR streamId = :me'",
      "'attribute_not_exists(uniqueKey) OR streamId <> :me OR streamId = :me'",
      'event store on DynamoDB',
    ],
    [
      'release-of-own',
      "a release takes no other stream's claim away",
      "Key: { uniqueKey: key },\n    ConditionExpression: 'streamId = :me',",
      "Key: { uniqueKey: key },\n    ConditionExpression: 'streamId = :me OR attribute_exists(uniqueKey)',",
      'event store on DynamoDB',
    ],
  ]),
  ...guardsIn('functions/ports/keys/dynamodb.ts', 'test/unit/functions/adapters.test.ts', [
    [
      'key-once',
      'a data key is never overwritten: what it sealed would be lost',
      "ConditionExpression: 'attribute_not_exists(#life)',",
      "ConditionExpression: 'attribute_not_exists(#life) OR attribute_exists(#life)',",
      'the beginning of a life',
    ],
  ]),
  ...guardsIn('functions/ports/keys/dynamodb.ts', engine, [
    [
      'root-once',
      'a key of the stack is never overwritten',
      "ConditionExpression: 'attribute_not_exists(subject)',",
      '',
      'keys on DynamoDB',
    ],
  ]),
  ...guardsIn('functions/ports/outcomes/dynamodb.ts', engine, [
    [
      'first-outcome-stands',
      'the first outcome of a command stands (I2)',
      "ConditionExpression: 'attribute_not_exists(commandKey)',",
      '',
      'outcomes on DynamoDB',
    ],
  ]),
  ...guardsIn('functions/ports/views/dynamodb.ts', engine, [
    [
      'row-at-version',
      'a row is written only in the place of the version before (I5)',
      ": '#version = :before',",
      ": '#version = :before OR attribute_exists(id)',",
      'views on DynamoDB',
    ],
    [
      'no-row-yet',
      'a first row is written only where there is none',
      "{ ConditionExpression: 'attribute_not_exists(id)' }",
      '{}',
      'views on DynamoDB',
    ],
    [
      'not-on-a-tombstone',
      'a change does not bring back what was deleted (I6)',
      ' AND attribute_not_exists(deletedAt)',
      '',
      'views on DynamoDB',
    ],
  ]),
  ...guardsIn('functions/ports/rows/dynamodb.ts', 'test/unit/functions/adapters.test.ts', [
    [
      'rebuilt-without-version',
      'a row without a version is replaced as well, and only while it has none',
      "{ ConditionExpression: 'attribute_not_exists(#version)', ExpressionAttributeNames }",
      '{}',
      'found without a version',
    ],
  ]),
  ...guardsIn('functions/ports/rows/dynamodb.ts', recoveryEngine, [
    [
      'rebuilt-as-found',
      'a rebuilt row replaces only what was found',
      "ConditionExpression: '#version = :version',",
      "ConditionExpression: '#version = :version OR attribute_exists(id)',",
      'rows on DynamoDB',
    ],
    [
      'rebuilt-where-none',
      'a rebuilt row takes the place of nothing only where there is none',
      "if (!found) return { ConditionExpression: 'attribute_not_exists(id)' };",
      'if (!found) return {};',
      'rows on DynamoDB',
    ],
  ]),
  ...guardsIn('functions/ports/claims/dynamodb.ts', recoveryEngine, [
    [
      'claim-as-found',
      'a claim is set right only as it was found',
      "{ ConditionExpression: 'streamId = :found', ExpressionAttributeValues: { ':found': claim.streamId } }",
      '{}',
      'claims on DynamoDB',
    ],
    [
      'claim-where-none',
      'a missing claim is restored only while it is missing',
      "? { ConditionExpression: 'attribute_not_exists(streamId)' }",
      '? {}',
      'claims on DynamoDB',
    ],
    [
      'stream-still',
      'a claim is set right only while its streams have no next event',
      "version: version + 1 },\n    ConditionExpression: 'attribute_not_exists(streamId)',",
      "version: version + 1 },\n    ConditionExpression: 'attribute_not_exists(streamId) OR attribute_exists(streamId)',",
      'claims on DynamoDB',
    ],
  ]),
  ...guardsIn('functions/ports/ledger/dynamodb.ts', recoveryEngine, [
    [
      'one-message-a-number',
      'one message of each number takes a recovery on',
      "(#step = :step AND holder = :messageId))',",
      "#step = :step)',",
      'ledger on DynamoDB',
    ],
    [
      'ended-stays-ended',
      'a recovery that has ended goes no further',
      "ConditionExpression: '#status = :running',\n            ExpressionAttributeNames: names,\n            ExpressionAttributeValues: {\n              ':status'",
      "ConditionExpression: '#status = :running OR attribute_exists(#status)',\n            ExpressionAttributeNames: names,\n            ExpressionAttributeValues: {\n              ':status'",
      'ledger on DynamoDB',
    ],
    [
      'cursor-as-it-was',
      'a step counts only from the cursor that it began at',
      ": '#cursor = :from'}`,",
      ": '(#cursor = :from OR attribute_exists(#cursor))'}`,",
      'ledger on DynamoDB',
    ],
    [
      'chunk-counts-once',
      'a chunk counts once, however often it is delivered',
      "ConditionExpression: 'done = :false',",
      "ConditionExpression: 'done = :false OR done = :true',",
      'ledger on DynamoDB',
    ],
  ]),
];

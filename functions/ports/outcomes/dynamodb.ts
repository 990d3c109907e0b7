import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { isPersonal } from '../../../domain/operations.ts';
import { itemIn } from '../../runtime/clients/numbers.ts';
import { commandKeyOf } from '../eventStore/port.ts';
import { keptIn, outcomeOf } from './item.ts';
import { type KeptOutcome, type OutcomeReader, outcomeSeconds, type Outcomes } from './port.ts';
import type { Item } from '../dynamodb/item.ts';

/** Outcomes in table commandOutcome. A record that has outlived its time but not yet been removed still counts. */
export const dynamoDbOutcomes = (client: DynamoDBDocumentClient, table: string): Outcomes => ({
  find: async (command) => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { commandKey: commandKeyOf(command) }, ConsistentRead: true }),
    );
    return Item && outcomeOf(Item);
  },
  record: async (outcome) => {
    const expiresAt = Math.floor(Date.now() / 1000) + outcomeSeconds;
    const { aggregate, aggregateId } = outcome;
    try {
      await client.send(
        new PutCommand({
          TableName: table,
          Item: {
            ...outcome,
            commandKey: commandKeyOf(outcome),
            expiresAt,
            // Only what has it stands in the index, and is paid for there.
            ...(isPersonal(aggregate) && { subject: streamIdOf(aggregate, aggregateId) }),
          },
          ConditionExpression: 'attribute_not_exists(commandKey)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return outcome;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item) return outcomeOf(itemIn(error.Item));
      throw error;
    }
  },
});

/** Index bySubject of table commandOutcome. */
export const dynamoDbOutcomeReader = (client: DynamoDBDocumentClient, table: string): OutcomeReader => ({
  about: async (aggregate, aggregateId, limit) => {
    const found: KeptOutcome[] = [];
    let from: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'bySubject',
          KeyConditionExpression: 'subject = :subject',
          ExpressionAttributeValues: { ':subject': streamIdOf(aggregate, aggregateId) },
          ScanIndexForward: false,
          Limit: limit - found.length,
          ExclusiveStartKey: from,
        }),
      );
      found.push(...(page.Items ?? []).flatMap((item) => keptIn(item) ?? []));
      from = page.LastEvaluatedKey;
    } while (from && found.length < limit);
    return found;
  },
});

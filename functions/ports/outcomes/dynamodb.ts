import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { commandKeyOf } from '../eventStore/port.ts';
import { type Outcome, outcomeSeconds, type Outcomes } from './port.ts';

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
    try {
      await client.send(
        new PutCommand({
          TableName: table,
          Item: { ...outcome, commandKey: commandKeyOf(outcome), expiresAt },
          ConditionExpression: 'attribute_not_exists(commandKey)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return outcome;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item) return outcomeOf(unmarshall(error.Item));
      throw error;
    }
  },
});

const outcomeOf = ({ commandKey: _commandKey, expiresAt: _expiresAt, ...outcome }: Record<string, unknown>): Outcome =>
  outcome as unknown as Outcome;

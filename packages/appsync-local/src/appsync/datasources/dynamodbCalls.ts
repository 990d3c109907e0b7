/** The operations of DynamoDB that data sources call. */
import type {
  BatchGetItemInput,
  BatchGetItemOutput,
  BatchWriteItemInput,
  BatchWriteItemOutput,
  DeleteItemInput,
  DeleteItemOutput,
  GetItemInput,
  GetItemOutput,
  PutItemInput,
  PutItemOutput,
  QueryInput,
  QueryOutput,
  ScanInput,
  ScanOutput,
  TransactGetItemsInput,
  TransactGetItemsOutput,
  TransactWriteItemsInput,
  TransactWriteItemsOutput,
  UpdateItemInput,
  UpdateItemOutput,
} from '@aws-sdk/client-dynamodb';
import type { RoleCalls, Wire } from '../../model.ts';

interface Operations {
  BatchGetItem: [BatchGetItemInput, BatchGetItemOutput];
  BatchWriteItem: [BatchWriteItemInput, BatchWriteItemOutput];
  DeleteItem: [DeleteItemInput, DeleteItemOutput];
  GetItem: [GetItemInput, GetItemOutput];
  PutItem: [PutItemInput, PutItemOutput];
  Query: [QueryInput, QueryOutput];
  Scan: [ScanInput, ScanOutput];
  TransactGetItems: [TransactGetItemsInput, TransactGetItemsOutput];
  TransactWriteItems: [TransactWriteItemsInput, TransactWriteItemsOutput];
  UpdateItem: [UpdateItemInput, UpdateItemOutput];
}

/** Throws as `RoleCalls.call` does. */
export type CallDynamoDb = <Name extends keyof Operations>(
  operation: Name,
  input: Wire<Operations[Name][0]>,
) => Promise<Wire<Operations[Name][1]>>;

export function dynamoDbCalls(calls: RoleCalls): CallDynamoDb {
  return (operation, input) => calls.call(`DynamoDB_20120810.${operation}`, input);
}

/** The data source AMAZON_DYNAMODB. */
import type { RoleCalls } from '../../model.ts';
import { RequestObjectError } from '../execution/errors.ts';
import type { DataSource } from './dataSource.ts';
import { dynamoDbCalls } from './dynamodbCalls.ts';
import { describeError } from './dynamodbErrors.ts';
import { batchGetItem, getItem, readPage, transactGetItems } from './dynamodbReads.ts';
import { batchWrite, deleteItem, putItem, transactWriteItems, updateItem } from './dynamodbWrites.ts';
import { PageTokens } from './pageToken.ts';
import { mapAt } from './requestObject.ts';

/** Calls the gateway, or an engine, as the data source's role. */
export function createDynamoDbDataSource(tableName: string, calls: RoleCalls): DataSource {
  const callDynamoDb = dynamoDbCalls(calls);
  const tokens = new PageTokens();

  function run(request: unknown, owner: string) {
    const scope = { callDynamoDb, tableName, tokens, owner };
    const operation = mapAt(request, '$').operation;
    switch (operation) {
      case 'GetItem':
        return getItem(request, scope);
      case 'Query':
      case 'Scan':
        return readPage(operation, request, scope);
      case 'BatchGetItem':
        return batchGetItem(request, scope);
      case 'TransactGetItems':
        return transactGetItems(request, scope);
      case 'PutItem':
        return putItem(request, scope);
      case 'UpdateItem':
        return updateItem(request, scope);
      case 'DeleteItem':
        return deleteItem(request, scope);
      case 'BatchPutItem':
      case 'BatchDeleteItem':
        return batchWrite(operation, request, scope);
      case 'TransactWriteItems':
        return transactWriteItems(request, scope);
      case undefined:
      case null:
        throw new RequestObjectError("Value for field '$[operation]' not found.");
      default:
        throw new RequestObjectError(`Unsupported operation '${String(operation)}'.`);
    }
  }

  return {
    async call(request, { owner }) {
      try {
        return await run(request, owner);
      } catch (error) {
        if (error instanceof RequestObjectError) throw error;
        return { result: null, error: describeError(error) };
      }
    },
  };
}

/** The data source AMAZON_DYNAMODB. */
import { Agent } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AwsCredentials } from '../../model.ts';
import { RequestObjectError } from '../execution/errors.ts';
import type { DataSource } from './dataSource.ts';
import { describeError } from './dynamodbErrors.ts';
import { batchGetItem, getItem, readPage, transactGetItems } from './dynamodbReads.ts';
import { batchWrite, deleteItem, putItem, transactWriteItems, updateItem } from './dynamodbWrites.ts';
import { PageTokens } from './pageToken.ts';
import { mapAt } from './requestObject.ts';

const connections = 64;

/** Calls `endpoint` with the credentials of the data source's role. */
export function createDynamoDbDataSource(options: {
  tableName: string;
  credentials: AwsCredentials;
  endpoint: string;
  region: string;
}): DataSource {
  const { tableName, credentials, endpoint, region } = options;
  const httpAgent = new Agent({ keepAlive: true, maxSockets: connections });
  // Nothing is ever added to its middleware, so it need not be put together anew for each call.
  const client = new DynamoDBClient({
    endpoint,
    region,
    credentials,
    requestHandler: { httpAgent },
    cacheMiddleware: true,
  });
  const tokens = new PageTokens();

  function run(request: unknown, owner: string) {
    const scope = { client, tableName, tokens, owner };
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
    stop: () => client.destroy(),
  };
}

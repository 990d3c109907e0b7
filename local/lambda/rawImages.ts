import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { DynamoDBStreamsClient, GetRecordsOutput } from '@aws-sdk/client-dynamodb-streams';

type Images = Pick<NonNullable<NonNullable<GetRecordsOutput['Records']>[number]['dynamodb']>, 'Keys' | 'NewImage' | 'OldImage'>;

/**
 * Keeps the images of stream records as the service wrote them. The client takes an empty map or list for no value at
 * all: `{ "M": {} }` becomes `{}`, which no function could read.
 */
export function keepRawImages(client: DynamoDBStreamsClient): DynamoDBStreamsClient {
  client.middlewareStack.add(
    (next, context) => async (request) => {
      if (context.commandName !== 'GetRecordsCommand') return next(request);
      const result = await next(request);
      const raw = (context as { rawRecords?: { dynamodb: Images }[] }).rawRecords ?? [];
      const records = (result.output as GetRecordsOutput).Records ?? [];
      for (const [index, { dynamodb }] of records.entries()) {
        const { Keys, NewImage, OldImage } = raw[index]?.dynamodb ?? {};
        if (dynamodb) Object.assign(dynamodb, { Keys, NewImage, OldImage });
      }
      return result;
    },
    { step: 'initialize', name: 'putRawImages' },
  );
  client.middlewareStack.add(
    (next, context) => async (request) => {
      const result = await next(request);
      const response = result.response as { statusCode: number; body: Readable };
      if (context.commandName !== 'GetRecordsCommand' || response.statusCode !== 200) return result;
      const body = await buffer(response.body);
      (context as { rawRecords?: unknown }).rawRecords = (JSON.parse(body.toString()) as { Records?: unknown[] }).Records;
      response.body = Readable.from([body]);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'takeRawImages' },
  );
  return client;
}

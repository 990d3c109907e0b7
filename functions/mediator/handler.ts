import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { answerToStream } from '../runtime/batches.ts';
import { createSqsClient } from '../runtime/clients/sqs.ts';
import { beforeTheEnd } from '../runtime/deadline.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { sqsQueues } from '../ports/queues/sqs.ts';
import { createTelemetry } from '../runtime/telemetry.ts';
import { forwardBatch } from './forward.ts';

const environment = readEnvironment(['QUEUE_URL_PREFIX']);
const telemetry = createTelemetry();
const ports = { queues: sqsQueues(createSqsClient(), environment.QUEUE_URL_PREFIX), telemetry };

/** Sends the events of a batch from the event store's stream to their execution queues. */
export const handler = (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
  telemetry.invocation(context, () =>
    beforeTheEnd(
      () => context.getRemainingTimeInMillis(),
      async () => answerToStream(event, await forwardBatch(event.Records, ports)),
    ),
  );

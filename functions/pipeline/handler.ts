import type { Context } from 'aws-lambda';
import { sqsDeadLetters } from '../ports/deadLetters/sqs.ts';
import { cloudWatch } from '../ports/metrics/cloudwatch.ts';
import { noMetrics } from '../ports/metrics/port.ts';
import { sqsQueueFacts } from '../ports/queueFacts/sqs.ts';
import { dynamoDbReasons } from '../ports/reasons/dynamodb.ts';
import { createDocumentClient } from '../runtime/clients/dynamodb.ts';
import { createSqsClient } from '../runtime/clients/sqs.ts';
import { errorOf } from '../runtime/concurrency.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { createTelemetry } from '../runtime/telemetry.ts';
import { answer, type Answer, type AnswerPorts } from './answer.ts';

const environment = readEnvironment(['QUEUE_URL_PREFIX', 'DEAD_LETTER_TABLE']);
const telemetry = createTelemetry();
const sqs = createSqsClient();

const ports: AnswerPorts = {
  queueFacts: sqsQueueFacts(sqs, environment.QUEUE_URL_PREFIX),
  deadLetters: sqsDeadLetters(sqs, environment.QUEUE_URL_PREFIX),
  reasons: dynamoDbReasons(createDocumentClient(), environment.DEAD_LETTER_TABLE),
  // A machine that stands in for AWS's queues has no CloudWatch.
  metrics: process.env['AWS_ENDPOINT_URL_SQS']
    ? noMetrics
    : cloudWatch(`https://monitoring.${process.env['AWS_REGION']}.amazonaws.com/`, sqs.config),
  stackName: process.env['POWERTOOLS_METRICS_NAMESPACE'] ?? '',
  now: Date.now,
  warn: (message, error) => telemetry.warn(message, { error: errorOf(error) }),
};

/** Called by the API for an operator's questions. */
export const handler = (question: unknown, context: Context): Promise<Answer> =>
  telemetry.invocation(context, () => answer(question, ports));

import { readStatements } from './statements.ts';
import type { ReadResource } from '../draft.ts';

const numbers = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
];

export const readQueue: ReadResource = (resource, draft) => {
  const { properties } = resource;
  properties.inert(
    'QueueName',
    'KmsMasterKeyId',
    'KmsDataKeyReusePeriodSeconds',
    'SqsManagedSseEnabled',
    'RedriveAllowPolicy',
    'Tags',
  );
  const attributes: Record<string, string> = {};
  for (const name of numbers) {
    const value = properties.number(name);
    if (value !== undefined) attributes[name] = String(value);
  }
  if (properties.boolean('FifoQueue') === true)
    properties.fail('FifoQueue', 'the local stack has standard queues only');
  const redrive = properties.object('RedrivePolicy');
  if (redrive) {
    const maxReceiveCount = redrive.number('maxReceiveCount') ?? redrive.fail('maxReceiveCount', 'is missing');
    attributes['RedrivePolicy'] = JSON.stringify({
      deadLetterTargetArn: redrive.string('deadLetterTargetArn'),
      maxReceiveCount,
    });
  }
  draft.queues.push({
    logicalId: resource.logicalId,
    name: resource.name,
    arn: resource.attribute('Arn'),
    url: resource.ref(),
    attributes,
    policy: [],
  });
};

export const readQueuePolicy: ReadResource = ({ properties }, draft) => {
  draft.queuePolicies.push({
    properties,
    queueUrls: properties.strings('Queues'),
    statements: readStatements(properties.raw('PolicyDocument'), properties.place, 'Properties.PolicyDocument'),
  });
};

import { SqsError } from './error.ts';
import type { Queue, QueueSettings } from './queue.ts';

export type QueueAttributes = Record<string, string>;

export const maximumMessage = 2 ** 20;

/** Numbers with their defaults and bounds. */
const numbers: Record<string, [byDefault: number, least: number, most: number]> = {
  VisibilityTimeout: [30, 0, 43_200],
  DelaySeconds: [0, 0, 900],
  MaximumMessageSize: [maximumMessage, 1_024, maximumMessage],
  MessageRetentionPeriod: [345_600, 60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 0, 20],
};

/** Known, and of no consequence on one machine. */
const others = new Set([
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'Policy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
]);

/** All attributes of a queue, with SQS's defaults for those left out. @throws SqsError */
export function withDefaults(given: QueueAttributes): QueueAttributes {
  for (const [name, value] of Object.entries(given)) check(name, value);
  const defaults = Object.entries(numbers).map(([name, [byDefault]]) => [name, String(byDefault)]);
  return { ...Object.fromEntries(defaults), SqsManagedSseEnabled: 'true', ...given };
}

function check(name: string, value: string): void {
  if (name === 'FifoQueue' || name === 'ContentBasedDeduplication') {
    if (value === 'true') throw new SqsError('UnsupportedOperation', 'The local stack has standard queues only.');
    throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
  const bounds = numbers[name];
  if (!bounds) {
    if (others.has(name)) return;
    throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
  const [, least, most] = bounds;
  if (!/^\d+$/.test(value) || Number(value) < least || Number(value) > most)
    throw new SqsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
}

/** What a queue has to know of its attributes. */
export function settingsOf(attributes: QueueAttributes, queueOf: (arn: string) => Queue | undefined): QueueSettings {
  const ms = (name: string): number => Number(attributes[name]) * 1_000;
  const { RedrivePolicy } = attributes;
  return {
    visibilityMs: ms('VisibilityTimeout'),
    delayMs: ms('DelaySeconds'),
    retentionMs: ms('MessageRetentionPeriod'),
    ...(RedrivePolicy === undefined || RedrivePolicy === '' ? {} : { redrive: redriveOf(RedrivePolicy, queueOf) }),
  };
}

function redriveOf(policy: string, queueOf: (arn: string) => Queue | undefined): QueueSettings['redrive'] {
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Record<string, string | number>;
  if (deadLetterTargetArn === undefined || !(Number(maxReceiveCount) >= 1))
    throw new SqsError('InvalidAttributeValue', `Invalid value for the parameter RedrivePolicy.`);
  return { maxReceiveCount: Number(maxReceiveCount), target: () => queueOf(String(deadLetterTargetArn)) };
}

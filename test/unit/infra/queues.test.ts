import { beforeAll, describe, expect, test } from 'vitest';
import { queuePairs } from '../../../domain/operations.ts';
import { arnOf, find, resourcesOf, synthesize, type Template } from './synthesized.ts';

let template: Template;
beforeAll(async () => {
  ({ template } = await synthesize());
});

const work = [
  ...queuePairs.map(({ commandQueue }) => [commandQueue, 'command']),
  ...queuePairs.map(({ executionQueue }) => [executionQueue, 'execute']),
  ['recoveryQueue', 'recovery'],
] as [string, string][];
const queue = (name: string) => find(template, 'AWS::SQS::Queue', { QueueName: `UserManagement-dev-${name}` });
/** The alarms to which a queue's metric counts, alone or with others. */
const alarmOn = (metric: string, name: string) =>
  resourcesOf(template, 'AWS::CloudWatch::Alarm')
    .filter(([, { Properties }]) =>
      ((Properties['Metrics'] ?? [{ MetricStat: { Metric: Properties } }]) as any[]).some(
        ({ MetricStat }) =>
          MetricStat?.Metric.MetricName === metric &&
          JSON.stringify(MetricStat.Metric.Dimensions).includes(`"UserManagement-dev-${name}"`),
      ),
    )
    .map(([, { Properties }]) => Properties);

describe.each(work)('%s', (name, consumer) => {
  test('gives messages that fail time after time to its dead-letter queue, kept for 14 days', () => {
    const [deadLetterId, deadLetters] = queue(`${name}Dlq`);
    expect(queue(name)[1].Properties['RedrivePolicy']).toEqual({
      deadLetterTargetArn: arnOf(deadLetterId),
      maxReceiveCount: 10,
    });
    expect(deadLetters.Properties['MessageRetentionPeriod']).toBe(14 * 24 * 3600);
  });

  test('raises an alarm on a dead letter, and when messages wait for long', () => {
    const onDepth = alarmOn('ApproximateNumberOfMessagesVisible', `${name}Dlq`);
    expect(onDepth).toEqual([
      expect.objectContaining({
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        AlarmActions: [expect.anything()],
      }),
    ]);
    expect(alarmOn('ApproximateAgeOfOldestMessage', name)).toEqual([
      expect.objectContaining({ AlarmActions: [expect.anything()] }),
    ]);
  });

  test(`triggers ${consumer}, which reports failures message by message, at a concurrency of its own`, () => {
    const [functionId, { Properties }] = find(template, 'AWS::Lambda::Function', {
      FunctionName: `UserManagement-dev-${consumer}`,
    });
    const [id, { Properties: queueProperties }] = queue(name);
    const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').filter(
      ([, mapping]) => JSON.stringify(mapping.Properties['EventSourceArn']) === JSON.stringify(arnOf(id)),
    );
    expect(mappings.map(([, mapping]) => mapping.Properties)).toEqual([
      expect.objectContaining({
        FunctionName: { Ref: functionId },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: expect.any(Number) },
      }),
    ]);
    expect(queueProperties['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * Properties['Timeout']);
  });
});

test('every trigger of a function, queue or stream, takes back only what failed of a batch', () => {
  const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping');
  // A queue each, and the stream.
  expect(mappings).toHaveLength(work.length + 1);
  for (const [id, { Properties }] of mappings)
    expect(Properties['FunctionResponseTypes'], id).toEqual(['ReportBatchItemFailures']);
});

test('every queue is encrypted and refuses unencrypted connections', () => {
  const refusing = resourcesOf(template, 'AWS::SQS::QueuePolicy')
    .filter(([, { Properties }]) =>
      (Properties['PolicyDocument'].Statement as any[]).some(
        ({ Effect, Condition }) => Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false',
      ),
    )
    .flatMap(([, { Properties }]) => (Properties['Queues'] as { Ref: string }[]).map(({ Ref }) => Ref));
  for (const [id, { Properties }] of resourcesOf(template, 'AWS::SQS::Queue')) {
    expect(Properties['SqsManagedSseEnabled']).toBe(true);
    expect(refusing).toContain(id);
  }
});

test('the mediator tries an event for the whole day that the stream keeps it, cut out of its batch, then reports it to a queue with an alarm', () => {
  const [failures] = queue('mediatorFailureQueue');
  const [table] = find(template, 'AWS::DynamoDB::Table', { TableName: 'UserManagement-dev-eventStore' });
  const [[, mapping] = [], ...others] = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').filter(
    ([, { Properties }]) => Properties['StartingPosition'] !== undefined,
  );
  expect(others).toEqual([]);
  expect(mapping?.Properties).toMatchObject({
    EventSourceArn: { 'Fn::GetAtt': [table, 'StreamArn'] },
    StartingPosition: 'TRIM_HORIZON',
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    // As long as the stream keeps a record.
    MaximumRetryAttempts: 10_000,
    MaximumRecordAgeInSeconds: 24 * 3600,
    DestinationConfig: { OnFailure: { Destination: arnOf(failures) } },
  });
  expect(alarmOn('ApproximateNumberOfMessagesVisible', 'mediatorFailureQueue')).toHaveLength(1);
});

test('an update reaches what reads events before what writes them', () => {
  const functionId = (name: string) =>
    find(template, 'AWS::Lambda::Function', { FunctionName: `UserManagement-dev-${name}` })[0];
  const writer = template.Resources[functionId('command')];
  expect(writer?.DependsOn).toEqual(
    expect.arrayContaining(['mediator', 'execute', 'recovery', 'history'].map(functionId)),
  );
});

test('the topic lets CloudWatch, and of CloudWatch only this account, publish alarms', () => {
  const [[, policy] = []] = resourcesOf(template, 'AWS::SNS::TopicPolicy');
  const allowed = (policy?.Properties['PolicyDocument'].Statement as any[]).filter(({ Effect }) => Effect === 'Allow');
  expect(allowed).toEqual([
    expect.objectContaining({
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    }),
  ]);
});

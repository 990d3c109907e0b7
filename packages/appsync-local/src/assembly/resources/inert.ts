import type { ReadResource } from '../draft.ts';

const INERT: Record<string, string[]> = {
  'AWS::Logs::LogGroup': ['LogGroupName', 'RetentionInDays', 'KmsKeyId', 'LogGroupClass', 'DeletionProtectionEnabled', 'Tags'],
  'AWS::CloudWatch::Alarm': [
    'ActionsEnabled', 'AlarmActions', 'AlarmDescription', 'AlarmName', 'ComparisonOperator', 'DatapointsToAlarm', 'Dimensions',
    'EvaluateLowSampleCountPercentile', 'EvaluationPeriods', 'ExtendedStatistic', 'InsufficientDataActions', 'MetricName', 'Metrics',
    'Namespace', 'OKActions', 'Period', 'Statistic', 'Tags', 'Threshold', 'ThresholdMetricId', 'TreatMissingData', 'Unit',
  ],
  'AWS::CloudWatch::CompositeAlarm': [
    'ActionsEnabled', 'AlarmActions', 'AlarmDescription', 'AlarmName', 'AlarmRule', 'InsufficientDataActions', 'OKActions', 'Tags',
  ],
  'AWS::CloudWatch::Dashboard': ['DashboardBody', 'DashboardName'],
  'AWS::SNS::Topic': ['DisplayName', 'KmsMasterKeyId', 'Subscription', 'Tags', 'TopicName', 'TracingConfig', 'SignatureVersion'],
  'AWS::SNS::TopicPolicy': ['PolicyDocument', 'Topics'],
  'AWS::SNS::Subscription': ['Endpoint', 'Protocol', 'TopicArn'],
  'AWS::Lambda::Permission': ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'],
  'AWS::CDK::Metadata': ['Analytics'],
};

/** Resource types that nothing on one machine depends on; their properties are known by name all the same. */
export const INERT_RESOURCES: Record<string, ReadResource> = Object.fromEntries(
  Object.entries(INERT).map(([type, names]) => [type, ({ properties }) => properties.inert(...names)]),
);

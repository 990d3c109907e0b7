import { createHash } from 'node:crypto';

/** What names, ARNs and URLs are made of. */
export interface Surroundings {
  stackName: string;
  partition: string;
  region: string;
  accountId: string;
  /** Where DynamoDB, SQS and KMS are served, without a trailing slash. */
  gatewayUrl: string;
  /** The GraphQL endpoint. */
  apiUrl: string;
  realtimeUrl: string;
}

interface Named extends Surroundings {
  logicalId: string;
  /** The physical name: the template's, or `<stack>-<logical id>`. */
  name: string;
  properties: Record<string, unknown>;
}

interface Identity {
  /** The property that may give the physical name. */
  nameProperty?: string;
  /** Absent where AWS gives an ARN that nothing here would understand. */
  ref?: (resource: Named) => string;
  attributes: Record<string, (resource: Named) => string>;
}

const nameOf = (resource: Named) => resource.name;
const arn = (service: string, tail: (resource: Named) => string) => (resource: Named) =>
  `arn:${resource.partition}:${service}:${resource.region}:${resource.accountId}:${tail(resource)}`;

const tableArn = arn('dynamodb', (r) => `table/${r.name}`);
const queueArn = arn('sqs', nameOf);
const queueUrl = (r: Named) => `${r.gatewayUrl}/${r.accountId}/${r.name}`;
const functionArn = arn('lambda', (r) => `function:${r.name}`);
const topicArn = arn('sns', nameOf);
const roleArn = (r: Named) =>
  `arn:${r.partition}:iam::${r.accountId}:role${typeof r.properties['Path'] === 'string' ? r.properties['Path'] : '/'}${r.name}`;
const apiArn = arn('appsync', (r) => `apis/${opaqueId(r)}`);

/** An id of the look that AppSync gives; the same at every start. */
function opaqueId(resource: Named): string {
  const digest = createHash('sha256').update(`${resource.stackName}/${resource.logicalId}`).digest();
  return [...digest.subarray(0, 26)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte % 32]).join('');
}

/** A UUID of the look that KMS gives; the same at every start. */
function keyId(resource: Named): string {
  const hex = createHash('sha256').update(`${resource.stackName}/${resource.logicalId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What `Ref` and `Fn::GetAtt` of each known resource type give. A type that is not here is refused. */
export const identities: Record<string, Identity> = {
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    ref: nameOf,
    attributes: { Arn: tableArn, StreamArn: (r) => `${tableArn(r)}/stream/local` },
  },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: queueUrl,
    attributes: { Arn: queueArn, QueueName: nameOf, QueueUrl: queueUrl },
  },
  'AWS::SQS::QueuePolicy': { ref: nameOf, attributes: {} },
  'AWS::KMS::Key': { ref: keyId, attributes: { Arn: arn('kms', (r) => `key/${keyId(r)}`), KeyId: keyId } },
  'AWS::KMS::Alias': { nameProperty: 'AliasName', ref: nameOf, attributes: {} },
  'AWS::Lambda::Function': { nameProperty: 'FunctionName', ref: nameOf, attributes: { Arn: functionArn } },
  'AWS::Lambda::EventSourceMapping': { ref: nameOf, attributes: { Id: nameOf } },
  'AWS::Lambda::Permission': { ref: nameOf, attributes: {} },
  'AWS::IAM::Role': { nameProperty: 'RoleName', ref: nameOf, attributes: { Arn: roleArn, RoleId: nameOf } },
  'AWS::IAM::Policy': { nameProperty: 'PolicyName', ref: nameOf, attributes: {} },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    ref: nameOf,
    attributes: { Arn: arn('logs', (r) => `log-group:${r.name}:*`) },
  },
  'AWS::CloudWatch::Alarm': {
    nameProperty: 'AlarmName',
    ref: nameOf,
    attributes: { Arn: arn('cloudwatch', (r) => `alarm:${r.name}`) },
  },
  'AWS::CloudWatch::CompositeAlarm': {
    nameProperty: 'AlarmName',
    ref: nameOf,
    attributes: { Arn: arn('cloudwatch', (r) => `alarm:${r.name}`) },
  },
  'AWS::CloudWatch::Dashboard': { nameProperty: 'DashboardName', ref: nameOf, attributes: {} },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    ref: topicArn,
    attributes: { TopicArn: topicArn, TopicName: nameOf },
  },
  'AWS::SNS::TopicPolicy': { ref: nameOf, attributes: {} },
  'AWS::SNS::Subscription': { ref: nameOf, attributes: {} },
  'AWS::CDK::Metadata': { ref: nameOf, attributes: {} },
  'AWS::AppSync::GraphQLApi': {
    nameProperty: 'Name',
    ref: apiArn,
    attributes: {
      Arn: apiArn,
      ApiId: opaqueId,
      GraphQLUrl: (r) => r.apiUrl,
      RealtimeUrl: (r) => r.realtimeUrl,
      GraphQLDns: (r) => new URL(r.apiUrl).host,
      RealtimeDns: (r) => new URL(r.realtimeUrl).host,
      GraphQLEndpointArn: arn('appsync', (r) => `endpoints/graphql-api/${opaqueId(r)}`),
    },
  },
  'AWS::AppSync::GraphQLSchema': { ref: nameOf, attributes: { Id: nameOf } },
  'AWS::AppSync::DataSource': { nameProperty: 'Name', attributes: { Name: nameOf } },
  'AWS::AppSync::FunctionConfiguration': {
    nameProperty: 'Name',
    attributes: { FunctionId: opaqueId, Name: nameOf },
  },
  'AWS::AppSync::Resolver': { attributes: {} },
};

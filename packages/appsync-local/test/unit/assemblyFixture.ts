import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as appsync from 'aws-cdk-lib/aws-appsync';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sources from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';

export const resolverCode =
  'export function request() { return {}; }\nexport function response(ctx) { return ctx.result; }\n';
const schema = 'type Query { thing(id: ID!): String }\n';

/** A small application with one of everything that the CDK's constructs emit for this kind of system. */
export function synthesizeSample(): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'assembly-'));
  const codeDir = join(dir, 'code');
  mkdirSync(codeDir);
  writeFileSync(join(codeDir, 'index.js'), 'exports.handler = async () => null;\n');
  writeFileSync(join(dir, 'schema.graphql'), schema);
  writeFileSync(join(dir, 'resolver.js'), resolverCode);

  const app = new App({ outdir: join(dir, 'cdk.out'), analyticsReporting: false, treeMetadata: false });
  const stack = new Stack(app, 'Sample', { stackName: 'Sample-dev' });

  const table = new dynamodb.Table(stack, 'things', {
    tableName: 'Sample-dev-things',
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'version', type: dynamodb.AttributeType.NUMBER },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    encryption: dynamodb.TableEncryption.AWS_MANAGED,
    deletionProtection: true,
    stream: dynamodb.StreamViewType.NEW_IMAGE,
    timeToLiveAttribute: 'expiresAt',
    removalPolicy: RemovalPolicy.RETAIN,
  });
  table.addGlobalSecondaryIndex({
    indexName: 'byOwner',
    partitionKey: { name: 'owner', type: dynamodb.AttributeType.STRING },
    projectionType: dynamodb.ProjectionType.INCLUDE,
    nonKeyAttributes: ['name'],
  });

  const dead = new sqs.Queue(stack, 'jobsDlq', {
    queueName: 'Sample-dev-jobsDlq',
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  const jobs = new sqs.Queue(stack, 'jobs', {
    queueName: 'Sample-dev-jobs',
    enforceSSL: true,
    visibilityTimeout: Duration.seconds(60),
    deadLetterQueue: { queue: dead, maxReceiveCount: 5 },
  });

  const logGroup = new logs.LogGroup(stack, 'workerLogs', { retention: logs.RetentionDays.ONE_MONTH });
  const role = new iam.Role(stack, 'workerRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const worker = new lambda.Function(stack, 'worker', {
    functionName: 'Sample-dev-worker',
    runtime: new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS),
    architecture: lambda.Architecture.ARM_64,
    code: lambda.Code.fromAsset(codeDir),
    handler: 'index.handler',
    role,
    logGroup,
    timeout: Duration.seconds(10),
    memorySize: 256,
    environment: {
      TABLE: table.tableName,
      QUEUE_URL: jobs.queueUrl,
      QUEUE_URL_PREFIX: `https://sqs.${stack.region}.amazonaws.com/${stack.account}/Sample-dev-`,
    },
  });
  worker.addEventSource(
    new sources.SqsEventSource(jobs, { batchSize: 10, maxConcurrency: 2, reportBatchItemFailures: true }),
  );
  worker.addEventSource(
    new sources.DynamoEventSource(table, {
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      bisectBatchOnError: true,
      retryAttempts: 3,
      onFailure: new sources.SqsDlq(dead),
      reportBatchItemFailures: true,
      filters: [lambda.FilterCriteria.filter({ eventName: lambda.FilterRule.isEqual('INSERT') })],
    }),
  );
  table.grantWriteData(worker);

  const key = new kms.Key(stack, 'key', { alias: 'alias/Sample-dev', enableKeyRotation: true });
  key.grantEncryptDecrypt(worker);
  worker.addEnvironment('KEY', key.keyArn);
  const macKey = new kms.Key(stack, 'macKey', {
    keySpec: kms.KeySpec.HMAC_256,
    keyUsage: kms.KeyUsage.GENERATE_VERIFY_MAC,
  });
  macKey.grantGenerateMac(worker);

  const api = new appsync.GraphqlApi(stack, 'api', {
    name: 'Sample-dev-api',
    definition: appsync.Definition.fromFile(join(dir, 'schema.graphql')),
    authorizationConfig: {
      defaultAuthorization: {
        authorizationType: appsync.AuthorizationType.OIDC,
        openIdConnectConfig: { oidcProvider: 'https://admin.example/', clientId: '^admin$' },
      },
      additionalAuthorizationModes: [{ authorizationType: appsync.AuthorizationType.IAM }],
    },
    environmentVariables: { TABLE: table.tableName },
    introspectionConfig: appsync.IntrospectionConfig.ENABLED,
    queryDepthLimit: 10,
  });
  const things = api.addDynamoDbDataSource('things', table);
  const queue = api.addHttpDataSource('queues', `https://sqs.${stack.region}.amazonaws.com`, {
    authorizationConfig: { signingRegion: stack.region, signingServiceName: 'sqs' },
  });
  jobs.grantSendMessages(queue);
  const none = api.addNoneDataSource('none');
  const runtime = appsync.FunctionRuntime.JS_1_0_0;
  const step = new appsync.AppsyncFunction(stack, 'step', {
    api,
    name: 'step',
    dataSource: things,
    runtime,
    code: appsync.Code.fromAsset(join(dir, 'resolver.js')),
  });
  api.createResolver('thingResolver', {
    typeName: 'Query',
    fieldName: 'thing',
    runtime,
    code: appsync.Code.fromInline(resolverCode),
    pipelineConfig: [step],
  });
  none.createResolver('otherResolver', {
    typeName: 'Query',
    fieldName: 'other',
    runtime,
    code: appsync.Code.fromInline(resolverCode),
  });
  api.grantMutation(worker, 'publish');

  const topic = new sns.Topic(stack, 'alarms', { enforceSSL: true });
  const alarm = dead
    .metricApproximateNumberOfMessagesVisible()
    .createAlarm(stack, 'deadAlarm', { threshold: 1, evaluationPeriods: 1 });
  alarm.addAlarmAction(new actions.SnsAction(topic));
  new cloudwatch.Dashboard(stack, 'dashboard', {
    widgets: [[new cloudwatch.GraphWidget({ left: [jobs.metricNumberOfMessagesSent()] })]],
  });
  stack.exportValue(api.graphqlUrl, { name: 'GraphQLUrl' });

  app.synth({ skipValidation: true });
  return { dir: join(dir, 'cdk.out'), remove: () => rmSync(dir, { recursive: true, force: true }) };
}

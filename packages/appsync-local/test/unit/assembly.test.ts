import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAssembly } from '../../src/assembly/load.ts';
import { resolverCode, synthesizeSample } from './assemblyFixture.ts';
import type { Template, TemplateResource } from '../../src/assembly/cloudAssembly.ts';
import type { StackModel } from '../../src/model.ts';

let sample: ReturnType<typeof synthesizeSample>;

beforeAll(() => {
  sample = synthesizeSample();
});
afterAll(() => sample?.remove());

function load(change?: (template: Template) => void): StackModel {
  return loadAssembly({
    dir: sample.dir,
    gatewayUrl: 'http://127.0.0.1:4001',
    apiUrl: 'http://127.0.0.1:4000/graphql',
    realtimeUrl: 'ws://127.0.0.1:4000/graphql/realtime',
    region: 'us-east-1',
    accountId: '000000000000',
    transformTemplate: (template) => {
      change?.(template);
      return template;
    },
  });
}

/** The first resource of a type, for a test to spoil. */
function resource(template: Template, type: string, nth = 0): TemplateResource & { Properties: Record<string, any> } {
  const found = Object.values(template.Resources).filter((one) => one.Type === type)[nth];
  if (!found) throw new Error(`the sample has no ${type}`);
  return found as ReturnType<typeof resource>;
}

describe('loading a cloud assembly', () => {
  it('resolves names, ARNs and URLs', () => {
    const model = load();
    const [table] = model.tables;
    expect(table).toMatchObject({
      name: 'Sample-dev-things',
      arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Sample-dev-things',
      streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Sample-dev-things/stream/local',
      ttlAttribute: 'expiresAt',
    });
    expect(table?.createTable).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      GlobalSecondaryIndexes: [
        { IndexName: 'byOwner', Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['name'] } },
      ],
    });
    expect(model.functions[0]).toMatchObject({
      environment: {
        TABLE: 'Sample-dev-things',
        QUEUE_URL: 'http://127.0.0.1:4001/000000000000/Sample-dev-jobs',
        QUEUE_URL_PREFIX: 'http://127.0.0.1:4001/000000000000/Sample-dev-',
      },
      timeoutSeconds: 10,
      memoryMb: 256,
    });
    expect(model.outputs).toEqual({ ExportGraphQLUrl: 'http://127.0.0.1:4000/graphql' });
  });

  it('joins policies to their roles and queues', () => {
    const model = load();
    const role = model.roles.find((one) => one.arn === model.functions[0]?.roleArn);
    expect(role?.statements.flatMap((statement) => statement.actions)).toContain('dynamodb:GetRecords');
    const jobs = model.queues.find((queue) => queue.name === 'Sample-dev-jobs');
    expect(jobs?.policy).toMatchObject([
      { effect: 'Deny', principals: ['*'], conditions: { Bool: { 'aws:SecureTransport': ['false'] } } },
    ]);
    expect(JSON.parse(jobs?.attributes['RedrivePolicy'] ?? '')).toEqual({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:Sample-dev-jobsDlq',
      maxReceiveCount: 5,
    });
  });

  it('reads keys with their policies and aliases, under the same ids at every start', () => {
    const { keys, functions, roles } = load();
    const [key, macKey] = keys;
    expect(key).toMatchObject({
      arn: `arn:aws:kms:us-east-1:000000000000:key/${key?.id}`,
      aliases: ['alias/Sample-dev'],
      usage: 'ENCRYPT_DECRYPT',
      rotates: true,
      policy: [{ actions: ['kms:*'], principals: ['arn:aws:iam::000000000000:root'] }],
    });
    expect(macKey).toMatchObject({ spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC', aliases: [], rotates: false });
    expect(load().keys).toEqual(keys);
    expect(functions[0]?.environment['KEY']).toBe(key?.arn);
    const allowed = roles.find(({ arn }) => arn === functions[0]?.roleArn)?.statements;
    expect(allowed).toContainEqual(
      expect.objectContaining({ actions: expect.arrayContaining(['kms:Decrypt']), resources: [key?.arn] }),
    );
  });

  it("reads mappings with Lambda's defaults", () => {
    expect(load().mappings).toMatchObject([
      {
        kind: 'sqs',
        batchSize: 10,
        maximumConcurrency: 2,
        windowSeconds: 0,
        reportBatchItemFailures: true,
        enabled: true,
      },
      {
        kind: 'dynamodb',
        startingPosition: 'TRIM_HORIZON',
        batchSize: 100,
        maximumRetryAttempts: 3,
        maximumRecordAgeSeconds: -1,
        bisectOnError: true,
      },
    ]);
  });

  it('reads the API with its code, inline or from an asset, and points its data source at the gateway', () => {
    const { api } = load();
    expect(api.functions[0]?.code).toBe(resolverCode);
    expect(api.resolvers[0]).toMatchObject({
      kind: 'PIPELINE',
      functions: [api.functions[0]?.functionId],
      code: resolverCode,
    });
    expect(api.dataSources.find((source) => source.type === 'HTTP')).toMatchObject({
      endpoint: 'http://127.0.0.1:4001',
      signing: { region: 'us-east-1', service: 'sqs' },
    });
    expect(api.authModes).toEqual([
      { type: 'OPENID_CONNECT', oidc: { issuer: 'https://admin.example/', clientId: '^admin$' } },
      { type: 'AWS_IAM' },
    ]);
  });
});

describe('what the local stack does not know is refused by name', () => {
  const refusals: [what: string, change: (template: Template) => void, names: RegExp][] = [
    ['a resource type', (t) => (t.Resources['Bucket1'] = { Type: 'AWS::S3::Bucket' }), /^Bucket1 \(AWS::S3::Bucket\)/],
    [
      'a property',
      (t) => (resource(t, 'AWS::DynamoDB::Table').Properties['KinesisStreamSpecification'] = {}),
      /^things\w+ \(AWS::DynamoDB::Table\) Properties\.KinesisStreamSpecification/,
    ],
    [
      'a nested property',
      (t) => (resource(t, 'AWS::DynamoDB::Table').Properties['GlobalSecondaryIndexes'][0].Odd = 1),
      /Properties\.GlobalSecondaryIndexes\[0\]\.Odd/,
    ],
    [
      'an intrinsic',
      (t) => (resource(t, 'AWS::SQS::Queue').Properties['QueueName'] = { 'Fn::Select': [0, ['a']] }),
      /\(AWS::SQS::Queue\) Properties\.QueueName: the intrinsic Fn::Select/,
    ],
    [
      'a reference to nothing',
      (t) => (resource(t, 'AWS::Lambda::Function').Properties['Environment'].Variables.TABLE = { Ref: 'Nowhere' }),
      /Properties\.Environment\.Variables\.TABLE: Ref names Nowhere/,
    ],
    [
      'an attribute',
      (t) =>
        (resource(t, 'AWS::Lambda::Function').Properties['Role'] = {
          'Fn::GetAtt': [idOf(t, 'AWS::SQS::Queue'), 'Color'],
        }),
      /Properties\.Role: Fn::GetAtt asks for \w+\.Color/,
    ],
    [
      'a managed policy',
      (t) =>
        (resource(t, 'AWS::IAM::Role').Properties['ManagedPolicyArns'] = [
          'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
        ]),
      /ManagedPolicyArns: .*AWSLambdaBasicExecutionRole/,
    ],
    [
      'a condition operator',
      (t) => (statementOf(t).Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
      /Statement\[0\]\.Condition\.IpAddress/,
    ],
    [
      'a condition key',
      (t) => (statementOf(t).Condition = { StringEquals: { 'aws:username': 'x' } }),
      /Statement\[0\]\.Condition\.StringEquals\.aws:username/,
    ],
    ['NotAction', (t) => (statementOf(t).NotAction = 'x'), /Statement\[0\]\.NotAction/],
    [
      'an authorization mode',
      (t) => (resource(t, 'AWS::AppSync::GraphQLApi').Properties['AuthenticationType'] = 'API_KEY'),
      /Properties\.AuthenticationType: API_KEY/,
    ],
    [
      'an endpoint of another AWS service',
      (t) => (dataSourceOf(t, 'HTTP').Properties['HttpConfig'].Endpoint = 'https://events.us-east-1.amazonaws.com'),
      /HttpConfig\.Endpoint/,
    ],
    [
      'a runtime',
      (t) => (resource(t, 'AWS::Lambda::Function').Properties['Runtime'] = 'python3.13'),
      /Properties\.Runtime: python3\.13/,
    ],
    [
      'an asset that is not there',
      (t) => (resource(t, 'AWS::Lambda::Function').Properties['Code'].S3Key = 'gone.zip'),
      /Properties\.Code\.S3Key: gone\.zip/,
    ],
    ['a parameter', (t) => (t['Parameters'] = { Size: { Type: 'Number' } }), /parameter Size/],
    ['a dependency on nothing', (t) => (resource(t, 'AWS::SQS::Queue').DependsOn = 'Nowhere'), /DependsOn: Nowhere/],
  ];
  it.each(refusals)('%s', (_, change, names) => {
    expect(() => load(change)).toThrow(names);
  });
});

describe('what a deployment would refuse across resources', () => {
  const refusals: [what: string, change: (template: Template) => void, names: RegExp][] = [
    [
      'a mapping of a queue that is not there',
      (t) =>
        (resource(t, 'AWS::Lambda::EventSourceMapping').Properties['EventSourceArn'] = 'arn:aws:sqs:us-east-1:0:x'),
      /EventSourceArn: it is neither/,
    ],
    [
      'a role that Lambda may not assume',
      (t) =>
        (resource(t, 'AWS::IAM::Role').Properties['AssumeRolePolicyDocument'].Statement[0].Principal.Service =
          'ec2.amazonaws.com'),
      /does not trust lambda\.amazonaws\.com/,
    ],
    [
      'a pipeline with an unknown function',
      (t) => (resource(t, 'AWS::AppSync::Resolver').Properties['PipelineConfig'].Functions = ['x']),
      /PipelineConfig\.Functions: x/,
    ],
    [
      'an unknown data source',
      (t) => (resource(t, 'AWS::AppSync::Resolver', 1).Properties['DataSourceName'] = 'gone'),
      /there is no data source gone/,
    ],
    [
      'a key policy that nobody could change again',
      (t) => (resource(t, 'AWS::KMS::Key').Properties['KeyPolicy'].Statement[0].Action = 'kms:Decrypt'),
      /Properties\.KeyPolicy: nobody could change/,
    ],
    [
      'a rotating HMAC key',
      (t) => (resource(t, 'AWS::KMS::Key', 1).Properties['EnableKeyRotation'] = true),
      /Properties\.EnableKeyRotation: HMAC/,
    ],
    [
      'an alias of no key',
      (t) => (resource(t, 'AWS::KMS::Alias').Properties['TargetKeyId'] = 'gone'),
      /TargetKeyId: gone is not a key/,
    ],
    [
      'a dead-letter queue that is not there',
      (t) =>
        (resource(t, 'AWS::SQS::Queue', 1).Properties['RedrivePolicy'].deadLetterTargetArn =
          'arn:aws:sqs:us-east-1:0:x'),
      /deadLetterTargetArn/,
    ],
  ];
  it.each(refusals)('%s', (_, change, names) => {
    expect(() => load(change)).toThrow(names);
  });
});

function idOf(template: Template, type: string): string {
  return Object.entries(template.Resources).find(([, one]) => one.Type === type)?.[0] ?? '';
}

function statementOf(template: Template): Record<string, unknown> {
  return resource(template, 'AWS::IAM::Policy').Properties['PolicyDocument'].Statement[0];
}

function dataSourceOf(template: Template, type: string) {
  const found = Object.values(template.Resources).find(
    (one) => one.Type === 'AWS::AppSync::DataSource' && one.Properties?.['Type'] === type,
  );
  return found as ReturnType<typeof resource>;
}

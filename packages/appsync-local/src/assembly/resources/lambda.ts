import { existsSync, statSync } from 'node:fs';
import { localAddresses } from '../addresses.ts';
import type { MappingModel } from '../../model.ts';
import type { Draft, ReadResource, Resource } from '../draft.ts';
import type { PropertyReader } from '../reader.ts';

export const readFunction: ReadResource = (resource, draft) => {
  const { properties } = resource;
  properties.inert('FunctionName', 'Description', 'Architectures', 'TracingConfig', 'EphemeralStorage', 'Tags');
  const runtime = properties.string('Runtime');
  if (!runtime.startsWith('nodejs'))
    properties.fail('Runtime', `${runtime}: the local stack runs Node.js functions only`);
  const logging = properties.object('LoggingConfig');
  logging?.inert('LogFormat', 'ApplicationLogLevel', 'SystemLogLevel');
  const logGroup = logging?.optionalString('LogGroup');
  const recursiveLoop = properties.optionalString('RecursiveLoop') ?? 'Terminate';
  if (recursiveLoop !== 'Allow' && recursiveLoop !== 'Terminate')
    properties.fail('RecursiveLoop', `${recursiveLoop} is neither Allow nor Terminate`);
  const reservedConcurrency = properties.number('ReservedConcurrentExecutions');
  draft.functions.push({
    logicalId: resource.logicalId,
    name: resource.name,
    arn: resource.attribute('Arn'),
    roleArn: properties.string('Role'),
    codeDir: codeDir(properties, draft),
    handler: properties.string('Handler'),
    runtime,
    timeoutSeconds: properties.number('Timeout') ?? 3,
    memoryMb: properties.number('MemorySize') ?? 128,
    environment: localAddresses(properties.object('Environment')?.stringMap('Variables') ?? {}, draft.surroundings),
    recursiveLoop: recursiveLoop as 'Allow' | 'Terminate',
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    ...(logGroup === undefined ? {} : { logGroup }),
  });
};

function codeDir(properties: PropertyReader, draft: Draft): string {
  const code = properties.object('Code') ?? properties.fail('Code', 'is missing');
  code.inert('S3Bucket');
  const key = code.string('S3Key');
  const asset = draft.assets.get(key);
  if (!asset) return code.fail('S3Key', `${key} is not an asset of this assembly`);
  if (!existsSync(asset.path) || !statSync(asset.path).isDirectory())
    return code.fail('S3Key', `the asset ${asset.path} is not a folder`);
  return asset.path;
}

export const readEventSourceMapping: ReadResource = (resource, draft) => {
  const { properties } = resource;
  properties.inert('Tags');
  const source = properties.string('EventSourceArn');
  const service = source.split(':')[2];
  const common = {
    logicalId: resource.logicalId,
    functionArn: functionArn(resource, properties.string('FunctionName')),
    windowSeconds: properties.number('MaximumBatchingWindowInSeconds') ?? 0,
    reportBatchItemFailures: reportsItemFailures(properties),
    enabled: properties.boolean('Enabled') ?? true,
  };
  if (service !== 'sqs' && service !== 'dynamodb')
    properties.fail('EventSourceArn', `the local stack knows no event source of the service ${service}`);
  draft.mappings.push(
    service === 'sqs' ? sqsMapping(properties, common, source) : streamMapping(properties, common, source),
  );
};

type Common = Pick<MappingModel, 'logicalId' | 'functionArn' | 'windowSeconds' | 'reportBatchItemFailures' | 'enabled'>;

function sqsMapping(properties: PropertyReader, common: Common, queueArn: string): MappingModel {
  const maximumConcurrency = properties.object('ScalingConfig')?.number('MaximumConcurrency');
  const batchSize = properties.number('BatchSize') ?? 10;
  return {
    kind: 'sqs',
    ...common,
    queueArn,
    batchSize,
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
  };
}

function streamMapping(properties: PropertyReader, common: Common, streamArn: string): MappingModel {
  const startingPosition = properties.string('StartingPosition');
  if (startingPosition !== 'TRIM_HORIZON' && startingPosition !== 'LATEST') {
    return properties.fail('StartingPosition', `${startingPosition} is not a position of a DynamoDB stream`);
  }
  const onFailureArn = properties.object('DestinationConfig')?.object('OnFailure')?.string('Destination');
  const filters =
    properties
      .object('FilterCriteria')
      ?.objects('Filters')
      .map((filter) => filter.string('Pattern')) ?? [];
  return {
    kind: 'dynamodb',
    ...common,
    streamArn,
    startingPosition,
    batchSize: properties.number('BatchSize') ?? 100,
    parallelizationFactor: properties.number('ParallelizationFactor') ?? 1,
    bisectOnError: properties.boolean('BisectBatchOnFunctionError') ?? false,
    maximumRetryAttempts: properties.number('MaximumRetryAttempts') ?? -1,
    maximumRecordAgeSeconds: properties.number('MaximumRecordAgeInSeconds') ?? -1,
    ...(onFailureArn === undefined ? {} : { onFailureArn }),
    filters,
  };
}

/** FunctionName takes a name or an ARN. */
function functionArn(resource: Resource, nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : resource.arn('lambda', `function:${nameOrArn}`);
}

function reportsItemFailures(properties: PropertyReader): boolean {
  const types = properties.strings('FunctionResponseTypes');
  const unknown = types.find((type) => type !== 'ReportBatchItemFailures');
  if (unknown !== undefined) properties.fail('FunctionResponseTypes', `${unknown} is not a response type`);
  return types.length > 0;
}

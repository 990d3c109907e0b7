import { isObject } from '../reader.ts';
import type { PropertyReader } from '../reader.ts';
import type { ReadResource } from '../draft.ts';

/** AWS::DynamoDB::Table is nearly a CreateTable request. */
export const readTable: ReadResource = (resource, draft) => {
  const { properties } = resource;
  properties.inert(
    'TableName',
    'PointInTimeRecoverySpecification',
    'SSESpecification',
    'DeletionProtectionEnabled',
    'Tags',
    'TableClass',
  );
  properties.inert('ContributorInsightsSpecification', 'OnDemandThroughput', 'WarmThroughput');
  const createTable: Record<string, unknown> = {
    TableName: resource.name,
    KeySchema: keySchema(properties),
    AttributeDefinitions: properties.objects('AttributeDefinitions').map((attribute) => ({
      AttributeName: attribute.string('AttributeName'),
      AttributeType: attribute.string('AttributeType'),
    })),
    BillingMode: properties.optionalString('BillingMode') ?? 'PROVISIONED',
  };
  addThroughput(createTable, properties);
  for (const kind of ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes']) {
    const indexes = properties.objects(kind).map((index) => readIndex(index));
    if (indexes.length > 0) createTable[kind] = indexes;
  }
  const stream = properties.object('StreamSpecification');
  if (stream)
    createTable['StreamSpecification'] = { StreamEnabled: true, StreamViewType: stream.string('StreamViewType') };

  const ttl = properties.object('TimeToLiveSpecification');
  const ttlAttribute = ttl?.boolean('Enabled') === true ? ttl.string('AttributeName') : undefined;
  ttl?.inert('AttributeName');

  draft.tables.push({
    logicalId: resource.logicalId,
    name: resource.name,
    arn: resource.attribute('Arn'),
    ...(stream ? { streamArn: resource.attribute('StreamArn') } : {}),
    ...(ttlAttribute === undefined ? {} : { ttlAttribute }),
    createTable,
  });
};

function readIndex(index: PropertyReader): Record<string, unknown> {
  index.inert('ContributorInsightsSpecification', 'OnDemandThroughput', 'WarmThroughput');
  const projection = index.object('Projection');
  const nonKeyAttributes = projection?.strings('NonKeyAttributes') ?? [];
  const request: Record<string, unknown> = {
    IndexName: index.string('IndexName'),
    KeySchema: keySchema(index),
    Projection: {
      ProjectionType: projection?.string('ProjectionType'),
      ...(nonKeyAttributes.length > 0 ? { NonKeyAttributes: nonKeyAttributes } : {}),
    },
  };
  addThroughput(request, index);
  return request;
}

function keySchema(properties: PropertyReader) {
  return properties
    .objects('KeySchema')
    .map((key) => ({ AttributeName: key.string('AttributeName'), KeyType: key.string('KeyType') }));
}

function addThroughput(request: Record<string, unknown>, properties: PropertyReader): void {
  const throughput = properties.raw('ProvisionedThroughput');
  if (isObject(throughput)) request['ProvisionedThroughput'] = throughput;
}

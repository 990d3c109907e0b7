import { readFileSync } from 'node:fs';
import { localAddress, localAddresses } from '../addresses.ts';
import type { PropertyReader } from '../reader.ts';
import type { Draft, ReadResource, Resource } from '../draft.ts';
import type {
  AppSyncFunctionModel,
  AuthModeModel,
  DataSourceModel,
  GraphqlApiModel,
  ResolverModel,
} from '../../model.ts';

type Part<T> = T & { apiId: string; properties: PropertyReader };

/** The parts of GraphQL APIs, each with the id of its API. */
export interface ApiDraft {
  apis: (Omit<GraphqlApiModel, 'schema' | 'dataSources' | 'functions' | 'resolvers'> & {
    properties: PropertyReader;
  })[];
  schemas: Part<{ schema: string }>[];
  dataSources: Part<{ model: DataSourceModel }>[];
  functions: Part<{ model: AppSyncFunctionModel }>[];
  resolvers: Part<{ model: ResolverModel }>[];
}

export const readApi: ReadResource = (resource, draft) => {
  const { properties } = resource;
  properties.inert('Name', 'XrayEnabled', 'OwnerContact', 'Tags');
  for (const [name, only] of [
    ['Visibility', 'GLOBAL'],
    ['ApiType', 'GRAPHQL'],
  ] as const) {
    const value = properties.optionalString(name) ?? only;
    if (value !== only) properties.fail(name, `${value} is not supported by the local stack`);
  }
  const logging = properties.object('LogConfig');
  logging?.inert('ExcludeVerboseContent', 'FieldLogLevel');
  const logRoleArn = logging?.optionalString('CloudWatchLogsRoleArn');
  const api = {
    logicalId: resource.logicalId,
    apiId: resource.attribute('ApiId'),
    name: resource.name,
    arn: resource.attribute('Arn'),
    authModes: [properties, ...properties.objects('AdditionalAuthenticationProviders')].map(readAuthMode),
    environment: localAddresses(properties.stringMap('EnvironmentVariables'), draft.surroundings),
    introspection: (properties.optionalString('IntrospectionConfig') ?? 'ENABLED') === 'ENABLED',
    queryDepthLimit: properties.number('QueryDepthLimit') ?? 0,
    resolverCountLimit: properties.number('ResolverCountLimit') ?? 0,
    ...(logRoleArn === undefined ? {} : { logRoleArn }),
  };
  draft.apis.apis.push({ ...api, properties });
};

function readAuthMode(properties: PropertyReader): AuthModeModel {
  const type = properties.string('AuthenticationType');
  if (type === 'AWS_IAM') return { type };
  if (type !== 'OPENID_CONNECT')
    return properties.fail('AuthenticationType', `${type} is not supported by the local stack`);
  const oidc = properties.object('OpenIDConnectConfig') ?? properties.fail('OpenIDConnectConfig', 'is missing');
  const clientId = oidc.optionalString('ClientId');
  const authTtlMs = oidc.number('AuthTTL');
  const iatTtlMs = oidc.number('IatTTL');
  return {
    type,
    oidc: {
      issuer: oidc.string('Issuer'),
      ...(clientId === undefined ? {} : { clientId }),
      ...(authTtlMs === undefined ? {} : { authTtlMs }),
      ...(iatTtlMs === undefined ? {} : { iatTtlMs }),
    },
  };
}

export const readSchema: ReadResource = ({ properties }, draft) => {
  const schema = properties.optionalString('Definition') ?? assetText(properties, 'DefinitionS3Location', draft);
  draft.apis.schemas.push({ apiId: properties.string('ApiId'), properties, schema });
};

export const readDataSource: ReadResource = (resource, draft) => {
  const { properties } = resource;
  properties.inert('Name', 'Description', 'MetricsConfig');
  draft.apis.dataSources.push({
    apiId: properties.string('ApiId'),
    properties,
    model: dataSourceModel(resource, draft),
  });
};

function dataSourceModel({ name, properties }: Resource, draft: Draft): DataSourceModel {
  const type = properties.string('Type');
  const roleArn = properties.optionalString('ServiceRoleArn');
  const requiredRole = () => roleArn ?? properties.fail('ServiceRoleArn', 'is missing');
  switch (type) {
    case 'AMAZON_DYNAMODB': {
      const config = properties.object('DynamoDBConfig') ?? properties.fail('DynamoDBConfig', 'is missing');
      config.inert('AwsRegion');
      for (const flag of ['UseCallerCredentials', 'Versioned']) {
        if (config.boolean(flag) === true) config.fail(flag, 'is not supported by the local stack');
      }
      return { name, type, tableName: config.string('TableName'), roleArn: requiredRole() };
    }
    case 'HTTP': {
      const config = properties.object('HttpConfig') ?? properties.fail('HttpConfig', 'is missing');
      const authorization = config.object('AuthorizationConfig');
      authorization?.inert('AuthorizationType');
      const iam = authorization?.object('AwsIamConfig');
      const endpoint = localAddress(config.string('Endpoint'), draft.surroundings);
      if (new URL(endpoint).host.endsWith('.amazonaws.com'))
        config.fail('Endpoint', `${endpoint} is not served by the local stack`);
      return {
        name,
        type,
        endpoint,
        ...(iam ? { signing: { region: iam.string('SigningRegion'), service: iam.string('SigningServiceName') } } : {}),
        ...(roleArn === undefined ? {} : { roleArn }),
      };
    }
    case 'AWS_LAMBDA': {
      const config = properties.object('LambdaConfig') ?? properties.fail('LambdaConfig', 'is missing');
      return { name, type, functionArn: config.string('LambdaFunctionArn'), roleArn: requiredRole() };
    }
    case 'NONE':
      return { name, type };
    default:
      return properties.fail('Type', `${type} is not supported by the local stack`);
  }
}

export const readAppSyncFunction: ReadResource = (resource, draft) => {
  const { properties } = resource;
  properties.inert('Name', 'Description');
  const version = properties.optionalString('FunctionVersion') ?? '2018-05-29';
  if (version !== '2018-05-29')
    properties.fail('FunctionVersion', `${version} is not a version of JavaScript functions`);
  draft.apis.functions.push({
    apiId: properties.string('ApiId'),
    properties,
    model: {
      logicalId: resource.logicalId,
      functionId: resource.attribute('FunctionId'),
      name: resource.name,
      dataSource: properties.string('DataSourceName'),
      ...readCode(properties, draft),
    },
  });
};

export const readResolver: ReadResource = (resource, draft) => {
  const { properties } = resource;
  properties.inert('MetricsConfig');
  const kind = properties.optionalString('Kind') ?? 'UNIT';
  if (kind !== 'UNIT' && kind !== 'PIPELINE') return properties.fail('Kind', 'must be UNIT or PIPELINE');
  const dataSource = properties.optionalString('DataSourceName');
  if (kind === 'PIPELINE' && dataSource !== undefined)
    properties.fail('DataSourceName', 'a pipeline resolver has no data source of its own');
  if (kind === 'UNIT' && dataSource === undefined) properties.fail('DataSourceName', 'is missing');
  draft.apis.resolvers.push({
    apiId: properties.string('ApiId'),
    properties,
    model: {
      logicalId: resource.logicalId,
      typeName: properties.string('TypeName'),
      fieldName: properties.string('FieldName'),
      kind,
      ...(dataSource === undefined ? {} : { dataSource }),
      functions: properties.object('PipelineConfig')?.strings('Functions') ?? [],
      ...readCode(properties, draft),
    },
  });
};

function readCode(properties: PropertyReader, draft: Draft): { code: string; maxBatchSize?: number } {
  const runtime =
    properties.object('Runtime') ??
    properties.fail('Runtime', 'is missing: the local stack runs JavaScript resolvers only');
  const name = runtime.string('Name');
  if (name !== 'APPSYNC_JS') runtime.fail('Name', `${name} is not a runtime`);
  const version = runtime.string('RuntimeVersion');
  if (version !== '1.0.0') runtime.fail('RuntimeVersion', `${version} is not supported by the local stack`);
  const code = properties.optionalString('Code') ?? assetText(properties, 'CodeS3Location', draft);
  const maxBatchSize = properties.number('MaxBatchSize');
  return { code, ...(maxBatchSize === undefined ? {} : { maxBatchSize }) };
}

/** The text behind `s3://<bucket>/<object key>`, from the assembly's assets. */
function assetText(properties: PropertyReader, name: string, draft: Draft): string {
  const location = properties.string(name);
  const key = /^s3:\/\/[^/]+\/(.+)$/.exec(location)?.[1] ?? properties.fail(name, `${location} is not an S3 location`);
  const asset = draft.assets.get(key) ?? properties.fail(name, `${key} is not an asset of this assembly`);
  return readFileSync(asset.path, 'utf8');
}

/** Joins the parts of the one API; refuses what points nowhere. */
export function assembleApi(draft: ApiDraft): GraphqlApiModel {
  const [api, second] = draft.apis;
  if (!api) throw new Error('the template has no AWS::AppSync::GraphQLApi');
  if (second) second.properties.fail('Name', 'the local stack serves one GraphQL API');
  for (const part of [...draft.schemas, ...draft.dataSources, ...draft.functions, ...draft.resolvers]) {
    if (part.apiId !== api.apiId) part.properties.fail('ApiId', `${part.apiId} is not the API of this template`);
  }
  const [schema] = draft.schemas;
  if (!schema) return api.properties.fail('ApiId', 'the API has no AWS::AppSync::GraphQLSchema');

  const sources = new Set(draft.dataSources.map(({ model }) => model.name));
  const functions = new Set(draft.functions.map(({ model }) => model.functionId));
  for (const { model, properties } of [...draft.functions, ...draft.resolvers]) {
    if (model.dataSource !== undefined && !sources.has(model.dataSource))
      properties.fail('DataSourceName', `there is no data source ${model.dataSource}`);
  }
  for (const { model, properties } of draft.resolvers) {
    const unknown = model.functions.find((id) => !functions.has(id));
    if (unknown !== undefined) properties.fail('PipelineConfig.Functions', `${unknown} is not a function of this API`);
  }
  const { properties: _, ...known } = api;
  return {
    ...known,
    schema: schema.schema,
    dataSources: draft.dataSources.map(({ model }) => model),
    functions: draft.functions.map(({ model }) => model),
    resolvers: draft.resolvers.map(({ model }) => model),
  };
}

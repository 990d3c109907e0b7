/** The data sources of an API, from the template's. */
import type {
  DataSourceModel,
  FunctionInvoker,
  GatewayRoles,
  GraphqlApiModel,
  LocalIam,
  RoleModel,
} from '../../model.ts';
import type { DataSource } from './dataSource.ts';
import { createDynamoDbDataSource } from './dynamodb.ts';
import { createHttpDataSource } from './http.ts';
import { createLambdaDataSource } from './lambda.ts';
import { noneDataSource } from './none.ts';

export interface DataSourceOptions {
  iam: LocalIam;
  roles: RoleModel[];
  invoker: FunctionInvoker;
  gateway: GatewayRoles;
  /** The gateway's URL, for data sources that call by address. */
  endpoint: string;
  region: string;
  log?: (line: string) => void;
}

const service = 'appsync.amazonaws.com';

/** By name. Throws when a role is missing or does not trust AppSync, or an endpoint is not available here. */
export function createDataSources(api: GraphqlApiModel, options: DataSourceOptions): Map<string, DataSource> {
  return new Map(api.dataSources.map((model) => [model.name, createDataSource(model, options)]));
}

function createDataSource(
  model: DataSourceModel,
  { iam, roles, invoker, gateway, endpoint, region, log }: DataSourceOptions,
): DataSource {
  function roleOf(arn: string | undefined): RoleModel {
    const role = roles.find((one) => one.arn === arn);
    if (!role) throw new Error(`BadRequestException: the data source ${model.name} has no role ${arn ?? ''}`);
    if (!role.trustedServices.includes(service))
      throw new Error(
        `BadRequestException: the role ${role.name} of the data source ${model.name} cannot be assumed by ${service}`,
      );
    return role;
  }

  switch (model.type) {
    case 'AMAZON_DYNAMODB':
      return createDynamoDbDataSource(model.tableName, gateway(roleOf(model.roleArn).arn));
    case 'HTTP': {
      const { name, signing } = model;
      const arn = signing && roleOf(model.roleArn).arn;
      return createHttpDataSource({
        name,
        endpoint: model.endpoint,
        ...(arn === undefined
          ? {}
          : { signing: { ...signing!, credentials: iam.credentialsFor(arn), calls: gateway(arn) } }),
        gateway: endpoint,
        region,
      });
    }
    case 'AWS_LAMBDA': {
      const role = roleOf(model.roleArn);
      const { functionArn } = model;
      return createLambdaDataSource({
        functionArn,
        roleArn: role.arn,
        isAllowed: () => iam.isAllowed({ kind: 'role', role }, 'lambda:InvokeFunction', functionArn),
        invoker,
        log,
      });
    }
    case 'NONE':
      return noneDataSource;
  }
}

import type { Stack } from 'aws-cdk-lib';
import { CfnDataSource, type CfnDataSourceProps } from 'aws-cdk-lib/aws-appsync';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { aggregateNames, aggregates } from '../../domain/operations.ts';
import type { Api } from './api.ts';
import { serviceRole } from '../compute/functions.ts';
import { dataSourceGrants, type Resources } from '../compute/grants.ts';

/** What resolvers may talk to, by the name that the manifest uses. Each has a role of its own. */
export type DataSources = Record<string, CfnDataSource>;

export const createDataSources = (
  stack: Stack,
  { api }: Api,
  resources: Resources,
  { history, pipeline }: Record<'history' | 'pipeline', IFunction>,
): DataSources => {
  const { tables } = resources;
  const tableSource = ({ tableName }: Table) => ({
    type: 'AMAZON_DYNAMODB',
    dynamoDbConfig: { awsRegion: stack.region, tableName },
  });
  const sources: Record<string, Pick<CfnDataSourceProps, 'type' | 'httpConfig' | 'dynamoDbConfig' | 'lambdaConfig'>> = {
    Sqs: {
      type: 'HTTP',
      httpConfig: {
        endpoint: `https://sqs.${stack.region}.amazonaws.com`,
        authorizationConfig: {
          authorizationType: 'AWS_IAM',
          awsIamConfig: { signingRegion: stack.region, signingServiceName: 'sqs' },
        },
      },
    },
    EventStore: tableSource(tables.eventStore),
    CommandOutcome: tableSource(tables.commandOutcome),
    Recovery: tableSource(tables.recovery),
    Directory: tableSource(tables.directory),
    Quota: tableSource(tables.quota),
    ...Object.fromEntries(aggregateNames.map((name) => [aggregates[name].typeName, tableSource(tables.views[name])])),
    History: { type: 'AWS_LAMBDA', lambdaConfig: { lambdaFunctionArn: history.functionArn } },
    Pipeline: { type: 'AWS_LAMBDA', lambdaConfig: { lambdaFunctionArn: pipeline.functionArn } },
    None: { type: 'NONE' },
  };
  const grants = dataSourceGrants(resources, {
    history: history.functionArn,
    pipeline: pipeline.functionArn,
  });
  return Object.fromEntries(
    Object.entries(sources).map(([name, source]) => {
      const statements = grants[name];
      const role =
        statements &&
        serviceRole(stack, `${name}DataSourceRole`, 'appsync.amazonaws.com', statements, { source: api.attrArn });
      return [
        name,
        new CfnDataSource(stack, `${name}DataSource`, {
          apiId: api.attrApiId,
          name,
          ...source,
          ...(role && { serviceRoleArn: role.roleArn }),
        }),
      ];
    }),
  );
};

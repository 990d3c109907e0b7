import type { Stack } from 'aws-cdk-lib';
import { CfnFunctionConfiguration, CfnResolver } from 'aws-cdk-lib/aws-appsync';
import { type PipelineFunction, resolvers } from '../../resolvers/manifest.ts';
import type { Api } from './api.ts';
import type { DataSources } from './dataSources.ts';
import type { ResolverBundles } from './resolverBundles.ts';

const runtime = { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' };

/** The resolvers that the manifest lists, with their code in the template itself, where its changes can be read. */
export const createResolvers = (
  stack: Stack,
  { api, schema }: Api,
  dataSources: DataSources,
  bundles: ResolverBundles,
): void => {
  const sourceOf = (name: string) => known(dataSources, name, 'data source');
  const codeOf = (name: string) => known(bundles, name, 'resolver code');
  const functions: Record<string, CfnFunctionConfiguration> = {};

  const functionOf = ({ name, dataSource, code }: PipelineFunction): CfnFunctionConfiguration => {
    const source = sourceOf(dataSource);
    const create = () => {
      const created = new CfnFunctionConfiguration(stack, `${name}Step`, {
        apiId: api.attrApiId,
        name,
        dataSourceName: source.name,
        runtime,
        code: codeOf(code),
      });
      created.addResourceDependency(source);
      // AppSync changes one thing at a time: beside a schema that is being made, it refuses.
      created.addResourceDependency(schema);
      return created;
    };
    return (functions[name] ??= create());
  };

  for (const { typeName, fieldName, code, dataSource, functions: steps } of resolvers) {
    const source = dataSource === undefined ? undefined : sourceOf(dataSource);
    const behind = (steps ?? []).map(functionOf);
    const resolver = new CfnResolver(stack, `${typeName}${fieldName}Resolver`, {
      apiId: api.attrApiId,
      typeName,
      fieldName,
      runtime,
      code: codeOf(code),
      ...(steps
        ? { kind: 'PIPELINE', pipelineConfig: { functions: behind.map(({ attrFunctionId }) => attrFunctionId) } }
        : { kind: 'UNIT', dataSourceName: source?.name }),
    });
    // The functions it refers to, CloudFormation sees by itself; and these wait for the schema.
    const untold = behind.length > 0 ? [] : [schema];
    for (const needed of [...untold, ...(source ? [source] : [])]) resolver.addResourceDependency(needed);
  }
};

const known = <Value>(values: Record<string, Value>, name: string, kind: string): Value => {
  const value = values[name];
  if (value === undefined) throw new Error(`The resolvers' manifest names a ${kind} that does not exist: ${name}`);
  return value;
};

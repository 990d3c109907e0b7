/** Resolvers as the template describes them, ready to run. Refuses what the service would refuse at creation. */
import type { GraphQLSchema } from 'graphql';
import { isObjectType } from 'graphql';
import type { GraphqlApiModel, ResolverModel } from '../../model.ts';
import type { DataSource } from '../datasources/dataSource.ts';
import type { Evaluator } from './evaluate.ts';
import type { ResolverPlan, Step } from './resolve.ts';

const maximumFunctions = 10;

/** Plans by type name, then field name. Throws ResolverCodeError, or an Error that names resource and reason. */
export function planResolvers(
  api: GraphqlApiModel,
  schema: GraphQLSchema,
  evaluator: Evaluator,
  dataSources: Map<string, DataSource>,
): Map<string, Map<string, ResolverPlan>> {
  const steps = new Map(
    api.functions.map((model) => {
      const site = { owner: `${api.apiId}/functions/${model.functionId}`, maxBatchSize: model.maxBatchSize };
      const step: Step = {
        code: evaluator.load(model.logicalId, model.code),
        dataSource: dataSourceOf(model.dataSource, model.logicalId),
        site,
      };
      return [model.functionId, step] as const;
    }),
  );

  function dataSourceOf(name: string | undefined, owner: string): DataSource {
    const dataSource = name === undefined ? undefined : dataSources.get(name);
    if (!dataSource) throw new Error(`NotFoundException: ${owner}: no data source ${name ?? 'given'}`);
    return dataSource;
  }

  function planOf(model: ResolverModel): ResolverPlan {
    const code = evaluator.load(model.logicalId, model.code);
    if (model.kind === 'UNIT') {
      const site = {
        owner: `${api.apiId}/types/${model.typeName}/resolvers/${model.fieldName}`,
        maxBatchSize: model.maxBatchSize,
      };
      return { kind: 'UNIT', step: { code, dataSource: dataSourceOf(model.dataSource, model.logicalId), site } };
    }
    if (model.dataSource !== undefined)
      throw new Error(`BadRequestException: ${model.logicalId}: a pipeline resolver has no data source of its own`);
    if (model.functions.length > maximumFunctions)
      throw new Error(`BadRequestException: ${model.logicalId}: a pipeline has at most ${maximumFunctions} functions`);
    const found = model.functions.map((id) => {
      const step = steps.get(id);
      if (!step) throw new Error(`NotFoundException: ${model.logicalId}: no function ${id}`);
      return step;
    });
    return { kind: 'PIPELINE', code, steps: found };
  }

  const plans = new Map<string, Map<string, ResolverPlan>>();
  for (const model of api.resolvers) {
    const type = schema.getType(model.typeName);
    if (!isObjectType(type) || !type.getFields()[model.fieldName])
      throw new Error(
        `NotFoundException: ${model.logicalId}: no field named ${model.fieldName} found on type ${model.typeName}`,
      );
    const fields = plans.get(model.typeName) ?? new Map<string, ResolverPlan>();
    if (fields.has(model.fieldName))
      throw new Error(
        `BadRequestException: ${model.logicalId}: only one resolver is allowed per field (${model.typeName}.${model.fieldName})`,
      );
    plans.set(model.typeName, fields.set(model.fieldName, planOf(model)));
  }
  return plans;
}

import { AssemblyError } from './error.ts';
import type { Template } from './cloudAssembly.ts';
import type { QueueModel, StackModel } from '../model.ts';

/**
 * What a deployment checks across resources: roles, sources and targets. What it checks when it creates a mapping
 * (grants, time-outs) is checked where mappings are started.
 */
export function checkRules(model: StackModel, template: Template): void {
  const fail = (logicalId: string, property: string, problem: string): never => {
    throw new AssemblyError(
      { logicalId, type: template.Resources[logicalId]?.Type ?? 'Output' },
      `Properties.${property}`,
      problem,
    );
  };
  const queues = new Set(model.queues.map((queue) => queue.arn));
  const functions = new Set(model.functions.map((one) => one.arn));
  const streams = new Set(model.tables.map((table) => table.streamArn));
  const roles = new Map(model.roles.map((role) => [role.arn, role]));

  const requireRole = (logicalId: string, property: string, arn: string, service: string) => {
    const role = roles.get(arn) ?? fail(logicalId, property, `${arn} is not a role of this template`);
    if (!role.trustedServices.includes(service))
      fail(logicalId, property, `the role ${role.logicalId} does not trust ${service}`);
  };
  for (const one of model.functions) requireRole(one.logicalId, 'Role', one.roleArn, 'lambda.amazonaws.com');
  for (const source of model.api.dataSources) {
    const logicalId = logicalIdOf(template, 'AWS::AppSync::DataSource', source.name);
    if (source.type !== 'NONE' && source.roleArn !== undefined)
      requireRole(logicalId, 'ServiceRoleArn', source.roleArn, 'appsync.amazonaws.com');
    if (source.type === 'AWS_LAMBDA' && !functions.has(source.functionArn)) {
      fail(logicalId, 'LambdaConfig.LambdaFunctionArn', `${source.functionArn} is not a function of this template`);
    }
    if (source.type === 'AMAZON_DYNAMODB' && !model.tables.some((table) => table.name === source.tableName)) {
      fail(logicalId, 'DynamoDBConfig.TableName', `${source.tableName} is not a table of this template`);
    }
  }
  if (model.api.logRoleArn !== undefined)
    requireRole(model.api.logicalId, 'LogConfig.CloudWatchLogsRoleArn', model.api.logRoleArn, 'appsync.amazonaws.com');

  for (const queue of model.queues) {
    const target = deadLetterTarget(queue);
    if (target !== undefined && !queues.has(target))
      fail(queue.logicalId, 'RedrivePolicy.deadLetterTargetArn', `${target} is not a queue of this template`);
  }

  for (const mapping of model.mappings) {
    if (!functions.has(mapping.functionArn))
      fail(mapping.logicalId, 'FunctionName', `${mapping.functionArn} is not a function of this template`);
    const known = mapping.kind === 'sqs' ? queues.has(mapping.queueArn) : streams.has(mapping.streamArn);
    if (!known)
      fail(mapping.logicalId, 'EventSourceArn', 'it is neither a queue nor the stream of a table of this template');
  }
}

function deadLetterTarget(queue: QueueModel): string | undefined {
  const policy = queue.attributes['RedrivePolicy'];
  return policy === undefined ? undefined : (JSON.parse(policy) as { deadLetterTargetArn: string }).deadLetterTargetArn;
}

function logicalIdOf(template: Template, type: string, name: string): string {
  const found = Object.entries(template.Resources).find(
    ([, resource]) => resource.Type === type && resource.Properties?.['Name'] === name,
  );
  return found?.[0] ?? name;
}

import { AssemblyError } from './error.ts';
import {
  assembleApi,
  readApi,
  readAppSyncFunction,
  readDataSource,
  readResolver,
  readSchema,
} from './resources/appsync.ts';
import { readCloudAssembly } from './cloudAssembly.ts';
import { readTable } from './resources/dynamodb.ts';
import { readAlias, readKey } from './resources/kms.ts';
import { readPolicy, readRole } from './resources/iam.ts';
import { inertResources } from './resources/inert.ts';
import { IntrinsicResolver } from './intrinsics.ts';
import { readEventSourceMapping, readFunction } from './resources/lambda.ts';
import { identities } from './naming.ts';
import { PropertyReader, isObject } from './reader.ts';
import { checkRules } from './rules.ts';
import { readQueue, readQueuePolicy } from './resources/sqs.ts';
import type { CloudAssembly, Template, TemplateResource } from './cloudAssembly.ts';
import type { Draft, ReadResource } from './draft.ts';
import type { Surroundings } from './naming.ts';
import type { StackModel } from '../model.ts';

export { AssemblyError } from './error.ts';

const readers: Record<string, ReadResource> = {
  ...inertResources,
  'AWS::DynamoDB::Table': readTable,
  'AWS::SQS::Queue': readQueue,
  'AWS::SQS::QueuePolicy': readQueuePolicy,
  'AWS::KMS::Key': readKey,
  'AWS::KMS::Alias': readAlias,
  'AWS::Lambda::Function': readFunction,
  'AWS::Lambda::EventSourceMapping': readEventSourceMapping,
  'AWS::IAM::Role': readRole,
  'AWS::IAM::Policy': readPolicy,
  'AWS::AppSync::GraphQLApi': readApi,
  'AWS::AppSync::GraphQLSchema': readSchema,
  'AWS::AppSync::DataSource': readDataSource,
  'AWS::AppSync::FunctionConfiguration': readAppSyncFunction,
  'AWS::AppSync::Resolver': readResolver,
};

const knownSections = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Resources',
  'Outputs',
  'Rules',
  'Parameters',
]);
const knownAttributes = new Set([
  'Type',
  'Properties',
  'DependsOn',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'Metadata',
]);

export interface LoadOptions {
  /** The folder that `cdk synth` wrote. */
  dir: string;
  /** Needed if the assembly holds several stacks. */
  stackName?: string;
  /** Where DynamoDB, SQS and KMS are served. */
  gatewayUrl: string;
  /** The GraphQL endpoint, e.g. `http://127.0.0.1:4000/graphql`. */
  apiUrl: string;
  realtimeUrl: string;
  region: string;
  accountId: string;
  /** Changes the template before it is read; for tests. */
  transformTemplate?: (template: Template) => Template;
}

/**
 * Reads a cloud assembly into a model with every name, ARN and URL resolved.
 *
 * @throws AssemblyError naming the resource and property that is unknown, unresolvable or would be refused at
 * deployment
 */
export function loadAssembly(options: LoadOptions): StackModel {
  const assembly = readCloudAssembly(options.dir, options.stackName);
  const template = options.transformTemplate?.(assembly.template) ?? assembly.template;
  return loadTemplate({ ...assembly, template }, options);
}

/** As `loadAssembly`, from a template in memory. */
export function loadTemplate(assembly: CloudAssembly, options: Omit<LoadOptions, 'dir'>): StackModel {
  const { stackName, template } = assembly;
  checkSections(template);
  const surroundings: Surroundings = { ...options, stackName, partition: 'aws' };
  const resolver = new IntrinsicResolver(template.Resources, surroundings);
  const draft: Draft = {
    surroundings,
    assets: assembly.assets,
    roles: [],
    tables: [],
    queues: [],
    keys: [],
    functions: [],
    mappings: [],
    attachedPolicies: [],
    queuePolicies: [],
    keyAliases: [],
    apis: { apis: [], schemas: [], dataSources: [], functions: [], resolvers: [] },
  };
  for (const [logicalId, resource] of Object.entries(template.Resources))
    readResource(logicalId, resource, resolver, draft);
  attach(draft);

  const model: StackModel = {
    stackName,
    region: options.region,
    accountId: options.accountId,
    partition: surroundings.partition,
    roles: draft.roles,
    tables: draft.tables,
    queues: draft.queues,
    keys: draft.keys,
    functions: draft.functions,
    mappings: draft.mappings,
    api: assembleApi(draft.apis),
    outputs: readOutputs(template, resolver),
  };
  checkRules(model, template);
  return model;
}

function checkSections(template: Template): void {
  const unknown = Object.keys(template).find((section) => !knownSections.has(section));
  if (unknown !== undefined) throw new Error(`the template's section ${unknown} is not supported by the local stack`);
  // The bootstrap version parameter is only checked by a rule at deployment; any other parameter has a meaning.
  const parameter = Object.keys((template['Parameters'] ?? {}) as object).find((name) => name !== 'BootstrapVersion');
  if (parameter !== undefined)
    throw new Error(`the template's parameter ${parameter} is not supported by the local stack`);
}

function readResource(logicalId: string, resource: TemplateResource, resolver: IntrinsicResolver, draft: Draft): void {
  const place = { logicalId, type: resource.Type };
  const read = readers[resource.Type];
  if (!read || !identities[resource.Type])
    throw new AssemblyError(place, 'Type', 'this resource type is not supported by the local stack');
  for (const attribute of Object.keys(resource)) {
    if (!knownAttributes.has(attribute))
      throw new AssemblyError(place, attribute, 'this resource attribute is not supported by the local stack');
  }
  for (const dependency of [resource.DependsOn ?? []].flat()) {
    if (!resolver.resources[dependency]) throw new AssemblyError(place, 'DependsOn', `${dependency} is not a resource`);
  }
  const resolved = resolver.resolve(resource.Properties ?? {}, place, 'Properties');
  const properties = new PropertyReader(place, isObject(resolved) ? resolved : {});
  const { partition, region, accountId } = draft.surroundings;
  read(
    {
      ...place,
      name: resolver.physicalName(logicalId),
      arn: (service, tail) => `arn:${partition}:${service}:${region}:${accountId}:${tail}`,
      properties,
      attribute: (name) => String(resolver.resolve({ 'Fn::GetAtt': [logicalId, name] }, place, 'Properties')),
      ref: () => String(resolver.resolve({ Ref: logicalId }, place, 'Properties')),
    },
    draft,
  );
  properties.finish();
}

/** Joins what stands in resources of its own to the role, queue or key that it is about. */
function attach(draft: Draft): void {
  for (const { properties, roleNames, statements } of draft.attachedPolicies) {
    for (const name of roleNames) {
      const role =
        draft.roles.find((one) => one.name === name) ??
        properties.fail('Roles', `${name} is not a role of this template`);
      role.statements.push(...statements);
    }
  }
  for (const { properties, queueUrls, statements } of draft.queuePolicies) {
    for (const url of queueUrls) {
      const queue =
        draft.queues.find((one) => one.url === url) ??
        properties.fail('Queues', `${url} is not a queue of this template`);
      queue.policy.push(...statements);
    }
  }
  for (const { properties, name, target } of draft.keyAliases) {
    const key =
      draft.keys.find(({ id, arn }) => id === target || arn === target) ??
      properties.fail('TargetKeyId', `${target} is not a key of this template`);
    key.aliases.push(name);
  }
}

function readOutputs(template: Template, resolver: IntrinsicResolver): Record<string, string> {
  return Object.fromEntries(
    Object.entries(template.Outputs ?? {}).map(([name, output]) => [
      name,
      String(resolver.resolve(output.Value, { logicalId: name, type: 'Output' }, 'Value')),
    ]),
  );
}

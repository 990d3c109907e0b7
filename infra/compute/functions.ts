import type { Stack } from 'aws-cdk-lib';
import { type IRole, type PolicyStatement, PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, type RecursiveLoop, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { join } from 'node:path';
import { functionLogGrants } from './grants.ts';
import { logRetention, removalPolicy } from '../storage/lifetime.ts';
import type { StageContext } from '../stage.ts';
import { type FunctionName, timeouts } from '../queues/timeouts.ts';

export interface FunctionSpecification {
  description: string;
  /** Its whole configuration: each function is told of nothing that it does not use. */
  environment: Record<string, string>;
  grants: PolicyStatement[];
  /** Whether it may send to the queue that triggers it; unless allowed, Lambda cuts such a chain after 16 hops. */
  recursiveLoop?: RecursiveLoop;
}

export const logGroupNameOf = (stackName: string, name: FunctionName): string => `/aws/lambda/${stackName}-${name}`;

/**
 * Known beforehand, as the API has to know the roles that publish, and they the API. Names of roles are one for all
 * regions.
 */
const roleNameOf = ({ region }: Stack, stackName: string, name: FunctionName): string =>
  `${stackName}-${region}-${name}`;

/** As whom the functions that publish sign their requests: ARNs of sessions, without the session. */
export const publishersOf = (stack: Stack, stackName: string): string[] =>
  (['command', 'execute', 'recovery'] as const).map(
    (name) => `arn:${stack.partition}:sts::${stack.account}:assumed-role/${roleNameOf(stack, stackName, name)}`,
  );

export const createFunction = (
  { stack, config, bundles }: StageContext,
  name: FunctionName,
  { description, environment, grants, recursiveLoop }: FunctionSpecification,
): Function => {
  const logGroup = new LogGroup(stack, `${name}Logs`, {
    logGroupName: logGroupNameOf(config.stackName, name),
    retention: logRetention(config),
    removalPolicy: removalPolicy(config),
  });
  return new Function(stack, `${name}Function`, {
    functionName: `${config.stackName}-${name}`,
    description,
    code: Code.fromAsset(join(bundles.directory, name)),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: 512,
    timeout: timeouts[name],
    ...(recursiveLoop && { recursiveLoop }),
    logGroup,
    role: serviceRole(stack, `${name}Role`, 'lambda.amazonaws.com', [...grants, ...functionLogGrants(logGroup)], {
      roleName: roleNameOf(stack, config.stackName, name),
    }),
    environment: {
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: config.stackName,
      POWERTOOLS_LOG_LEVEL: 'INFO',
      ...environment,
    },
  });
};

/**
 * A role with the given statements and nothing else: no construct can add to it on the quiet.
 * @param source ARN of what the service acts for, with AppSync the API; the account is this one in any case, so that
 * nobody else can have the service use the role
 */
export const serviceRole = (
  stack: Stack,
  id: string,
  service: string,
  statements: PolicyStatement[],
  { source, roleName }: { source?: string; roleName?: string } = {},
): IRole =>
  new Role(stack, id, {
    roleName,
    assumedBy: new ServicePrincipal(service, {
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ...(source && { ArnLike: { 'aws:SourceArn': [source, `${source}/*`] } }),
      },
    }),
    inlinePolicies: { grants: new PolicyDocument({ statements }) },
  }).withoutPolicyUpdates();

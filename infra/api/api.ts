import type { Stack } from 'aws-cdk-lib';
import { CfnGraphQLApi, CfnGraphQLSchema } from 'aws-cdk-lib/aws-appsync';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { providersOf } from './authentication.ts';
import type { Config } from '../config.ts';
import { deployedSchema } from './schema.ts';
import { publishersOf } from '../compute/functions.ts';
import { apiLogGrants } from '../compute/grants.ts';
import { logRetention, removalPolicy } from '../storage/lifetime.ts';
import { queueUrlPrefix, type Queues } from '../queues/queues.ts';
import type { Tables } from '../storage/tables.ts';

export interface Api {
  api: CfnGraphQLApi;
  schema: CfnGraphQLSchema;
}

export const createApi = (stack: Stack, config: Config, tables: Tables, queues: Queues): Api => {
  const [defaultProvider, ...additionalProviders] = providersOf(config);
  const logRole = new Role(stack, 'apiLogRole', {
    // Of the account alone: the API, which it could name, needs the role first.
    assumedBy: new ServicePrincipal('appsync.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  });
  const api = new CfnGraphQLApi(stack, 'api', {
    name: config.stackName,
    ...defaultProvider,
    additionalAuthenticationProviders: additionalProviders,
    environmentVariables: environmentOf(stack, config, tables, queues),
    introspectionConfig: config.introspection ? 'ENABLED' : 'DISABLED',
    // Tools ask for the schema 15 levels deep; its own types nest five.
    queryDepthLimit: 16,
    // A page of 100 users with all that is nested runs one resolver, and nobody's page or function asks for many at
    // once; what a stranger asks for under aliases is cut off here.
    resolverCountLimit: 100,
    logConfig: {
      cloudWatchLogsRoleArn: logRole.roleArn,
      fieldLogLevel: 'ERROR',
      // Neither arguments nor headers: they hold personal data and tokens.
      excludeVerboseContent: true,
    },
    visibility: 'GLOBAL',
    xrayEnabled: false,
  });
  const logGroup = new LogGroup(stack, 'apiLogs', {
    // AppSync settles the name.
    logGroupName: `/aws/appsync/apis/${api.attrApiId}`,
    retention: logRetention(config),
    removalPolicy: removalPolicy(config),
  });
  // Not inline in the role, which the API needs before its log group can be named.
  new Policy(stack, 'apiLogPolicy', { roles: [logRole], statements: apiLogGrants(logGroup) });
  const schema = new CfnGraphQLSchema(stack, 'schema', {
    apiId: api.attrApiId,
    definition: deployedSchema(),
  });
  return { api, schema };
};

/** What resolvers find in `ctx.env`. */
const environmentOf = (
  stack: Stack,
  { admin, user, stackName, apiAudience, email }: Config,
  { views, recovery, uniqueValue }: Tables,
  queues: Queues,
): Record<string, string> => ({
  QUEUE_URL_PREFIX: queueUrlPrefix(stack, stackName),
  RECOVERY_QUEUE_URL: queues.recovery.queue.queueUrl,
  RECOVERY_TABLE: recovery.tableName,
  UNIQUE_VALUE_TABLE: uniqueValue.tableName,
  ...Object.fromEntries(
    Object.entries(views).map(([aggregate, { tableName }]) => [`${aggregate.toUpperCase()}_TABLE`, tableName]),
  ),
  ADMIN_ISSUER: admin.issuer,
  ADMIN_CLIENT_ID: admin.clientId,
  USER_ISSUER: user.issuer,
  USER_CLIENT_ID: user.clientId,
  API_AUDIENCE: apiAudience,
  EMAIL: email,
  FUNCTION_ROLES: publishersOf(stack, stackName).join(' '),
});

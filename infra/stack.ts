import { Annotations, CfnOutput, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { createApi } from './api/api.ts';
import { createCommandPath } from './compute/commandPath.ts';
import type { Config } from './config.ts';
import { createDataSources } from './api/dataSources.ts';
import { createHistory, createPipeline, createRecovery } from './compute/eventSourcing.ts';
import type { FunctionBundles } from './compute/functionBundles.ts';
import { createMonitoring } from './watch/monitoring.ts';
import { createProjectionPath } from './compute/projectionPath.ts';
import { createQueuePolicies, createRedriveRole, grantRedrive } from './queues/policies.ts';
import { createQueues } from './queues/queues.ts';
import { createFirewall } from './edge/firewall.ts';
import { createHosting } from './edge/hosting.ts';
import type { ResolverBundles } from './api/resolverBundles.ts';
import { createResolvers } from './api/resolvers.ts';
import { environmentOf, type StageContext } from './stage.ts';
import { createMasterKey } from './storage/masterKey.ts';
import { createTables } from './storage/tables.ts';

export interface Bundles {
  functions: FunctionBundles;
  resolvers: ResolverBundles;
}

/**
 * The whole system. What is in it follows from the domain's aggregates and operations and from the resolvers' manifest.
 * Everything hangs on the stack itself, not on constructs in between, so that logical ids start with the plain names.
 */
export class UserManagementStack extends Stack {
  constructor(scope: Construct, config: Config, bundles: Bundles) {
    super(scope, config.stackName, {
      description: 'Event-sourced user management behind a GraphQL API',
      terminationProtection: config.protect,
      tags: { application: 'user-management', stage: config.stage },
      analyticsReporting: false,
      // An eighth of the template would be white space.
      suppressTemplateIndentation: true,
      // No bootstrap rule and parameter in the template: the deployment itself fails early without them.
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    });
    if (config.stage === 'prod' && !config.protect) {
      Annotations.of(this).addWarningV2(
        'user-management:protect',
        'Tables and stack are not protected from deletion. Once the stack stands, deploy it with -c protect=true (docs/deploy.md)',
      );
    }
    const tables = createTables(this, config);
    const queues = createQueues(this, config);
    const api = createApi(this, config, tables, queues);
    const masterKey = createMasterKey(this, config);
    const resources = { tables, queues, apiArn: api.api.attrArn, masterKeyArn: masterKey.keyArn };
    const context: StageContext = {
      stack: this,
      config,
      resources,
      bundles: bundles.functions,
      environment: environmentOf(this, config, resources, api),
    };

    const functions = {
      command: createCommandPath(context),
      ...createProjectionPath(context),
      recovery: createRecovery(context),
      history: createHistory(context),
      pipeline: createPipeline(context),
    };
    // An update reaches those who read events before the one who writes them: none meets an event that it does not know
    // yet.
    functions.command.node.addDependency(functions.mediator, functions.execute, functions.recovery, functions.history);
    const dataSources = createDataSources(this, api, resources, functions);
    createResolvers(this, api, dataSources, bundles.resolvers);
    const redriveRole = createRedriveRole(this);
    const role = (name: string) => this.node.findChild(`${name}Role`) as IRole;
    createQueuePolicies(this, queues, {
      api: role('SqsDataSource'),
      command: role('command'),
      mediator: role('mediator'),
      recovery: role('recovery'),
      pipeline: role('pipeline'),
      operator: redriveRole,
    });
    grantRedrive(this, queues, [role('pipeline'), redriveRole]);
    createFirewall(this, config, api.api);
    createHosting(this, config);
    createMonitoring(this, config, { ...resources, api: api.api, functions });

    const outputs = {
      GraphQLUrl: api.api.attrGraphQlUrl,
      RealtimeUrl: api.api.attrRealtimeUrl,
      RedriveRoleArn: redriveRole.roleArn,
      AdminIssuer: config.admin.issuer,
      AdminClientId: config.admin.clientId,
      UserIssuer: config.user.issuer,
      UserClientId: config.user.clientId,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

import type { Stack } from 'aws-cdk-lib';
import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Config } from '../config.ts';

/**
 * Refuses addresses that send more than `config.requestsPerAddress` requests in five minutes, and those of known
 * attackers. Optional, as it costs (docs/scaling.md).
 */
export const createFirewall = (stack: Stack, { stackName, requestsPerAddress }: Config, api: CfnGraphQLApi): void => {
  if (requestsPerAddress === null) return;
  const visible = (name: string) => ({
    cloudWatchMetricsEnabled: true,
    sampledRequestsEnabled: false,
    metricName: `${stackName}-${name}`,
  });
  const firewall = new CfnWebACL(stack, 'firewall', {
    name: `${stackName}-firewall`,
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visible('firewall'),
    rules: [
      {
        name: 'requestsPerAddress',
        priority: 0,
        action: { block: {} },
        statement: {
          rateBasedStatement: { aggregateKeyType: 'IP', limit: requestsPerAddress, evaluationWindowSec: 300 },
        },
        visibilityConfig: visible('requestsPerAddress'),
      },
      {
        name: 'knownAttackers',
        priority: 1,
        overrideAction: { none: {} },
        statement: {
          managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesAmazonIpReputationList' },
        },
        visibilityConfig: visible('knownAttackers'),
      },
    ],
  });
  new CfnWebACLAssociation(stack, 'firewallOfApi', { resourceArn: api.attrArn, webAclArn: firewall.attrArn });
};

import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { aggregateNames } from '../../domain/operations.ts';
import type { UserManagementStack } from '../stack.ts';

/** Findings that are meant to be: by construct, the rule and the reason. */
const acknowledged: Record<string, { id: string; reason: string } | { id: string; reason: string }[]> = {
  api: {
    id: 'AwsSolutions-ASC3',
    reason:
      'Logging is on, without verbose content: that would write tokens, arguments and results, which hold personal data, to the log',
  },
  pipelineRole: {
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'Metrics are read with no narrower resource than all of them; IAM knows none',
  },
  console: [{ id: 'AwsSolutions-S1', reason: 'It holds a public page, and only CloudFront reads it' }],
  consoleDistribution: [
    { id: 'AwsSolutions-CFR1', reason: 'Operators may be anywhere' },
    { id: 'AwsSolutions-CFR2', reason: 'It serves a static page; the firewall, where wanted, stands before the API' },
    {
      id: 'AwsSolutions-CFR3',
      reason: 'Who loads the page is of no interest; what is done with it is in the event store',
    },
    { id: 'AwsSolutions-CFR4', reason: "CloudFront's own name comes with CloudFront's own certificate and protocol" },
  ],
  ...Object.fromEntries(
    [...aggregateNames, 'uniqueValue', 'directory', 'quota', 'snapshot', 'deadLetter'].map((table) => [
      table,
      {
        id: 'AwsSolutions-DDB3',
        reason:
          'It is made again from events, lives for an hour, or only helps to read dead letters; a backup would keep what was erased since',
      },
    ]),
  ),
  mediatorFailureQueue: {
    id: 'AwsSolutions-SQS3',
    reason:
      "It is itself where failures end, as the on-failure destination of the event store's stream, which the rule does not know",
  },
};

const allQueues =
  'It is for every queue of the stack: a hundred ARNs would be more than the policies of a role may have, and the queues have policies of their own';

/** AWS's rules for good solutions: a finding that is not acknowledged, with its reason, fails the synthesis. */
export const addChecks = (app: App, stack: UserManagementStack): void => {
  for (const name of ['*Queue', '*QueueDlq']) {
    const queues = `arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:${stack.stackName}-${name}`;
    Validations.of(stack.node.findChild('redrivePolicy')).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${queues}]`,
      reason: allQueues,
    });
  }
  for (const [id, acknowledgements] of Object.entries(acknowledged)) {
    // What is optional may not be there.
    const construct = stack.node.tryFindChild(id);
    if (construct) Validations.of(construct).acknowledge(...[acknowledgements].flat());
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
};

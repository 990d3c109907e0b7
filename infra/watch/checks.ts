import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { UserManagementStack } from '../stack.ts';

/** Findings that are meant to be: by construct, the rule and the reason. */
const acknowledged: Record<string, { id: string; reason: string }> = {
  api: {
    id: 'AwsSolutions-ASC3',
    reason:
      'Logging is on, without verbose content: that would write tokens, arguments and results, which hold personal data, to the log',
  },
  pipelineRole: {
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'Metrics are read with no narrower resource than all of them; IAM knows none',
  },
  mediatorFailureQueue: {
    id: 'AwsSolutions-SQS3',
    reason:
      "It is itself where failures end, as the on-failure destination of the event store's stream, which the rule does not know",
  },
};

/** AWS's rules for good solutions: a finding that is not acknowledged, with its reason, fails the synthesis. */
export const addChecks = (app: App, stack: UserManagementStack): void => {
  for (const [id, acknowledgement] of Object.entries(acknowledged))
    Validations.of(stack.node.findChild(id)).acknowledge(acknowledgement);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
};

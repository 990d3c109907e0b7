import type { Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnQueuePolicy, type Queue } from 'aws-cdk-lib/aws-sqs';
import { deadLetterQueuesOf, type Queues } from './queues.ts';

/** One policy for many queues, as each queue's own would cost a resource: `*` stands for the queue that it hangs on. */
export const createQueuePolicies = (stack: Stack, queues: Queues): void => {
  const policy = (name: string, of: Queue[]): void => {
    new CfnQueuePolicy(stack, `${name}Policy`, {
      queues: of.map(({ queueUrl }) => queueUrl),
      policyDocument: new PolicyDocument({ statements: [refuseUnencrypted()] }),
    });
  };
  policy(
    'commandQueues',
    queues.command.map(({ queue }) => queue),
  );
  policy(
    'executionQueues',
    queues.execution.map(({ queue }) => queue),
  );
  policy('recoveryQueues', [queues.recovery.queue]);
  policy('deadLetterQueues', deadLetterQueuesOf(queues));
};

const refuseUnencrypted = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'EncryptedOnly',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['sqs:*'],
    resources: ['*'],
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  });

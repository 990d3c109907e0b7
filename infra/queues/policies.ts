import type { Stack } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  AnyPrincipal,
  Effect,
  type IRole,
  Policy,
  PolicyDocument,
  PolicyStatement,
  Role,
} from 'aws-cdk-lib/aws-iam';
import { CfnQueuePolicy, type Queue } from 'aws-cdk-lib/aws-sqs';
import { redriveGrants } from '../compute/grants.ts';
import { deadLetterQueuesOf, type Queues } from './queues.ts';

/** Who may send to queues: the API's data source, functions, and who brings dead letters back. */
export type Senders = Record<'api' | 'command' | 'mediator' | 'recovery' | 'pipeline' | 'operator', IRole>;

/**
 * Whoever else has rights on all queues of the account, an administrator included, cannot put a message on these: what
 * functions take from them was sent by the API or by a function. One policy serves many queues, as each queue's own
 * would cost a resource: `*` stands for the queue that it hangs on.
 */
export const createQueuePolicies = (stack: Stack, queues: Queues, senders: Senders): void => {
  const policy = (name: string, of: Queue[], roles: IRole[]): void => {
    new CfnQueuePolicy(stack, `${name}Policy`, {
      queues: of.map(({ queueUrl }) => queueUrl),
      policyDocument: new PolicyDocument({ statements: [refuseUnencrypted(), refuseOthers(roles)] }),
    });
  };
  const { api, command, mediator, recovery, pipeline, operator } = senders;
  const redriving = [pipeline, operator];
  policy(
    'commandQueues',
    queues.command.map(({ queue }) => queue),
    [api, ...redriving],
  );
  policy(
    'executionQueues',
    queues.execution.map(({ queue }) => queue),
    [command, mediator, recovery, ...redriving],
  );
  policy('recoveryQueues', [queues.recovery.queue], [api, recovery, ...redriving]);
  // SQS itself moves dead letters, whatever a policy says; the mediator's failures are sent, by it and by Lambda in its
  // name.
  policy('deadLetterQueues', deadLetterQueuesOf(queues), [mediator]);
};

/** What an operator becomes to bring dead letters back by hand (docs/operating.md). */
export const createRedriveRole = (stack: Stack): Role =>
  new Role(stack, 'redriveRole', {
    assumedBy: new AccountRootPrincipal(),
    description: 'Brings dead letters back to their queues',
  });

/** In one policy for all of them: named twice, the queues would fill a good part of the template. */
export const grantRedrive = (stack: Stack, queues: Queues, roles: IRole[]): Policy =>
  new Policy(stack, 'redrivePolicy', { roles, statements: redriveGrants(queues) });

const refuse = (sid: string, action: string, conditions: Record<string, Record<string, unknown>>): PolicyStatement =>
  new PolicyStatement({
    sid,
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: [action],
    resources: ['*'],
    conditions,
  });

const refuseUnencrypted = () => refuse('EncryptedOnly', 'sqs:*', { Bool: { 'aws:SecureTransport': 'false' } });

const refuseOthers = (roles: IRole[]) =>
  refuse('SendersOnly', 'sqs:SendMessage', {
    ArnNotEquals: { 'aws:PrincipalArn': roles.map(({ roleArn }) => roleArn) },
  });

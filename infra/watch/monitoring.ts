import type { Stack } from 'aws-cdk-lib';
import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Config } from '../config.ts';
import { createDashboard } from './dashboard.ts';
import type { Resources } from '../compute/grants.ts';
import * as metrics from './metrics.ts';
import { deadLetterQueuesOf } from '../queues/queues.ts';
import type { FunctionName } from '../queues/timeouts.ts';

export interface Monitored extends Resources {
  api: CfnGraphQLApi;
  functions: Record<FunctionName, Function>;
}

/** An alarm for everything that an operator must act on, all to one topic, and a dashboard that follows a command's path. */
export const createMonitoring = (stack: Stack, config: Config, monitored: Monitored): void => {
  const topic = createTopic(stack, config);
  const alarm = (name: string, metric: IMetric, threshold: number, alarmDescription: string): void => {
    new Alarm(stack, `${name}Alarm`, {
      alarmName: `${config.stackName}-${name}`,
      alarmDescription,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(topic));
  };
  const { queues, functions, api } = monitored;

  for (const queue of deadLetterQueuesOf(queues)) {
    alarm(
      `${queue.node.id}Depth`,
      metrics.queueDepth(queue),
      0,
      'Messages that could not be handled: find the reason in the logs, then redrive them',
    );
  }
  for (const { name, queue } of [...queues.command, ...queues.execution, queues.recovery]) {
    alarm(
      `${name}Age`,
      metrics.queueAge(queue),
      300,
      'Messages wait for more than five minutes: is their function failing, throttled or too slow?',
    );
  }
  for (const [name, fn] of Object.entries(functions)) {
    alarm(`${name}Errors`, metrics.functionErrors(fn), 0, `Function ${name} failed as a whole: see its log group`);
    alarm(
      `${name}Throttles`,
      metrics.functionThrottles(fn),
      0,
      `Function ${name} was held back: the account's concurrency is used up`,
    );
  }
  alarm(
    'mediatorLag',
    metrics.iteratorAge(functions.mediator),
    60_000,
    'Events reach their execution queues more than a minute late',
  );
  alarm('apiErrors', metrics.apiServerErrors(api), 0, 'AppSync answered with 5XX');
  createDashboard(stack, config, monitored);
};

const createTopic = (stack: Stack, { stackName }: Config): Topic => {
  const topic = new Topic(stack, 'alarms', { topicName: `${stackName}-alarms`, enforceSSL: true });
  // A topic policy of one's own takes the place of the default one, which let CloudWatch publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsPublish',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  return topic;
};

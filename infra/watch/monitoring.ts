import { Duration, type Stack } from 'aws-cdk-lib';
import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Config } from '../config.ts';
import { alarmsOf } from './alarms.ts';
import { createDashboard } from './dashboard.ts';
import type { Resources } from '../compute/grants.ts';
import type { FunctionName } from '../queues/timeouts.ts';

export interface Monitored extends Resources {
  api: CfnGraphQLApi;
  functions: Record<FunctionName, Function>;
}

/** What CloudWatch takes for one alarm. */
const mostMetrics = 10;

/** The alarms, all to one topic, and a dashboard that follows a command's path. */
export const createMonitoring = (stack: Stack, config: Config, monitored: Monitored): void => {
  const action = new SnsAction(createTopic(stack, config));
  for (const { name, means, metrics, threshold, datapoints = { above: 3, of: 5 } } of alarmsOf(
    config.stackName,
    monitored,
  )) {
    const groups = groupsOf(metrics);
    for (const [index, group] of groups.entries()) {
      const numbered = groups.length > 1 ? `${name}${index + 1}` : name;
      new Alarm(stack, `${numbered}Alarm`, {
        alarmName: `${config.stackName}-${numbered}`,
        alarmDescription: `${means} See docs/operating.md, ${name}.`,
        metric: highestOf(group),
        threshold,
        evaluationPeriods: datapoints.of,
        datapointsToAlarm: datapoints.above,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }).addAlarmAction(action);
    }
  }
  createDashboard(stack, config, monitored);
};

const groupsOf = (metrics: IMetric[]): IMetric[][] =>
  Array.from({ length: Math.ceil(metrics.length / mostMetrics) }, (_, group) =>
    metrics.slice(group * mostMetrics, (group + 1) * mostMetrics),
  );

/** A queue that nobody used for hours has no data, which counts as nothing, whatever the others say. */
const highestOf = (metrics: IMetric[]): IMetric =>
  metrics.length === 1 && metrics[0]
    ? metrics[0]
    : new MathExpression({
        expression: 'MAX(FILL(METRICS(), 0))',
        usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
        period: Duration.minutes(1),
        label: 'highest',
      });

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

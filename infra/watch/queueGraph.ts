import { Aws } from 'aws-cdk-lib';
import { ConcreteWidget, type Metric } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * A graph of one metric of many queues. What they have in common stands there once: the graph of the CDK repeats it for
 * each of them, which was a tenth of the template.
 */
export class QueueGraph extends ConcreteWidget {
  /**
   * @param queueNames as they are, not as references, which take longer to write; the dashboard needs no queue to be
   * there
   */
  constructor(
    readonly title: string,
    readonly metric: Pick<Metric, 'namespace' | 'metricName' | 'statistic' | 'period'>,
    readonly queueNames: string[],
    width = 12,
  ) {
    super(width, 6);
  }

  override toJson() {
    const { namespace, metricName, statistic, period } = this.metric;
    const [first, ...others] = this.queueNames;
    return [
      {
        type: 'metric',
        width: this.width,
        height: this.height,
        x: this.x,
        y: this.y,
        properties: {
          view: 'timeSeries',
          title: this.title,
          region: Aws.REGION,
          stat: statistic,
          period: period.toSeconds(),
          metrics: [[namespace, metricName, 'QueueName', first], ...others.map((name) => ['...', name])],
        },
      },
    ];
  }
}

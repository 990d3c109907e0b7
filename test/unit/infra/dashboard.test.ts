import { expect, test } from 'vitest';
import { rejectionCodes } from '../../../domain/kernel/rejection.ts';
import { resourcesOf, synthesize } from './synthesized.ts';

test('the dashboard shows the path of a command: queues, functions, rejections by code, dead letters', async () => {
  const { template } = await synthesize();
  const [, { Properties }] = resourcesOf(template, 'AWS::CloudWatch::Dashboard')[0]!;
  const body = JSON.stringify(Properties['DashboardBody']);
  const metric = (code: string) =>
    JSON.stringify(JSON.stringify(['CommandsRejected', 'code', code, 'service', 'command']).slice(1, -1)).slice(1, -1);
  for (const code of rejectionCodes) expect(body).toContain(metric(code));
  const queues = resourcesOf(template, 'AWS::SQS::Queue').map(([, { Properties: each }]) => String(each['QueueName']));
  expect(queues.length).toBeGreaterThan(50);
  for (const name of queues) expect(body, name).toContain(`\\"${name}\\"]`);
});

import { Queue } from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { synthesize } from './synthesized.ts';

test.each(['dev', 'prod'])(
  "the %s stack passes CloudFormation's checks and AWS's rules for good solutions",
  async (stage) => {
    await expect(synthesize({ context: { stage }, checked: true })).resolves.toBeDefined();
  },
);

test('a finding that nobody has acknowledged fails the synthesis', async () => {
  await expect(synthesize({ checked: true, extend: (stack) => new Queue(stack, 'careless') })).rejects.toThrow(
    'AwsSolutions-SQS4',
  );
});

import { Queue } from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { arnOf, resourcesOf, settings, synthesize } from './synthesized.ts';

test.each(['dev', 'prod'])(
  "the %s stack passes CloudFormation's checks and AWS's rules for good solutions",
  async (stage) => {
    await expect(synthesize({ context: { stage }, checked: true })).resolves.toBeDefined();
  },
);

test('the optional parts pass them too: the firewall with its rates, and the hosting of the console', async () => {
  const { template } = await synthesize({
    context: { hosting: 'true', WAF: 2000 },
    checked: true,
  });
  const [[, firewall] = []] = resourcesOf(template, 'AWS::WAFv2::WebACL');
  expect(firewall?.Properties).toMatchObject({
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
    Rules: [
      { Action: { Block: {} }, Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2000 } } },
      { Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS' } } },
    ],
  });
  const [[apiId] = []] = resourcesOf(template, 'AWS::AppSync::GraphQLApi');
  expect(resourcesOf(template, 'AWS::WAFv2::WebACLAssociation')[0]![1].Properties['ResourceArn']).toEqual(
    arnOf(apiId!),
  );
  const [[, bucket] = []] = resourcesOf(template, 'AWS::S3::Bucket');
  expect(bucket?.Properties['PublicAccessBlockConfiguration']).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
  expect(Object.keys(template.Outputs)).toEqual(expect.arrayContaining(['ConsoleBucket', 'ConsoleUrl']));
});

test('neither is there unless asked for', async () => {
  const { template } = await synthesize();
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  expect(types.filter((type) => /WAF|S3|CloudFront/.test(type))).toEqual([]);
  await expect(synthesize({ environment: { ...settings, WAF: '5' } })).rejects.toThrow('WAF must be how many requests');
});

test('a finding that nobody has acknowledged fails the synthesis', async () => {
  await expect(synthesize({ checked: true, extend: (stack) => new Queue(stack, 'careless') })).rejects.toThrow(
    'AwsSolutions-SQS4',
  );
});

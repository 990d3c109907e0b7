import { decide } from '../../gateway/policy.ts';
import { readStatements } from './statements.ts';
import type { KeyModel, PolicyStatement } from '../../model.ts';
import type { ReadResource } from '../draft.ts';

const specs: Record<string, KeyModel['usage']> = {
  SYMMETRIC_DEFAULT: 'ENCRYPT_DECRYPT',
  HMAC_224: 'GENERATE_VERIFY_MAC',
  HMAC_256: 'GENERATE_VERIFY_MAC',
  HMAC_384: 'GENERATE_VERIFY_MAC',
  HMAC_512: 'GENERATE_VERIFY_MAC',
};

export const readKey: ReadResource = (resource, draft) => {
  const { properties } = resource;
  properties.inert('PendingWindowInDays', 'RotationPeriodInDays', 'Tags');
  const spec = properties.optionalString('KeySpec') ?? 'SYMMETRIC_DEFAULT';
  const usage = specs[spec] ?? properties.fail('KeySpec', `${spec}: the local stack has symmetric and HMAC keys only`);
  const given = properties.optionalString('KeyUsage') ?? 'ENCRYPT_DECRYPT';
  if (given !== usage) properties.fail('KeyUsage', `${given} does not fit the key spec ${spec}`);
  if (properties.boolean('MultiRegion') === true)
    properties.fail('MultiRegion', 'keys of several regions are not supported by the local stack');
  const origin = properties.optionalString('Origin') ?? 'AWS_KMS';
  if (origin !== 'AWS_KMS') properties.fail('Origin', `${origin}: the local stack makes its keys itself`);
  const rotates = properties.boolean('EnableKeyRotation') ?? false;
  if (rotates && usage !== 'ENCRYPT_DECRYPT') properties.fail('EnableKeyRotation', 'HMAC keys cannot be rotated');

  const account = `arn:${draft.surroundings.partition}:iam::${draft.surroundings.accountId}:root`;
  const document = properties.raw('KeyPolicy');
  const policy =
    document === undefined
      ? [accountMayDoAll(account, resource.logicalId)]
      : readStatements(document, properties.place, 'Properties.KeyPolicy');
  const bypass = properties.boolean('BypassPolicyLockoutSafetyCheck') ?? false;
  const { allowed } = decide(
    [],
    'kms:PutKeyPolicy',
    resource.attribute('Arn'),
    {},
    { statements: policy, principal: account },
  );
  if (!bypass && !allowed)
    properties.fail('KeyPolicy', 'nobody could change this policy again: it must let the account do kms:PutKeyPolicy');

  draft.keys.push({
    logicalId: resource.logicalId,
    id: resource.ref(),
    arn: resource.attribute('Arn'),
    aliases: [],
    spec,
    usage,
    description: properties.optionalString('Description') ?? '',
    enabled: properties.boolean('Enabled') ?? true,
    rotates,
    policy,
  });
};

/** What a key without a policy of its own gets. */
const accountMayDoAll = (account: string, logicalId: string): PolicyStatement => ({
  source: `${logicalId}[default]`,
  effect: 'Allow',
  principals: [account],
  actions: ['kms:*'],
  resources: ['*'],
  conditions: {},
});

export const readAlias: ReadResource = ({ properties, name }, draft) => {
  properties.inert('AliasName');
  if (!name.startsWith('alias/') || name.startsWith('alias/aws/'))
    properties.fail('AliasName', `${name} must begin with alias/, and not with alias/aws/`);
  draft.keyAliases.push({ properties, name, target: properties.string('TargetKeyId') });
};

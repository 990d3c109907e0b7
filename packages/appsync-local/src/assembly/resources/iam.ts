import { isObject } from '../reader.ts';
import { readStatements } from './statements.ts';
import type { ReadResource } from '../draft.ts';

export const readRole: ReadResource = (resource, draft) => {
  const { properties } = resource;
  properties.inert('RoleName', 'Path', 'Description', 'MaxSessionDuration', 'Tags');
  if (properties.has('ManagedPolicyArns')) {
    const arns = properties.strings('ManagedPolicyArns');
    if (arns.length > 0)
      properties.fail(
        'ManagedPolicyArns',
        `${arns.join(', ')}: the local stack does not know what managed policies allow; use inline policies`,
      );
  }
  const trust = readStatements(
    properties.raw('AssumeRolePolicyDocument'),
    properties.place,
    'Properties.AssumeRolePolicyDocument',
  );
  const statements = properties.objects('Policies').flatMap((policy, index) => {
    policy.string('PolicyName');
    return readStatements(
      policy.raw('PolicyDocument'),
      properties.place,
      `Properties.Policies[${index}].PolicyDocument`,
    );
  });
  draft.roles.push({
    logicalId: resource.logicalId,
    arn: resource.attribute('Arn'),
    name: resource.name,
    trustedServices: trust
      .filter((statement) => statement.effect === 'Allow')
      .flatMap((statement) => statement.principals ?? []),
    // Statements of several inline policies share one numbering, so that a source names one statement.
    statements: statements.map((statement, index) => ({ ...statement, source: `${resource.logicalId}[${index}]` })),
  });
};

export const readPolicy: ReadResource = ({ properties }, draft) => {
  properties.inert('PolicyName');
  const document = properties.raw('PolicyDocument');
  if (!isObject(document)) properties.fail('PolicyDocument', 'must be an object');
  draft.attachedPolicies.push({
    properties,
    roleNames: properties.strings('Roles'),
    statements: readStatements(document, properties.place, 'Properties.PolicyDocument'),
  });
};

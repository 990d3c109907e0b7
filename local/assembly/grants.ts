import type { LocalIam, MappingModel, StackModel } from '../model.ts';

/**
 * Checks what Lambda checks when an event source mapping is created: the function's role must let the service read the
 * source and write to the failure destination.
 *
 * @throws Error naming mapping, role, action and resource
 */
export function checkMappingGrants(model: StackModel, iam: LocalIam): void {
  for (const mapping of model.mappings) {
    const target = model.functions.find((one) => one.arn === mapping.functionArn);
    const role = model.roles.find((one) => one.arn === target?.roleArn);
    if (!role) throw new Error(`${mapping.logicalId}: the function ${mapping.functionArn} has no role`);
    for (const [action, resource] of neededGrants(mapping)) {
      if (iam.isAllowed({ kind: 'role', role }, action, resource)) continue;
      throw new Error(
        `${mapping.logicalId} (AWS::Lambda::EventSourceMapping): the function's execution role ${role.name} (${role.logicalId}) ` +
          `is not allowed to perform ${action} on ${resource}`,
      );
    }
  }
}

function neededGrants(mapping: MappingModel): [action: string, resource: string][] {
  if (mapping.kind === 'sqs') {
    return ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((action) => [action, mapping.queueArn]);
  }
  const read: [string, string][] = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'].map(
    (action) => [action, mapping.streamArn],
  );
  return mapping.onFailureArn === undefined ? read : [...read, ['sqs:SendMessage', mapping.onFailureArn]];
}

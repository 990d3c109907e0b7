import type {
  FunctionModel,
  LocalIam,
  MappingModel,
  QueueModel,
  RoleModel,
  SqsMappingModel,
  StackModel,
} from '../../model.ts';

/** What a mapping connects, looked up in the model. */
export interface MappingParties {
  fn: FunctionModel;
  role: RoleModel;
  /** The source of an SQS mapping. */
  source: QueueModel | undefined;
  /** The on-failure destination of a stream mapping. */
  onFailure: QueueModel | undefined;
}

/** Finds a mapping's parties and checks what CreateEventSourceMapping checks; throws with the mapping's name. */
export function checkedParties(mapping: MappingModel, model: StackModel, iam: LocalIam): MappingParties {
  const find = <T extends { arn: string }>(all: T[], arn: string, what: string): T =>
    all.find((one) => one.arn === arn) ?? refuse(mapping, `${what} ${arn} is not in the template`);
  const fn = find(model.functions, mapping.functionArn, 'function');
  const role = find(model.roles, fn.roleArn, `the role of function ${fn.logicalId},`);
  const parties: MappingParties = {
    fn,
    role,
    source: mapping.kind === 'sqs' ? find(model.queues, mapping.queueArn, 'queue') : undefined,
    onFailure:
      mapping.kind === 'dynamodb' && mapping.onFailureArn !== undefined
        ? find(model.queues, mapping.onFailureArn, 'queue')
        : undefined,
  };
  if (mapping.kind === 'sqs' && parties.source) checkQueue(mapping, parties.source, fn);
  for (const [action, resource] of neededGrants(mapping)) {
    if (!iam.isAllowed({ kind: 'role', role }, action, resource))
      refuse(mapping, deniedText(role, fn, action, resource));
  }
  return parties;
}

/** A denial met while starting, in the words of the check above; other errors as they are. */
export function explained(error: unknown, mapping: MappingModel, { role, fn }: MappingParties, action: string): Error {
  const resource = mapping.kind === 'sqs' ? mapping.queueArn : mapping.streamArn;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const reason = /AccessDenied|not authorized/i.test(text)
    ? deniedText(role, fn, action, resource)
    : `${action} failed`;
  return new Error(`Mapping ${mapping.logicalId}: ${reason} (${text})`, { cause: error });
}

function checkQueue(mapping: SqsMappingModel, queue: QueueModel, fn: FunctionModel): void {
  if (queue.name.endsWith('.fifo')) refuse(mapping, `FIFO queues (${queue.logicalId}) are not supported here`);
  if (mapping.batchSize > 10 && mapping.windowSeconds === 0) {
    refuse(mapping, `a batch size of ${mapping.batchSize} needs a batching window of at least one second`);
  }
  const visibility = Number(queue.attributes['VisibilityTimeout'] ?? 30);
  if (visibility < fn.timeoutSeconds) {
    const least = `the ${fn.timeoutSeconds} s timeout of function ${fn.logicalId}`;
    refuse(mapping, `queue ${queue.logicalId} has a visibility timeout of ${visibility} s, less than ${least}`);
  }
}

/** What Lambda needs the function's role to be allowed. */
function neededGrants(mapping: MappingModel): Array<[action: string, resource: string]> {
  if (mapping.kind === 'sqs') {
    return ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => [
      `sqs:${action}`,
      mapping.queueArn,
    ]);
  }
  const grants: Array<[string, string]> = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
    (action) => [`dynamodb:${action}`, mapping.streamArn],
  );
  if (mapping.onFailureArn !== undefined) grants.push(['sqs:SendMessage', mapping.onFailureArn]);
  return grants;
}

function deniedText(role: RoleModel, fn: FunctionModel, action: string, resource: string): string {
  return `role ${role.logicalId} (${role.name}) of function ${fn.logicalId} is not allowed ${action} on ${resource}`;
}

function refuse(mapping: MappingModel, reason: string): never {
  throw new Error(`Mapping ${mapping.logicalId}: ${reason}`);
}

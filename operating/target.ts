import { SQSClient } from '@aws-sdk/client-sqs';
import { findOutputs } from '../local/outputs.ts';

/** A stack to be worked on: the local one, or one on AWS. */
export interface Target {
  stackName: string;
  sqs: SQSClient;
  /** A queue's URL is this with its logical name behind it. */
  queueUrlPrefix: string;
  /** Where the services of the local stack are; absent on AWS. */
  local?: {
    dynamoDb: string;
    kms: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
}

/**
 * Finds the stack by its outputs: of the local stack in a state folder, or as `cdk deploy --outputs-file` wrote them;
 * there, with the credentials and region that the environment gives. @throws Error that says what to do
 */
export const findTarget = async ({
  state,
  outputs,
}: {
  state: string;
  outputs?: string | undefined;
}): Promise<Target> => {
  const { stackName, outputs: found } = findOutputs({ state, outputs });
  const { SqsEndpoint: endpoint, Region: region } = found;
  if (typeof endpoint !== 'string' || typeof region !== 'string') return onAws(stackName, found);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return {
    stackName,
    sqs: new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false }),
    queueUrlPrefix: `${endpoint}/000000000000/${stackName}-`,
    local: { dynamoDb: String(found['DynamoDBEndpoint']), kms: String(found['KmsEndpoint']), region, credentials },
  };
};

/** The account is that of the role which brings dead letters back. */
const onAws = async (stackName: string, { RedriveRoleArn }: Record<string, unknown>): Promise<Target> => {
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const [, account] = /^arn:[\w-]+:iam::(\d+):/.exec(String(RedriveRoleArn)) ?? [];
  if (!account) throw new Error(`The outputs of ${stackName} name no RedriveRoleArn.`);
  return {
    stackName,
    sqs,
    queueUrlPrefix: `https://sqs.${await sqs.config.region()}.amazonaws.com/${account}/${stackName}-`,
  };
};

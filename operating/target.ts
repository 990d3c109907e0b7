import { SQSClient } from '@aws-sdk/client-sqs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

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

type Outputs = Record<string, Record<string, unknown>>;

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
  const file = outputs ?? join(state, 'outputs.json');
  const [stackName, found] = Object.entries(await readOutputs(file, outputs === undefined))[0] ?? [];
  if (!stackName || !found) throw new Error(`${file} names no stack.`);
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

const readOutputs = async (file: string, local: boolean): Promise<Outputs> => {
  const text = await readFile(file, 'utf8').catch(() => {
    const advice = local
      ? 'Start the stack with `npm start`, name its folder with --state DIR, or name the outputs of a deployed stack with --outputs FILE.'
      : '`npx cdk deploy --outputs-file` writes it.';
    throw new Error(`There is no ${file}. ${advice}`);
  });
  return JSON.parse(text) as Outputs;
};

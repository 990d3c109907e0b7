import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ApplicationOutputs, findOutputs } from '../local/outputs.ts';

/** What the running stack says of itself. */
export interface LocalStack extends ApplicationOutputs {
  state: string;
  ChaosEndpoint: string;
}

/** With these a tool is an administrator of the local stack. */
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** @throws Error that says what to do */
export const stackIn = (state: string): LocalStack => {
  const { file, outputs } = findOutputs({ state });
  if (!outputs['DynamoDBEndpoint']) throw new Error(`${file} is of no local stack.`);
  return { ...(outputs as unknown as Omit<LocalStack, 'state'>), state };
};

/** Tells the event store from that of another stack that had the same folder. */
export const storeOf = async ({ DynamoDBEndpoint: endpoint, Region: region, Tables }: LocalStack): Promise<string> => {
  const client = new DynamoDBClient({ endpoint, region, credentials });
  const { Table } = await client.send(new DescribeTableCommand({ TableName: Tables['eventStore'] }));
  client.destroy();
  return `${Table?.TableName} ${Table?.CreationDateTime?.toISOString()}`;
};

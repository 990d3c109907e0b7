import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Bench } from '../scenario.ts';
import { chunksOf } from '../../functions/runtime/concurrency.ts';
import { type RunningStack, withStack } from '../support/stack.ts';
import { inFlight } from '../support/statistics.ts';
import { withoutTriggers } from '../support/triggers.ts';
import type { Pace } from './measure.ts';

const batch = 10;
const warmingBatches = 60;
const [rounds, batchesEach] = [4, 20];
const processes = 3;
const commands = processes * (1 + batch * (warmingBatches + rounds * batchesEach));

/** The command function as it is deployed, in a process of its own: its first command, and warm. */
export const commandFunction = (bench: Bench): Promise<Pace[]> =>
  withStack(bench, { transformTemplate: withoutTriggers }, async (running) => {
    bench.say(`command function: ${commands} commands`);
    const records = await waiting(running);
    const [cold, warm]: [number[], number[]] = [[], []];
    for (let n = 1; n <= processes; n += 1) {
      const first = records.splice(0, 1);
      const warming = [first, ...chunksOf(records.splice(0, warmingBatches * batch), batch)];
      const measured = Array.from({ length: rounds }, () => chunksOf(records.splice(0, batchesEach * batch), batch));
      const took = await invoked(running, { warming, measured });
      cold.push(took.cold);
      warm.push(...took.warm.map((ms) => ms / (batchesEach * batch)));
    }
    return [
      {
        name: 'Warm command function, ms of CPU a command in batches of ten',
        values: warm,
        aim: { atMost: 2.5 },
      },
      { name: 'Its import and first command, ms of CPU', values: cold, aim: { atMost: 80 }, digits: 0 },
    ];
  });

interface SqsRecord {
  messageId: string;
  body: string;
  attributes: Record<string, string>;
}

/** Commands that the API has put on their queue. */
const waiting = async ({ stack, admin }: RunningStack): Promise<SqsRecord[]> => {
  await inFlight(Array.from({ length: commands }), 16, async (_, n) => {
    await admin.send('createGroup', { name: `group ${n}`, description: 'one of many' });
  });
  const { SqsEndpoint: endpoint, Region: region, Queues } = stack.outputs;
  const sqs = new SQSClient({ endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  const records: SqsRecord[] = [];
  while (records.length < commands) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: Queues['createGroupQueue'],
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    for (const { MessageId = '', Body = '', Attributes = {} } of Messages)
      records.push({ messageId: MessageId, body: Body, attributes: Attributes });
  }
  sqs.destroy();
  return records;
};

interface Invocations {
  /** The first of them is what an environment begins with. */
  warming: SqsRecord[][];
  measured: SqsRecord[][][];
}

/** @returns milliseconds of CPU: of the first invocation with the import, and of each part that is measured */
const invoked = ({ stack }: RunningStack, what: Invocations): Promise<{ cold: number; warm: number[] }> => {
  const model = stack.model.functions.find(({ name }) => name.endsWith('-command'))!;
  const { accessKeyId, secretAccessKey, sessionToken = '' } = stack.iam.credentialsFor(model.roleArn);
  const endpoint = stack.outputs.SqsEndpoint;
  const env = {
    ...model.environment,
    AWS_REGION: stack.outputs.Region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_ENDPOINT_URL_KMS: endpoint,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  return new Promise((resolve, reject) => {
    const program = fileURLToPath(new URL('./invoke.js', import.meta.url));
    const child = execFile(process.execPath, [program], { env, maxBuffer: 2 ** 28 }, (error, stdout) => {
      if (error) return reject(error);
      // What the function logs comes before it.
      resolve(JSON.parse(stdout.slice(stdout.lastIndexOf('{"cold"'))) as { cold: number; warm: number[] });
    });
    child.stdin!.end(JSON.stringify({ file: join(model.codeDir, 'index.mjs'), ...what }));
  });
};

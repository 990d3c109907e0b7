/** `npm run seal`: seals the events of persons that an older release stored in clear. `--help` says what it takes. */
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoDbKeys } from '../functions/ports/keys/dynamodb.ts';
import { kmsKeyService } from '../functions/ports/keys/kms.ts';
import { countClear, countClearClaims, type Progress, sealStore } from './seal/store.ts';
import { findTarget } from './target.ts';
import { readOptions, runTool } from './tool.ts';

const usage = `Usage: npm run seal [-- --state DIR | --outputs FILE] [--check]

Seals the events of persons that an older release, or a take-over, stored in clear: until then these persons cannot be
erased. Stop it at any moment and start it again: it goes on, and changes nothing twice. Deploy the release that seals
first. docs/upgrading.md says what to do before and after.

  --state DIR     the state folder of the running local stack (default .local)
  --outputs FILE  a deployed stack, by the file that \`cdk deploy --outputs-file\` wrote; with the credentials of the
                  environment, which no function has (docs/upgrading.md)
  --check         only says what is in clear; ends with 1 if there is something`;

const secondsBetweenWords = 5;

const run = async (args: string[]): Promise<void> => {
  const { values } = read(args);
  if (values.help) return void console.log(usage);
  const { stackName, local } = await findTarget(values);
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ maxAttempts: 10, ...(local && { ...local, endpoint: local.dynamoDb }) }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  const kms = new KMSClient(local ? { ...local, endpoint: local.kms } : {});
  const [eventStore, subjectKey, uniqueValue] = ['eventStore', 'subjectKey', 'uniqueValue'].map(
    (name) => `${stackName}-${name}`,
  ) as [string, string, string];
  const tables = { eventStore, subjectKey, uniqueValue };

  if (!values.check) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: eventStore }));
    const progress = await sealStore(
      client,
      tables,
      dynamoDbKeys(client, subjectKey, kmsKeyService(kms, `alias/${stackName}`)),
      everySoOften(({ read: events, sealed }) =>
        console.log(`${events} events read, of about ${Table?.ItemCount ?? '?'}; ${sealed} sealed`),
      ),
    );
    console.log(`${progress.sealed} events of ${progress.streams} persons sealed`);
    for (const [streamId, reason] of progress.failed) console.error(`Not sealed: ${streamId}: ${reason}`);
  }
  const [events, claims] = [await countClear(client, eventStore), await countClearClaims(client, uniqueValue)];
  console.log(`${events} events and ${claims} claims of persons are in clear`);
  if (claims > 0)
    console.log('Claims are made anew by a recovery from the beginning: recoverFrom "1970-01-01T00:00:00Z"');
  if (events > 0 || (values.check && claims > 0)) process.exitCode = 1;
};

const everySoOften = (say: (progress: Progress) => void): ((progress: Progress) => void) => {
  let last = Date.now();
  return (progress) => {
    if (Date.now() - last < secondsBetweenWords * 1000) return;
    last = Date.now();
    say(progress);
  };
};

const read = (args: string[]) => {
  const options = {
    help: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    state: { type: 'string', default: '.local' },
    outputs: { type: 'string' },
  } as const;
  return readOptions({ args, options }, usage);
};

runTool(run);

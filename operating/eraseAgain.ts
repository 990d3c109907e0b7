/** `npm run erase:again`: destroys keys that a restored table brought back. `--help` says what it takes. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { destroyStanding, standingKeys } from './erase/standing.ts';
import { findTarget } from './target.ts';
import { readOptions, runTool } from './tool.ts';

const usage = `Usage: npm run erase:again [-- --state DIR | --outputs FILE] [--table NAME] [--event-store NAME] [--check]

Destroys the data keys of persons who were erased, where a table of keys that was restored from a backup holds them
again. Safe to repeat, and beside a stack that runs. docs/operating.md says when: before the stack uses such a table.

  --state DIR         the state folder of the running local stack (default .local)
  --outputs FILE      a deployed stack, by the file that \`cdk deploy --outputs-file\` wrote; with the credentials of
                      the environment
  --table NAME        the table of keys (default: the stack's own, <stack>-subjectKey)
  --event-store NAME  the table of events (default: <stack>-eventStore)
  --check             only says whose keys stand; ends with 1 if some do`;

const run = async (args: string[]): Promise<void> => {
  const { values } = read(args);
  if (values.help) return void console.log(usage);
  const { stackName, local } = await findTarget(values);
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ maxAttempts: 10, ...(local && { ...local, endpoint: local.dynamoDb }) }),
  );
  const tables = {
    eventStore: values['event-store'] ?? `${stackName}-eventStore`,
    subjectKey: values.table ?? `${stackName}-subjectKey`,
  };
  const standing = await standingKeys(client, tables);
  if (!values.check) for (const keys of standing) await destroyStanding(client, tables, keys);
  const said = values.check ? 'stand' : 'stood, and are destroyed';
  console.log(`Keys of ${standing.length} erased persons ${said} in ${tables.subjectKey}`);
  for (const { subject } of standing) console.log(subject);
  if (values.check && standing.length > 0) process.exitCode = 1;
};

const read = (args: string[]) => {
  const options = {
    help: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    state: { type: 'string', default: '.local' },
    outputs: { type: 'string' },
    table: { type: 'string' },
    'event-store': { type: 'string' },
  } as const;
  return readOptions({ args, options }, usage);
};

runTool(run);

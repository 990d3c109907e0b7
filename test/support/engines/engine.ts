import { startDynamoDb } from 'appsync-local/parts';
import { shared } from '../stack/shared.ts';

const endpoint = 'DYNAMODB_LOCAL_ENDPOINT';

/**
 * One DynamoDB engine, warm after the first tests, for all that they start in memory: each stack, and each set of
 * tables, has a database of its own there. Tests of an engine's life, and of what is kept on disk, leave the variable
 * empty.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const { release } = await shared('engine', async () => {
    const given = process.env[endpoint];
    const engine = await startDynamoDb();
    process.env[endpoint] = engine.endpoint;
    return {
      thing: engine,
      end: async () => {
        if (given === undefined) delete process.env[endpoint];
        else process.env[endpoint] = given;
        await engine.stop();
      },
    };
  });
  return release;
}

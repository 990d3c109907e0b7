import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackOutputs } from 'appsync-local';

/** What a client of this application has to know: what any stack says, and this one's two applications. */
export interface ApplicationOutputs extends StackOutputs {
  AdminIssuer: string;
  AdminClientId: string;
  UserIssuer: string;
  UserClientId: string;
}

/** The outputs of one stack, as a file has them. */
export interface FoundOutputs {
  file: string;
  stackName: string;
  outputs: Record<string, unknown>;
}

/**
 * What a tool has to know of the stack that it works on: the running local one with that state folder, or the deployed
 * one whose outputs `cdk deploy --outputs-file` wrote. @throws Error that says what to do
 */
export const findOutputs = (given: { state: string; outputs?: string | undefined }): FoundOutputs => {
  const file = given.outputs ?? join(given.state, 'outputs.json');
  const text = (() => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      throw new Error(
        given.outputs === undefined
          ? `No stack is running: there is no ${file}\nStart it with \`npm start\`, or name its folder with --state DIR.`
          : `There is no ${file}. \`npx cdk deploy --outputs-file\` writes it.`,
      );
    }
  })();
  const [stackName, outputs] = Object.entries(JSON.parse(text) as Record<string, Record<string, unknown>>)[0] ?? [];
  if (stackName === undefined || outputs === undefined) throw new Error(`${file} names no stack.`);
  return { file, stackName, outputs };
};

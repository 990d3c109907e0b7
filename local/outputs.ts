import { join } from 'node:path';
import type { StackOutputs } from 'appsync-local';
import { readOutputsFile } from 'appsync-local/tokens';

/** What to do where no stack is found. */
export const howToStart = 'Start the stack with `npm start`, or name its state folder with --state DIR.';

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
  const found = readOutputsFile(file);
  if (found) return { file, ...found };
  throw new Error(
    given.outputs === undefined
      ? `No stack is running: there is no ${file}\n${howToStart}`
      : `There is no ${file}. \`npx cdk deploy --outputs-file\` writes it.`,
  );
};

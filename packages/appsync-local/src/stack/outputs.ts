import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IssuerSettings } from '../issuers/settings.ts';
import type { StackModel } from '../model.ts';

/** What a client of the stack has to know: the template's own outputs, as `cdk deploy` would write them, and these. */
export interface StackOutputs {
  GraphQLUrl: string;
  RealtimeUrl: string;
  /** The page at the root of the API's port. */
  PlaygroundUrl: string;
  DynamoDBEndpoint: string;
  SqsEndpoint: string;
  KmsEndpoint: string;
  /** Where a running stack is given trouble (docs/engines.md). */
  ChaosEndpoint?: string;
  /** What trouble it was started with. */
  Chaos?: string;
  Region: string;
  /** Physical names by the names without the stack's. */
  Tables: Record<string, string>;
  /** URLs by the names without the stack's. */
  Queues: Record<string, string>;
  /** The applications that log in at this stack's own issuers, by name, with what their tokens need. */
  Issuers: Record<string, { issuer: string; clientId: string; settings: IssuerSettings }>;
}

export function outputsOf(
  model: StackModel,
  urls: { graphql: string; realtime: string; page: string; gateway: string },
): StackOutputs {
  const bare = (name: string) =>
    name.startsWith(`${model.stackName}-`) ? name.slice(model.stackName.length + 1) : name;
  return {
    ...model.outputs,
    GraphQLUrl: urls.graphql,
    RealtimeUrl: urls.realtime,
    PlaygroundUrl: urls.page,
    DynamoDBEndpoint: urls.gateway,
    SqsEndpoint: urls.gateway,
    KmsEndpoint: urls.gateway,
    Region: model.region,
    Tables: Object.fromEntries(model.tables.map((table) => [bare(table.name), table.name])),
    Queues: Object.fromEntries(model.queues.map((queue) => [bare(queue.name), queue.url])),
    Issuers: {},
  };
}

/** Writes `outputs.json` in the form of `cdk deploy --outputs-file`, whole or not at all. */
export function writeOutputs(stateDir: string, stackName: string, outputs: StackOutputs): void {
  const file = join(stateDir, 'outputs.json');
  writeFileSync(`${file}.new`, `${JSON.stringify({ [stackName]: outputs }, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/**
 * The outputs of the stack with this state folder.
 *
 * @throws an Error that says what to do, if there are none
 */
export function readOutputs(stateDir: string): StackOutputs {
  const file = join(stateDir, 'outputs.json');
  const found = readOutputsFile(file);
  if (!found) throw new Error(`No stack is running: there is no ${file}`);
  return found.outputs as unknown as StackOutputs;
}

/**
 * The first stack in a file as `cdk deploy --outputs-file` writes it; undefined if there is no such file.
 *
 * @throws an Error if it holds something else
 */
export function readOutputsFile(file: string): { stackName: string; outputs: Record<string, unknown> } | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const [[stackName, outputs] = []] = Object.entries(parse(text, file));
  if (stackName === undefined || typeof outputs !== 'object' || outputs === null)
    throw new Error(`${file} holds no outputs of a stack`);
  return { stackName, outputs: outputs as Record<string, unknown> };
}

function parse(text: string, file: string): object {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? json : {};
  } catch {
    throw new Error(`${file} is not JSON`);
  }
}

/** A stack that is gone has no outputs. Leaves the file alone if another stack has written it since. */
export function removeOutputs(stateDir: string, outputs: StackOutputs): void {
  if (readPlaygroundUrl(stateDir) === outputs.PlaygroundUrl) rmSync(join(stateDir, 'outputs.json'), { force: true });
}

/**
 * Two stacks must not share a state folder: each would overwrite the other's files.
 *
 * @throws if the stack that the folder's outputs speak of still answers
 */
export async function refuseSharedState(stateDir: string): Promise<void> {
  const url = readPlaygroundUrl(stateDir);
  if (url === undefined) return;
  const answer = await fetch(`${url}config.json`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.json(),
    () => undefined,
  );
  const graphQlUrl = (answer as { GraphQLUrl?: unknown } | undefined)?.GraphQLUrl;
  if (typeof graphQlUrl === 'string' && graphQlUrl.startsWith(url)) {
    throw new Error(
      `A stack is running at ${url} with the state folder ${stateDir}: stop it, or use another folder (--state DIR).`,
    );
  }
}

function readPlaygroundUrl(stateDir: string): string | undefined {
  try {
    return readOutputs(stateDir).PlaygroundUrl;
  } catch {
    return undefined;
  }
}

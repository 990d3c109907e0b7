import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackModel } from './model.ts';

/** What a client of the stack has to know. The first seven are as `cdk deploy` would write them for a deployed one. */
export interface StackOutputs {
  GraphQLUrl: string;
  RealtimeUrl: string;
  AdminIssuer: string;
  AdminClientId: string;
  UserIssuer: string;
  UserClientId: string;
  PlaygroundUrl: string;
  DynamoDBEndpoint: string;
  SqsEndpoint: string;
  Region: string;
  /** Physical names by the names without the stack's. */
  Tables: Record<string, string>;
  /** URLs by the names without the stack's. */
  Queues: Record<string, string>;
}

export function outputsOf(model: StackModel, urls: { playground: string; gateway: string }): StackOutputs {
  const bare = (name: string) =>
    name.startsWith(`${model.stackName}-`) ? name.slice(model.stackName.length + 1) : name;
  return {
    ...(model.outputs as unknown as StackOutputs),
    PlaygroundUrl: urls.playground,
    DynamoDBEndpoint: urls.gateway,
    SqsEndpoint: urls.gateway,
    Region: model.region,
    Tables: Object.fromEntries(model.tables.map((table) => [bare(table.name), table.name])),
    Queues: Object.fromEntries(model.queues.map((queue) => [bare(queue.name), queue.url])),
  };
}

/** Writes `outputs.json` in the form of `cdk deploy --outputs-file`, whole or not at all. */
export function writeOutputs(stateDir: string, stackName: string, outputs: StackOutputs): void {
  const file = join(stateDir, 'outputs.json');
  writeFileSync(`${file}.new`, `${JSON.stringify({ [stackName]: outputs }, null, 2)}\n`);
  renameSync(`${file}.new`, file);
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
    const [outputs] = Object.values(
      JSON.parse(readFileSync(join(stateDir, 'outputs.json'), 'utf8')) as Record<string, Partial<StackOutputs>>,
    );
    return outputs?.PlaygroundUrl;
  } catch {
    return undefined;
  }
}

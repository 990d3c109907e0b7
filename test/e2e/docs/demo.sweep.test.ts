import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { expect, inject, it } from 'vitest';

interface Outputs {
  DynamoDBEndpoint: string;
  Region: string;
  Tables: Record<string, string>;
}

interface StoredEvent {
  aggregateId: string;
  type: string;
}

const stateDir = inject('stateDir');
const { DynamoDBEndpoint, Region, Tables } = Object.values(
  JSON.parse(readFileSync(join(stateDir, 'outputs.json'), 'utf8')) as Record<string, Outputs>,
)[0]!;

const node = async (args: string[], env: Record<string, string> = {}): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', ...args], {
    env: { ...process.env, ...env },
  });
  return stdout.trim();
};

const eventsBy = async (actor: string): Promise<StoredEvent[]> => {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: DynamoDBEndpoint,
      region: Region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  );
  const found: StoredEvent[] = [];
  const pages = paginateScan(
    { client },
    {
      TableName: Tables['eventStore'],
      FilterExpression: 'actor = :actor',
      ExpressionAttributeValues: { ':actor': actor },
    },
  );
  for await (const page of pages) found.push(...((page.Items ?? []) as StoredEvent[]));
  client.destroy();
  return found;
};

it('fills a stack as often as one likes, and counts what the event store counts', async () => {
  const sub = `auth0|demo-${Date.now().toString(36)}`;
  const ADMIN_TOKEN = await node(['local/token.ts', 'admin', '--sub', sub, '--state', stateDir]);
  let applied = 0;
  let ada = '';
  for (const _ of ['first', 'second']) {
    const said = await node(['demo/run.ts', '--state', stateDir], { ADMIN_TOKEN });
    const [, appliedNow, rejected, codes] =
      /Totals of run \w+: applied (\d+), rejected (\d+) \((.+)\)/.exec(said) ?? [];
    expect(said).toContain('Users created 50/50');
    expect(said).toMatch(/COMPLETED: (\d+) of \1 streams rebuilt, \d+ rows changed, 0 failed/);
    expect(rejected).toBe('8');
    expect(codes).toBe(
      'ALREADY_EXISTS 1, EMAIL_TAKEN 1, GROUP_NOT_FOUND 1, IN_USE 1, NAME_TAKEN 1, NOT_FOUND 1, ROLE_NOT_FOUND 1, VERSION_CONFLICT 1',
    );
    applied += Number(appliedNow);
    ada = /Ada, created.+USER (\w+)/.exec(said)![1]!;
  }
  const events = await eventsBy(`admin:${sub}`);
  expect(events).toHaveLength(applied);
  expect(
    events
      .filter(({ aggregateId }) => aggregateId === ada)
      .map(({ type }) => type)
      .sort(),
  ).toEqual(['UserCorrected', 'UserCreated', 'UserUpdated']);
}, 180_000);

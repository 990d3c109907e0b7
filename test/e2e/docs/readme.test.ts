import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { outputsOf, unique } from '../../support/clients/client.ts';

it('the first steps of the README do what they say, as they stand', () => {
  const stateDir = inject('stateDir');
  const readme = readFileSync('README.md', 'utf8');
  const [, block = ''] = /## First steps[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  const [commandId = ''] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(block) ?? [];
  const [id, name] = [randomUUID(), unique('North')];
  // Only what another stack has otherwise is put in its place, its address and its state; and an id and a name of one's
  // own.
  const script = block
    .replaceAll('http://127.0.0.1:4000/graphql', outputsOf(stateDir).GraphQLUrl)
    .replace('token -- admin', `token -- admin --state ${stateDir}`)
    .replace('sleep 1', 'sleep 3')
    .replace('North', name)
    .replaceAll(commandId, id);
  const { stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], { encoding: 'utf8' });
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(answers, stderr).toEqual([
    { data: { createGroup: { commandId: id, operation: 'createGroup', aggregateId: id } } },
    { data: { command: { status: 'APPLIED', version: 1, code: null, message: null } } },
    { data: { groups: { items: expect.anything() } } },
    {
      data: {
        events: {
          items: [
            {
              version: 1,
              type: 'GroupCreated',
              actor: 'admin:auth0|admin',
              timestamp: expect.any(String),
              payload: expect.stringContaining(name),
            },
          ],
        },
      },
    },
  ]);
});

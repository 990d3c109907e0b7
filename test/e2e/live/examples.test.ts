import '../../../examples/localWebSocket.ts';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { amplifyTransport } from '../../../examples/amplify.ts';
import { apolloTransport } from '../../../examples/apollo.ts';
import { plainTransport } from '../../../examples/plain.ts';
import { runCommand } from '../../../examples/runCommand.ts';
import { Refusal, type Transport } from '../../../examples/transport.ts';
import { admin, type Client, eventually, tokenOf, unique, user } from '../../support/clients/client.ts';
import { startUnreliableNetwork, type UnreliableNetwork } from '../../support/clients/unreliableNetwork.ts';

const clients = { plain: plainTransport, amplify: amplifyTransport, apollo: apolloTransport };
const group = () => ({ name: unique('group'), description: 'Some' });

describe.each(Object.entries(clients))('the example client %s', (name, create) => {
  let client: Client;
  let network: UnreliableNetwork;
  let transport: Transport;

  beforeEach(async () => {
    client = await admin();
    network = await startUnreliableNetwork(client.outputs);
    transport = create({ ...network, token: async () => client.token! });
  });
  afterEach(async () => {
    transport.close();
    await network.stop();
  });

  const eventsOf = async (id: string) =>
    (await client.get('query($id: ID!) { events(aggregate: GROUP, aggregateId: $id) { items { version } } }', { id }))
      .events.items;

  it('runs as a program', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'examples/run.ts', name, join(inject('stateDir'), 'outputs.json')],
      { env: { ...process.env, TOKEN: client.token } },
    );
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, any>);
    const [{ created }, { updated }, { refused }] = ['created', 'updated', 'refused'].map((key) =>
      lines.find((line) => line[key])!,
    ) as [any, any, any];
    expect(created).toMatchObject({ status: 'APPLIED', version: 1 });
    expect(updated).toMatchObject({ status: 'APPLIED', version: 2, aggregateId: created.aggregateId });
    expect(refused).toMatchObject({ status: 'REJECTED', code: 'VERSION_CONFLICT' });
    const updates = lines.flatMap(({ update }) => (update?.aggregateId === created.aggregateId ? [update] : []));
    expect(updates).toMatchObject([
      { version: 1, change: 'CREATED' },
      { version: 2, change: 'UPDATED', group: { name: expect.stringMatching(/^South/) } },
    ]);
  });

  it('learns outcomes, applied and rejected, on one connection', async () => {
    const input = group();
    const first = await runCommand(transport, 'createGroup', input);
    expect(first).toMatchObject({ status: 'APPLIED', version: 1 });
    // The view shows it by now.
    expect(
      (await transport.request('query($id: ID!) { group(id: $id) { name version } }', { id: first.aggregateId })).group,
    ).toMatchObject({ name: input.name, version: 1 });
    expect(await runCommand(transport, 'createGroup', input)).toMatchObject({ status: 'REJECTED', code: 'NAME_TAKEN' });
    expect(network.sockets).toBe(1);
  });

  it('says so when the API does not take a command or a subscription', async () => {
    await expect(runCommand(transport, 'createGroup', { name: '', description: 'x' })).rejects.toThrow('name: ');
    await expect(runCommand(transport, 'createGroup', { name: '', description: 'x' })).rejects.toBeInstanceOf(Refusal);
    const refused = new Promise((resolve, reject) => {
      transport.subscribe(
        'subscription { onCommandCompleted(commandId: "mine") { status } }',
        {},
        { ready: () => reject(new Error('It stands')), next: reject, error: resolve },
      );
    });
    expect(await refused).toMatchObject({ message: expect.stringContaining('must be a UUID') });
  });

  it('says so when its token is not good any more', async () => {
    const expired = await tokenOf(inject('stateDir'), 'admin', 'auth0|admin', {
      exp: Math.floor(Date.now() / 1000) - 60,
    });
    const late = create({ ...network, token: async () => expired });
    const denied: unknown = await late.request('{ groups { items { id } } }', {}).catch((error: unknown) => error);
    expect(denied).toBeInstanceOf(Refusal);
    expect(denied).toMatchObject({ message: expect.stringMatching(/expired|Unauthorized|401/) });
    const refused = new Promise((resolve, reject) => {
      late.subscribe(
        'subscription { onProjectionUpdated { version } }',
        {},
        { ready: () => reject(new Error('It stands')), next: reject, error: resolve },
      );
    });
    expect(await refused).toMatchObject({ message: expect.stringMatching(/expired|Unauthorized/) });
    late.close();
  });

  /** Runs a command whose outcome is published while nobody listens. */
  const runUnheard = async (
    transport: Transport,
    sender: Client,
    operation: string,
    input: Record<string, unknown>,
  ) => {
    let commandId = '';
    network.decide((body) => {
      if (body.includes(`${operation}(`)) {
        // The command arrives; from now on the connection is lost.
        commandId = (JSON.parse(body) as { variables: { commandId: string } }).variables.commandId;
        network.cut(true);
      }
      return 'delivered';
    });
    const running = runCommand(transport, operation, input);
    await eventually('the command is sent', async () => commandId);
    await sender.outcomeOf(commandId);
    network.decide(() => 'delivered');
    network.mend();
    const outcome = await running;
    expect(outcome.commandId).toBe(commandId);
    expect(network.sockets).toBeGreaterThan(1);
    return outcome;
  };

  it('misses no outcome that is published while its connection is lost', async () => {
    const id = (await runCommand(transport, 'createGroup', group())).aggregateId;
    expect(await runUnheard(transport, client, 'updateGroup', { id, description: 'Unheard' })).toMatchObject({
      status: 'APPLIED',
      version: 2,
    });
    expect((await transport.request('query($id: ID!) { group(id: $id) { version } }', { id })).group).toMatchObject({
      version: 2,
    });
    // And what comes after is pushed again.
    expect(await runCommand(transport, 'deleteGroup', { id })).toMatchObject({ status: 'APPLIED', version: 3 });
  });

  it('does the same for a user', async () => {
    const member = await user(`auth0|${unique('member')}`);
    const own = create({ ...network, token: async () => member.token! });
    expect(
      await runCommand(own, 'signUp', {
        firstName: 'Mia',
        lastName: 'May',
        birthDate: '1990-01-01',
        email: `${member.sub.slice('auth0|'.length)}@example.com`,
      }),
    ).toMatchObject({ status: 'APPLIED', version: 1 });
    expect(await runUnheard(own, member, 'updateProfile', { firstName: 'Maja' })).toMatchObject({
      status: 'APPLIED',
      version: 2,
    });
    expect((await own.request('query { me { firstName version } }', {})).me).toMatchObject({
      firstName: 'Maja',
      version: 2,
    });
    own.close();
  });

  it('sends a command again whose receipt was lost: one effect', async () => {
    const fates = ['lost', 'answer lost'] as const;
    let sent = 0;
    network.decide((body) => (body.includes('createGroup(') ? (fates[sent++] ?? 'delivered') : 'delivered'));
    const outcome = await runCommand(transport, 'createGroup', group());
    expect(outcome).toMatchObject({ status: 'APPLIED', version: 1 });
    expect(sent).toBeGreaterThan(1);
    expect(await eventsOf(outcome.aggregateId)).toEqual([{ version: 1 }]);
  });
});

describe.each([
  ['amplify', /^\{ status: 'APPLIED', version: 1, code: null \}$/],
  ['apollo', /change: '(CREATED|UPDATED|DELETED)'/],
] as const)('the smallest example with %s', (name, said) => {
  const file = `examples/small/${name}.mjs`;

  it('runs', async () => {
    const { outputs, token } = await admin();
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--import', './examples/localWebSocket.ts', file],
      { env: { ...process.env, GRAPHQL_URL: outputs.GraphQLUrl, TOKEN: token } },
    );
    expect(stdout.trim()).toMatch(said);
  });

  it('is what the guide shows', () => {
    expect(readFileSync('docs/clients.md', 'utf8')).toContain(`\`\`\`js\n${readFileSync(file, 'utf8')}\`\`\``);
  });
});

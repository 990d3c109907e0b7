import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { outputsOf } from '../support/clients/client.ts';
import { closeVisits, hasChromium, openChromium } from './chromium.ts';
import { ConsolePage } from './consolePage.ts';
import { visits } from './visits.ts';

const started: ChildProcess[] = [];

/** `npm run console` with these options, in a process group of its own: npm starts others. */
const start = (...options: string[]): ChildProcess => {
  const child = spawn('npm', ['run', '--silent', 'console', '--', ...options], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
};

afterAll(async () => {
  for (const child of started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    const gone = once(child, 'exit');
    process.kill(-child.pid!, 'SIGINT');
    await gone;
  }
});

/** The address that it prints once it serves. */
const addressOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const address = /^ {2}(http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(said)?.[1];
      if (address) resolve(address);
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${said}`)));
  });

describe.skipIf(!hasChromium)('the graphiql of an API that is elsewhere', () => {
  let url: string;
  const { origin, issuers } = (() => {
    const { GraphQLUrl, AdminIssuer, UserIssuer } = outputsOf(inject('stateDir'));
    return { origin: new URL(GraphQLUrl).origin, issuers: [AdminIssuer, UserIssuer] };
  })();
  const { visit } = visits(async () => {
    url = await addressOf(start('--outputs', join(inject('stateDir'), 'outputs.json'), '--port', '0'));
    return { url, api: outputsOf(inject('stateDir')).GraphQLUrl };
  });

  it('asks the API from its own origin, before log-in and after it', async () => {
    expect(new URL(url).origin).not.toBe(origin);
    const graphiql = await visit();
    // Read by the page itself: without the API's leave for its origin, it would hear of no answer at all.
    expect((await graphiql.run()).errors).toHaveLength(1);
    await graphiql.page.getByRole('alert').getByText('Log in first').waitFor();

    await graphiql.logIn('admin', 'auth0|admin');
    expect(graphiql.page.url()).toBe(`${url}#/graphiql`);
    await graphiql.subscribe('Watch every change');
    const { data } = await graphiql.runStep('Create a group');
    await graphiql
      .response()
      .getByText(data!['createGroup'].commandId as string)
      .first()
      .waitFor();
    await graphiql
      .messages(`commandId ${(data!['createGroup'].commandId as string).slice(0, 8)}`)
      .first()
      .waitFor();
    expect((await graphiql.runStep('All users')).errors).toBeUndefined();

    await graphiql.logOut();
    expect(graphiql.page.url()).toBe(`${url}#/graphiql`);
    expect(graphiql.faults).toEqual([]);
    expect(
      graphiql.strangers.filter(
        (stranger) =>
          !stranger.startsWith(`${origin}/graphql`) && !issuers.some((issuer) => stranger.startsWith(issuer)),
      ),
    ).toEqual([]);
  });

  it('logs a user in as well, and renews the log-in from there', async () => {
    const graphiql = await visit();
    await graphiql.logIn('user', 'google-oauth2|carol');
    await graphiql.page.evaluate(`
      const [key, text] = Object.entries(sessionStorage).find(([name]) => name.startsWith('oidc.user:'));
      sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), access_token: 'used.up.long-ago', expires_at: 1 }));
    `);
    await graphiql.page.reload();
    expect((await graphiql.runStep('My profile')).errors).toBeUndefined();
    expect(graphiql.faults).toEqual([]);
  });
});

describe.skipIf(!hasChromium)('the console in a folder, for a bucket to serve', () => {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  const types: Record<string, string> = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.json': 'application/json',
  };
  /** As a bucket behind CloudFront does: the root is index.html, and what is not there is forbidden. */
  const bucket = createServer((request, response) => {
    const path = new URL(request.url!, 'http://bucket').pathname;
    const file = join(folder, path === '/' ? 'index.html' : path);
    if (!existsSync(file)) return response.writeHead(403).end();
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
  });
  afterAll(async () => {
    await closeVisits();
    bucket.closeAllConnections();
    bucket.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has all that it needs, and says so where a part is missing', async () => {
    const child = start('--outputs', join(inject('stateDir'), 'outputs.json'), '--to', folder);
    const [told, [code]] = await Promise.all([text(child.stdout!), once(child, 'exit') as Promise<[number]>]);
    expect(code).toBe(0);
    expect(told).toContain(`aws s3 sync ${folder} s3://<ConsoleBucket> --delete --cache-control no-cache`);
    bucket.listen(0, '127.0.0.1');
    await once(bucket, 'listening');
    const context = await (await openChromium()).newContext();
    context.setDefaultTimeout(60_000);
    const url = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}/`;
    const page = new ConsolePage(await context.newPage(), url);
    await page.open('/groups');
    await page.logInAs('admin', 'auth0|admin');
    await page.heading('Groups').waitFor();
    await page.badge('Live').waitFor();

    rmSync(join(folder, 'config.json'));
    await page.page.reload();
    await page.page.getByText('no configuration for this page (config.json: status 403)').waitFor();
    expect(page.faults).toEqual([]);
  });
});

describe('npm run console', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outputs-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const outputs = {
    GraphQLUrl: 'https://api.example/graphql',
    RealtimeUrl: 'wss://api.example/graphql/realtime',
    AdminIssuer: 'https://admin.example/',
    AdminClientId: 'a',
    UserIssuer: 'https://user.example/',
    UserClientId: 'u',
  };
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it.each([
    {
      what: 'no outputs are named',
      options: [],
      words: /^Usage: npm run console -- --outputs cdk-outputs\.json \[--port N \| --to DIR\]\n/,
    },
    {
      what: 'an option is not known',
      options: ['--output', 'x.json'],
      words: /'--output'[^]*\nUsage: npm run console -- /,
    },
    { what: 'a port is none', options: ['--outputs', 'x.json', '--port', '70000'], words: /^Usage: / },
    {
      what: 'the file is not there',
      options: ['--outputs', join(folder, 'none.json')],
      words: /^There is no .*none\.json\. Deploy with: npx cdk deploy --outputs-file .*none\.json\n$/,
    },
    { what: 'the file is a folder', options: ['--outputs', folder], words: /^.* cannot be read: EISDIR.*\n$/ },
    {
      what: 'the file is not JSON',
      options: ['--outputs', file('text.json', 'none yet')],
      words: /^.*text\.json is not JSON: .*none.*\n$/,
    },
    {
      what: "the outputs are another stack's",
      options: ['--outputs', file('other.json', '{"other":{"BucketName":"b"}}')],
      words:
        /^.*other\.json: These are not the stack's outputs: GraphQLUrl, RealtimeUrl, AdminIssuer, AdminClientId, UserIssuer, UserClientId missing\.\n$/,
    },
    {
      what: 'one output is missing',
      options: ['--outputs', file('part.json', JSON.stringify({ dev: { ...outputs, UserClientId: undefined } }))],
      words: /^.*part\.json: These are not the stack's outputs: UserClientId missing\.\n$/,
    },
    {
      what: 'an address is none',
      options: ['--outputs', file('address.json', JSON.stringify({ dev: { ...outputs, UserIssuer: 'user.example' } }))],
      words: /^.*address\.json: UserIssuer is not an address: user\.example\n$/,
    },
  ])('says what is wrong when $what, and ends with 1', async ({ options, words }) => {
    const child = start(...options);
    const [said, told, [code]] = await Promise.all([
      text(child.stderr!),
      text(child.stdout!),
      once(child, 'exit') as Promise<[number]>,
    ]);
    expect(said).toMatch(words);
    expect({ told, code }).toEqual({ told: '', code: 1 });
  });
});

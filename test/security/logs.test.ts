import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { email } from '../../domain/kernel/values/attributes.ts';
import { organisation } from '../e2e/organisation.ts';
import { admin, anonymous, eventually, unique, user } from '../support/clients/client.ts';

/** Letters that stand in no other test's values, nor in any id. */
const mark = unique('Quillfeather').replaceAll('-', '');
const said = (what: string) => `${mark}${what}`;
const values = { firstName: said('First'), lastName: said('Last'), reason: said('Reason') };
const stateDir = inject('stateDir');
const id = unique('logged');

/** Every line that the stack has logged so far, whatever test it was for. */
const lines = (): { file: string; line: string }[] =>
  readdirSync(join(stateDir, 'logs')).flatMap((file) =>
    readFileSync(join(stateDir, 'logs', file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ file, line })),
  );

beforeAll(async () => {
  const root = await admin();
  const ids = await organisation(root);
  const person = { ...values, birthDate: '1931-07-29', email: `${id}@example.com` };
  const { reason, ...names } = person;
  const client = await user(`auth0|${id}`);
  await client.run('signUp', names);
  await root.apply('updateUser', { id, ...ids, authorizationId: undefined });
  await root.run('suspendUser', { id, reason });
  await client.run('updateProfile', { firstName: said('Suspended') });
  await root.run('reinstateUser', { id });
  const correct = (payload: object) =>
    root.ask('mutation($input: CorrectEventInput!) { correctEvent(input: $input) { commandId } }', {
      input: { aggregate: 'USER', aggregateId: id, version: 1, payload: JSON.stringify(payload) },
    });
  await correct({ ...names, lastName: said('Corrected') });
  await correct({ lastName: 7, nickname: said('Value') });
  await correct({ ...names, birthDate: said('Date') });
  await root.run('createUser', { ...names, id: unique('taken'), roleId: ids.roleId, groupId: ids.groupId });
  // What is refused, by whichever part; and reads that quote values.
  const signUp = 'mutation($input: SignUpInput!) { signUp(input: $input) { commandId } }';
  for (const wrong of [
    { firstName: said('Long').repeat(20) },
    { birthDate: said('Date') },
    { email: `${said('Address')}..@example.com` },
    { email: `${said('other')}@example.com`.toLowerCase() },
    { nickname: said('Value') },
  ])
    await client.ask(signUp, { input: { ...names, ...wrong } });
  await client.ask(`query { nobody(id: "${said('Argument')}") { id } }`);
  await anonymous().ask(signUp, { input: names });
  await root.ask('query($email: AWSEmail!) { userByEmail(email: $email) { firstName } }', { email: person.email });
  await root.ask('query($text: String) { users(filter: { text: $text }) { items { firstName } } }', { text: mark });
  await root.ask('query($id: ID!) { personalData(id: $id) }', { id });
  await client.ask('{ myData }');
  await client.get('mutation { eraseMe { commandId } }');
  await eventually('the erasure in the view', async () => (await client.get('{ me { id } }')).me === null);
});

describe('no line of any log', () => {
  it('is missing: they tell of what was done', () => {
    const ofIt = lines().filter(({ line }) => line.includes(id));
    expect(new Set(ofIt.map(({ file }) => file)).size).toBeGreaterThanOrEqual(3);
  });

  it('says a value of an attribute', () => {
    expect(lines().filter(({ line }) => line.toLowerCase().includes(mark.toLowerCase()))).toEqual([]);
    expect(lines().filter(({ line }) => line.includes('1931-07-29'))).toEqual([]);
  });

  it('has an address in it, whoever said it in whatever test', () => {
    // But for the example that the rule gives.
    const told = ({ line }: { line: string }) => line.replace(email().rule, '');
    expect(lines().filter((line) => /[\w.+-]+@[\w-]+\.[a-z]{2,}/i.test(told(line)))).toEqual([]);
  });

  it('has a token in it', () => {
    expect(lines().filter(({ line }) => /eyJ[\w-]{10,}\.[\w-]{10,}/.test(line))).toEqual([]);
  });
});

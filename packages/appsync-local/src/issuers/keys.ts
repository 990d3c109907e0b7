/**
 * The keys of an issuer: the one that signs now and the one that will sign next, both published, both kept in the state
 * folder so that tokens outlive a restart and the token command can sign without asking the running stack. To make one
 * takes a sixth of a second: the next one is made when somebody asks for what is published.
 */
import { createHash, generateKeyPair, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SigningKey } from './jwt.ts';

/** What a key file holds at first. */
export interface FirstSecrets {
  /** Signs tokens now. */
  current: SigningKey;
  /** Signs the cookies of the log-in pages. */
  cookieSecret: string;
}

/** What a key file holds once somebody has asked for what is published. */
export interface IssuerSecrets extends FirstSecrets {
  /** Published already, signs after the next rotation. */
  next: SigningKey;
}

const generate = promisify(generateKeyPair);

/**
 * The file of an issuer's keys. Named after the issuer's path, not its port: a restart on another port keeps the keys.
 */
export function keyFile(stateDir: string, issuer: string): string {
  const name = new URL(issuer).pathname.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return join(stateDir, 'keys', `${name || 'root'}.json`);
}

/** The keys on file, or null if there is no such file. A damaged file is an error that names it. */
export async function readSecrets(stateDir: string, issuer: string): Promise<FirstSecrets | IssuerSecrets | null> {
  const file = keyFile(stateDir, issuer);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    const secrets = JSON.parse(text) as FirstSecrets | IssuerSecrets;
    const { current, cookieSecret } = secrets;
    if (!current.kid || !cookieSecret || ('next' in secrets && !secrets.next.kid)) throw new Error('a key is missing');
    return secrets;
  } catch (error) {
    throw new Error(
      `${file} does not hold an issuer's keys (${(error as Error).message}). Delete it to have new ones made.`,
    );
  }
}

/** The keys on file; made and filed if there are none. */
export async function loadSecrets(stateDir: string, issuer: string): Promise<FirstSecrets | IssuerSecrets> {
  const found = await readSecrets(stateDir, issuer);
  if (found) return found;
  return save(stateDir, issuer, { current: await createKey(), cookieSecret: randomBytes(32).toString('base64url') });
}

/** The same with the next key; made and filed if there is none. */
export async function withNext(
  stateDir: string,
  issuer: string,
  secrets: FirstSecrets | IssuerSecrets,
): Promise<IssuerSecrets> {
  return 'next' in secrets ? secrets : save(stateDir, issuer, { ...secrets, next: await createKey() });
}

/** Retires the current key (it is published no more), lets the next one sign and makes another. */
export async function rotateSecrets(stateDir: string, issuer: string, secrets: IssuerSecrets): Promise<IssuerSecrets> {
  return save(stateDir, issuer, { ...secrets, current: secrets.next, next: await createKey() });
}

/** A new key; its id is the RFC 7638 thumbprint. */
export async function createKey(): Promise<SigningKey> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  const thumbprint = createHash('sha256')
    .update(JSON.stringify({ e: jwk.e, kty: jwk.kty, n: jwk.n }))
    .digest('base64url');
  return { ...jwk, kid: thumbprint, use: 'sig', alg: 'RS256' };
}

async function save<Secrets extends FirstSecrets>(
  stateDir: string,
  issuer: string,
  secrets: Secrets,
): Promise<Secrets> {
  const file = keyFile(stateDir, issuer);
  await mkdir(join(stateDir, 'keys'), { recursive: true, mode: 0o700 });
  // Written aside and renamed: a reader never meets half a file.
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
  return secrets;
}

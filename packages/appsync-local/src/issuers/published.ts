/** Asks a running issuer for the ids of its keys. */
import { get } from 'node:http';

const timeoutMs = 3000;

/** The ids in the issuer's JWKS; null if nobody answers there, or not with a JWKS. */
export function publishedKeyIds(issuer: string): Promise<string[] | null> {
  return new Promise((resolve) => {
    const request = get(new URL('.well-known/jwks.json', issuer), { timeout: timeoutMs, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(keyIds(text)));
      response.on('error', () => resolve(null));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

function keyIds(text: string): string[] | null {
  try {
    const { keys } = JSON.parse(text) as { keys: { kid: string }[] };
    return keys.map((key) => key.kid);
  } catch {
    return null;
  }
}

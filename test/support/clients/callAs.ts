import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from 'appsync-local/parts';

class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string | Uint8Array);
  }

  update(data: string | Uint8Array): void {
    this.hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

/** One signed request to an endpoint of the local stack, in a role's name. */
export const callAs = async (
  credentials: AwsCredentials,
  service: string,
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> => {
  const target = new URL(url);
  const signer = new SignatureV4({ service, region: 'us-east-1', credentials, sha256: Sha256 });
  const signed = await signer.sign({
    method: 'POST',
    protocol: target.protocol,
    hostname: target.hostname,
    path: target.pathname,
    body,
    headers: { host: target.host, 'content-type': 'application/x-amz-json-1.0', ...headers },
  });
  const response = await fetch(target, { method: 'POST', headers: signed.headers, body });
  return { status: response.status, body: await response.text() };
};

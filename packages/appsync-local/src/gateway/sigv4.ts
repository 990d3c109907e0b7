import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A request as it came over the wire. */
export interface VerifiableRequest {
  method: string;
  /** Path and query as received. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Uint8Array | string;
}

export type Verification = { ok: true } | { ok: false; error: string; reason: string };

interface Authorization {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

const authorizationForm =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

const allowedSkewMs = 15 * 60_000;

/** Checks AWS Signature Version 4 in the Authorization header, the only form that the services here are called with. */
export class SigV4Verifier {
  /** Signing keys change once a day; deriving one costs four HMACs. */
  readonly #signingKeys = new Map<string, Buffer>();

  constructor(
    readonly region: string,
    readonly now: () => number = Date.now,
  ) {}

  /** The access key id that the request claims, whether or not its signature is right. */
  accessKeyId(request: Pick<VerifiableRequest, 'headers'>): string | undefined {
    return /Credential=([^/,\s]+)\//.exec(request.headers['authorization'] ?? '')?.[1];
  }

  verify(request: VerifiableRequest, service: string, secretAccessKey: string): Verification {
    const header = request.headers['authorization'];
    if (header === undefined)
      return refuse('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
    const authorization = parseAuthorization(header);
    if (!authorization)
      return refuse('IncompleteSignatureException', 'Authorization header is not a valid AWS4-HMAC-SHA256 signature.');

    const { date, signedHeaders } = authorization;
    if (authorization.region !== this.region)
      return mismatch(`Credential should be scoped to a valid region, not '${authorization.region}'.`);
    if (authorization.service !== service)
      return mismatch(`Credential should be scoped to correct service: '${service}'.`);
    if (!signedHeaders.includes('host')) return mismatch("'Host' must be a signed header.");
    if (request.headers['x-amz-security-token'] !== undefined && !signedHeaders.includes('x-amz-security-token')) {
      return mismatch("'x-amz-security-token' must be a signed header.");
    }
    const timestamp = request.headers['x-amz-date'] ?? '';
    if (!timestamp.startsWith(date) || !signedHeaders.includes('x-amz-date'))
      return mismatch('Date in Credential scope does not match the signed x-amz-date.');
    const age = Math.abs(this.now() - parseAmzDate(timestamp));
    if (!(age <= allowedSkewMs)) return mismatch(`Signature expired: ${timestamp} is not within 15 minutes of now.`);

    const scope = `${date}/${this.region}/${service}/aws4_request`;
    const stringToSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonicalRequest(request, signedHeaders))}`;
    const expected = createHmac('sha256', this.#signingKey(secretAccessKey, date, service))
      .update(stringToSign)
      .digest();
    if (timingSafeEqual(expected, Buffer.from(authorization.signature, 'hex'))) return { ok: true };
    return mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  }

  #signingKey(secretAccessKey: string, date: string, service: string): Buffer {
    const id = `${secretAccessKey}/${date}/${service}`;
    let key = this.#signingKeys.get(id);
    if (!key) {
      key = [date, this.region, service, 'aws4_request'].reduce<Buffer>(
        (previous, part) => createHmac('sha256', previous).update(part).digest(),
        Buffer.from(`AWS4${secretAccessKey}`),
      );
      // Only today's and yesterday's keys are of use; a long-running stack must not collect more.
      if (this.#signingKeys.size > 200) this.#signingKeys.clear();
      this.#signingKeys.set(id, key);
    }
    return key;
  }
}

function parseAuthorization(header: string): Authorization | undefined {
  const match = authorizationForm.exec(header);
  if (!match) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] = match;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

function canonicalRequest(request: VerifiableRequest, signedHeaders: string[]): string {
  const [path = '/', query = ''] = request.url.split(/\?(.*)/s, 2);
  const headers = signedHeaders
    .map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`)
    .join('');
  return [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    headers,
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
}

/** Every service but S3 encodes each segment of the (already encoded) path once more. */
function canonicalPath(path: string): string {
  return path.split('/').map(encode).join('/');
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s, 2);
      return [encode(decode(name)), encode(decode(value))] as const;
    })
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map((pair) => pair.join('='))
    .join('&');
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A malformed escape stays as it is: no signature will match it. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `20261101T120000Z` in milliseconds; NaN if it is not of that form. */
function parseAmzDate(timestamp: string): number {
  return Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

const refuse = (error: string, reason: string): Verification & { ok: false } => ({ ok: false, error, reason });
const mismatch = (reason: string) => refuse('InvalidSignatureException', reason);

/** Serves the built page and its configuration over HTTP. */
import { readFile, readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ConsoleConfig } from './outputs.ts';

export interface ConsoleOptions {
  /** What the page gets as `config.json`. */
  config: ConsoleConfig;
  /** The folder with the built page: {@link buildConsole}'s. Until it resolves, visitors are asked to wait. */
  dist: Promise<string>;
}

export interface Console {
  /** Answers a request for the page or one of its files; false if it is for something else. */
  handle(req: IncomingMessage, res: ServerResponse): boolean;
}

interface StaticFile {
  body: Buffer;
  gzipped: Buffer;
  headers: Record<string, string>;
}

type Content =
  { state: 'building' } | { state: 'failed'; reason: string } | { state: 'built'; files: Map<string, StaticFile> };

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
};

export function createConsole({ config, dist }: ConsoleOptions): Console {
  let content: Content = { state: 'building' };
  dist.then(loadFiles).then(
    (files) => (content = { state: 'built', files }),
    (error: unknown) => (content = { state: 'failed', reason: error instanceof Error ? error.message : String(error) }),
  );
  const page = {
    'content-security-policy': contentSecurityPolicy(config),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };

  return {
    handle(req, res) {
      const path = (req.url ?? '/').split('?', 1)[0]!;
      if (req.method !== 'GET' && req.method !== 'HEAD') return false;
      const name = path === '/' ? 'index.html' : path.slice(1);
      if (name === 'config.json')
        send(
          req,
          res,
          200,
          { 'content-type': 'application/json', 'cache-control': 'no-store' },
          JSON.stringify(config),
        );
      else if (content.state === 'built') return sendFile(req, res, content.files.get(name), page);
      else if (name !== 'index.html') return false;
      else if (content.state === 'building')
        send(
          req,
          res,
          503,
          { ...waiting, 'retry-after': '1' },
          // The header Refresh would take a browser no further than to the fragment of its address.
          `${plainPage('The page is being built', 'A few seconds, after which it appears by itself.')}<script>setTimeout(() => location.reload(), 1000)</script>`,
        );
      else send(req, res, 500, waiting, plainPage('The page could not be built', content.reason));
      return true;
    },
  };
}

const waiting = { 'content-type': types['.html']!, 'cache-control': 'no-store' };

/** All of the page's files, by address, in memory: a later build may remove the folder. */
async function loadFiles(dist: string): Promise<Map<string, StaticFile>> {
  const entries = await readdir(dist, { withFileTypes: true, recursive: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map(async (path): Promise<[string, StaticFile]> => {
    const body = await readFile(path);
    const name = relative(dist, path).split(sep).join('/');
    // Names of assets hold a hash of their content.
    const caching = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    const headers = {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'cache-control': caching,
      vary: 'accept-encoding',
    };
    return [name, { body, gzipped: await promisify(gzip)(body), headers }];
  });
  return new Map(await Promise.all(files));
}

function sendFile(
  req: IncomingMessage,
  res: ServerResponse,
  file: StaticFile | undefined,
  page: Record<string, string>,
): boolean {
  if (!file) return false;
  const compressed = /\bgzip\b/.test(String(req.headers['accept-encoding']));
  const headers = { ...file.headers, ...page, ...(compressed ? { 'content-encoding': 'gzip' } : {}) };
  send(req, res, 200, headers, compressed ? file.gzipped : file.body);
  return true;
}

function send(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string | Buffer,
): void {
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  res.end(req.method === 'HEAD' ? undefined : body);
}

/**
 * The page may load from its own origin, and talk to the API and the issuers. The editor sets styles on its elements.
 */
function contentSecurityPolicy({ GraphQLUrl, RealtimeUrl, AdminIssuer, UserIssuer }: ConsoleConfig): string {
  const partners = new Set(
    [GraphQLUrl, RealtimeUrl, AdminIssuer, UserIssuer].map((url) => `${new URL(url).protocol}//${new URL(url).host}`),
  );
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "img-src 'self' data:",
    `connect-src 'self' ${[...partners].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function plainPage(title: string, text: string): string {
  const escaped = text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
</head>
<body style="font: 1.125rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>${title}</h1>
<p role="status" style="white-space: pre-wrap">${escaped}</p>
</body>
</html>
`;
}

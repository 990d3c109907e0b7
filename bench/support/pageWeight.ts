import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildConsole } from '../../console/build.ts';

/**
 * Gzipped bytes of what a browser loads before the console shows its first page: the document, and all that it names.
 */
export const consoleWeight = async (): Promise<number> => {
  const dist = await buildConsole();
  const document = readFileSync(join(dist, 'index.html'));
  const assets = [...document.toString().matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) =>
    readFileSync(join(dist, file!)),
  );
  return [document, ...assets].reduce((sum, content) => sum + gzipSync(content).length, 0);
};

/** Gzipped bytes of the typed client, minified as an application's bundler does. */
export const clientWeight = async (): Promise<number> => {
  const { outputFiles } = await build({
    entryPoints: ['packages/client/src/index.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents).length;
};

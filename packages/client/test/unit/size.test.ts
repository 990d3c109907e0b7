import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('weighs under 15 KB gzipped, and brings nothing along', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ['packages/client/src/index.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
  });
  expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThan(15 * 1024);
  const others = Object.keys(metafile.inputs).filter((file) => !file.startsWith('packages/client/src/'));
  expect(others).toEqual([]);
});

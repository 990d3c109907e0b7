/**
 * `npm run build -w packages/client [-- FOLDER]`: the package as it is published, plain modules and their types, into dist.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

if (process.argv.includes('--help')) {
  console.log(
    'Usage: npm run build -w packages/client [-- FOLDER]\n\n  FOLDER   where the package is written (default packages/client/dist)',
  );
  process.exit(0);
}

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = resolve(process.argv[2] ?? `${here}dist`);
rmSync(folder, { recursive: true, force: true });

const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
const { status } = spawnSync(process.execPath, [compiler, '-p', here, '--outDir', folder], { stdio: 'inherit' });
if (status !== 0) process.exit(1);

const {
  private: _,
  scripts: __,
  ...manifest
} = JSON.parse(readFileSync(`${here}package.json`, 'utf8')) as Record<string, unknown>;
const published = { ...manifest, exports: { '.': { types: './index.d.ts', default: './index.js' } } };
writeFileSync(`${folder}/package.json`, `${JSON.stringify(published, null, 2)}\n`);
copyFileSync(`${here}README.md`, `${folder}/README.md`);
console.log(`${String(manifest['name'])} ${String(manifest['version'])} is in ${folder}: npm publish ${folder}`);

import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../context.ts';
import { functionNames } from '../queues/timeouts.ts';

/** A folder with one folder per function, each with its `index.mjs`. */
export interface FunctionBundles {
  directory: string;
  remove(): Promise<void>;
}

/** Bundles all functions, AWS SDK included, in one run of esbuild, which costs no more than one function alone. */
export const bundleFunctions = async (): Promise<FunctionBundles> => {
  const directory = await mkdtemp(join(tmpdir(), 'functions-'));
  await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: Object.fromEntries(functionNames.map((name) => [`${name}/index`, `functions/${name}/handler.ts`])),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    // A third of the weight otherwise.
    alias: { '@aws-sdk/credential-provider-node': './infra/compute/lambdaCredentials.ts' },
    // CommonJS packages in an ESM bundle call `require` for Node's own modules.
    banner: {
      js: `import{createRequire as _createRequire}from'node:module';const require=_createRequire(import.meta.url);`,
    },
  });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
};

import { build, type Plugin } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { constants, resolvers } from '../../resolvers/manifest.ts';
import { root } from '../context.ts';

/** Code of resolvers and pipeline functions as AppSync takes it, by the name of its source file in resolvers/. */
export type ResolverBundles = Record<string, string>;

/** Bundles every source file that the manifest names, each to one text. Names are kept, white space is not: it was a fifth of the code. */
export const bundleResolvers = async (): Promise<ResolverBundles> => {
  const names = [
    ...new Set(resolvers.flatMap(({ code, functions }) => [code, ...(functions ?? []).map((step) => step.code)])),
  ];
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: Object.fromEntries(names.map((name) => [name, `resolvers/${name}.ts`])),
    outdir: 'out',
    write: false,
    bundle: true,
    format: 'esm',
    // Anything lower rewrites `?.` and `??` into forms that AppSync refuses.
    target: 'esnext',
    platform: 'neutral',
    charset: 'utf8',
    minifyWhitespace: true,
    define: constants,
    plugins: [importedOnce],
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [nameOf(path), text]));
};

/** The source file of an output, without folder and ending: `steps/nestRoles`. */
const nameOf = (path: string): string => path.replaceAll('\\', '/').replace(/^.*\/out\/|\.js$/g, '');

/** The runtime's modules, with the values that they offer. */
const runtimeModules: Record<string, string> = {
  '@aws-appsync/utils': 'util, runtime, extensions',
  '@aws-appsync/utils/dynamodb':
    'get, put, update, remove, query, scan, batchGet, batchPut, batchDelete, transactGet, transactWrite, operations',
};

/**
 * Lets each of the runtime's modules be imported in one place of a bundle. Where several source files import `util`, esbuild would
 * write `import { util as util2 }`, and nobody knows whether AppSync takes a renamed import.
 */
const importedOnce: Plugin = {
  name: 'imported-once',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-appsync\/utils/ }, ({ path, namespace }) =>
      namespace === 'runtime' ? { path, external: true } : { path, namespace: 'runtime' },
    );
    onLoad({ filter: /.*/, namespace: 'runtime' }, ({ path }) => {
      const names = runtimeModules[path];
      if (!names) throw new Error(`${path} is not a module of the resolvers' runtime`);
      return { contents: `export { ${names} } from '${path}';`, loader: 'js' };
    });
  },
};

import { build, type Plugin, transform } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { constants, type ResolverEntry, resolvers } from '../../resolvers/manifest.ts';
import { root } from '../context.ts';

/** Code of resolvers and pipeline functions as AppSync takes it, by the name of its source file in resolvers/. */
export type ResolverBundles = Record<string, string>;

/**
 * Bundles every source file that the manifest names, each to one text. White space is not kept: it was a fifth of the
 * code.
 */
export const bundleResolvers = async (): Promise<ResolverBundles> => {
  const names = new Set(resolvers.flatMap(codesOf));
  return Object.fromEntries(await Promise.all([...names].map(async (name) => [name, await bundle(name)] as const)));
};

const codesOf = ({ code, functions }: ResolverEntry): string[] => [code, ...(functions ?? []).map((step) => step.code)];

const bundle = async (name: string): Promise<string> => {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: [`resolvers/${name}.ts`],
    write: false,
    bundle: true,
    format: 'esm',
    // Anything lower rewrites `?.` and `??` into forms that AppSync refuses.
    target: 'esnext',
    platform: 'neutral',
    charset: 'utf8',
    minifyWhitespace: true,
    define: constantsOf(name),
    plugins: [importedOnce],
  });
  return shortened(outputFiles[0]?.text ?? '');
};

/**
 * Shortens the names within functions. Those of functions are kept, for who reads the code in the console; so are those
 * of the runtime's modules and of what is exported, which are taken off meanwhile: nobody knows whether AppSync takes
 * renamed ones.
 */
const shortened = async (bundled: string): Promise<string> => {
  const imports = bundled.match(/import\{[^}]*\}from"[^"]*";/g) ?? [];
  const exports = /export\{[^}]*\};?\s*$/.exec(bundled)?.[0];
  if (exports === undefined) throw new Error('A bundle of a resolver ends with what it exports');
  const body = imports.reduce((rest, each) => rest.replace(each, ''), bundled.slice(0, -exports.length));
  const { code } = await transform(body, {
    charset: 'utf8',
    target: 'esnext',
    minifyIdentifiers: true,
    treeShaking: false,
    minifyWhitespace: true,
  });
  return `${imports.join('')}${code}${exports}`;
};

/** The constants as one source file needs them: of the tables by field, the fields that run it. */
const constantsOf = (name: string): Record<string, string> => {
  const fields = resolvers.filter((entry) => codesOf(entry).includes(name));
  const only = (constant: 'ACCESS' | 'READS', keys: string[]): string => {
    const all = JSON.parse(String(constants[constant])) as Record<string, unknown>;
    return JSON.stringify(Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key))));
  };
  return {
    ...constants,
    ACCESS: only(
      'ACCESS',
      fields.map(({ typeName, fieldName }) => `${typeName}.${fieldName}`),
    ),
    READS: only(
      'READS',
      fields.map(({ fieldName }) => fieldName),
    ),
  };
};

/** The runtime's modules, with the values that they offer. */
const runtimeModules: Record<string, string> = {
  '@aws-appsync/utils': 'util, runtime, extensions',
  '@aws-appsync/utils/dynamodb':
    'get, put, update, remove, query, scan, batchGet, batchPut, batchDelete, transactGet, transactWrite, operations',
};

/**
 * Lets each of the runtime's modules be imported in one place of a bundle. Where several source files import `util`,
 * esbuild would write `import { util as util2 }`, and nobody knows whether AppSync takes a renamed import.
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

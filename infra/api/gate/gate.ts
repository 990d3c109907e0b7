import { type Finding, gate } from 'appsync-local/gate';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../context.ts';
import { bundleResolvers, type ResolverBundles } from '../resolverBundles.ts';

/** Where a refused bundle is left, for its lines to be looked at, and what was found of bundles before. */
const folder = '.build/gate';
const cacheDir = fileURLToPath(new URL(`${folder}/`, root));

/** AppSync would refuse a bundle, or run it otherwise than it reads. The message says where, line by line. */
export class GateError extends Error {}

/**
 * The bundles of resolver code, each of which AppSync takes as far as anyone knows.
 *
 * @param warn hears of what AppSync may not take
 * @throws GateError
 */
export const gatedBundles = async (warn: (line: string) => void): Promise<ResolverBundles> => {
  const bundles = await bundleResolvers();
  const refused: string[] = [];
  for (const [name, findings] of Object.entries(await gate(bundles, { cacheDir }))) {
    const errors = findings.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) refused.push(...linesOf(keep(name, bundles[name] ?? ''), errors));
    for (const line of linesOf(
      name,
      findings.filter(({ severity }) => severity === 'warning'),
    ))
      warn(line);
  }
  if (refused.length > 0) throw new GateError(`AppSync would refuse this resolver code:\n${refused.join('\n')}`);
  return bundles;
};

const linesOf = (file: string, findings: Finding[]): string[] =>
  findings.map(({ line, column, rule, message }) => `${file}:${line}:${column} ${rule} ${message}`);

/** Writes a refused bundle to a file, and gives the file's path. */
const keep = (name: string, code: string): string => {
  const file = `${folder}/refused/${name}.js`;
  mkdirSync(dirname(fileURLToPath(new URL(file, root))), { recursive: true });
  writeFileSync(new URL(file, root), code);
  return file;
};

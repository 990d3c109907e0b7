/** Checks every bundle of resolver code as it would be deployed, and ends with 1 if AppSync would refuse one: part of `npm run lint`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../context.ts';
import { bundleResolvers } from '../resolverBundles.ts';
import { findingsOf } from './gate.ts';

/** Where a refused bundle is left, for its lines to be looked at. */
const folder = '.build/gate';

const bundles = Object.entries(await bundleResolvers());
let refused = 0;
for (const [name, code] of bundles) {
  const findings = findingsOf(code);
  if (findings.length === 0) continue;
  refused += 1;
  const file = `${folder}/${name}.js`;
  mkdirSync(dirname(fileURLToPath(new URL(file, root))), { recursive: true });
  writeFileSync(new URL(file, root), code);
  for (const { line, column, rule, message } of findings) console.error(`${file}:${line}:${column} ${rule} ${message}`);
}
const longest = Math.max(...bundles.map(([, code]) => code.length));
console.log(`${bundles.length} bundles of resolver code, ${refused} refused; the longest has ${longest} characters`);
process.exitCode = refused > 0 ? 1 : 0;

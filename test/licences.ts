import { readFileSync } from 'node:fs';

/**
 * Checks what is shipped: exact versions, and licences that let it be. Ends with 1 and names each package that is
 * wrong.
 */
if (process.argv.includes('--help')) {
  console.log('Usage: npm run licences');
  process.exit(0);
}

interface Package {
  version?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  link?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const accepted = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'MIT-0']);
const read = <Value>(name: string): Value =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')) as Value;

const manifest = read<Package>('package.json');
const unpinned = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
  .filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) && !version.startsWith('workspace:') && version !== '*',
  )
  .map(([name, version]) => `${name}: ${version} is no exact version`);

const { packages } = read<{ packages: Record<string, Package> }>('package-lock.json');
const shipped = Object.entries(packages).filter(
  ([path, { dev, link }]) => path.startsWith('node_modules/') && !dev && !link,
);
const refused = shipped
  .filter(([, { license }]) => !accepted.has(license ?? ''))
  .map(([path, { license }]) => `${path.replace(/^.*node_modules\//, '')}: licence ${license ?? 'unknown'}`);

for (const problem of [...unpinned, ...refused]) console.error(problem);
console.log(
  `${shipped.length} packages at run time, ${refused.length} with a licence that is not accepted; ${unpinned.length} not pinned`,
);
process.exit(unpinned.length + refused.length > 0 ? 1 : 0);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAssembly } from 'appsync-local/parts';
import type { Scenario } from '../scenario.ts';
import { clientWeight, consoleWeight } from '../support/pageWeight.ts';

/** Of one resolver or function, in characters; AppSync takes no more. */
const mostResolverSize = 32 * 1024;

/** How much code is deployed. */
export const bundles: Scenario = {
  name: 'bundles',
  about: 'sizes of functions and resolvers as deployed, of the console and of the typed client',
  async run({ assemblyDir }) {
    const url = 'http://127.0.0.1:1';
    const model = loadAssembly({
      dir: assemblyDir,
      gatewayUrl: url,
      apiUrl: url,
      realtimeUrl: url,
      region: 'us-east-1',
      accountId: '000000000000',
    });
    const functions = model.functions.map(
      ({ name, codeDir }) =>
        [name.replace(`${model.stackName}-`, ''), readFileSync(join(codeDir, 'index.mjs')).length] as const,
    );
    const resolvers = new Map([
      ...model.api.resolvers.map(({ typeName, fieldName, code }) => [code, `${typeName}.${fieldName}`] as const),
      ...model.api.functions.map(({ name, code }) => [code, name] as const),
    ]);
    const sizes = [...resolvers]
      .map(([code, name]) => [name, code.length] as const)
      .sort((one, other) => other[1] - one[1]);
    const largest = Math.max(...functions.map(([, bytes]) => bytes));
    const [client, page] = await Promise.all([clientWeight(), consoleWeight()]);
    return {
      tables: [
        {
          title: 'Functions, minified, AWS SDK included',
          columns: ['function', 'KB'],
          rows: functions.map(([name, bytes]) => [name, kilobytes(bytes)]),
        },
        {
          title: 'Resolvers and pipeline functions, as deployed',
          columns: ['one that runs it', 'KB'],
          rows: sizes.map(([name, size]) => [name, kilobytes(size)]),
          note: 'Not minified, so that differences between templates can be read.',
        },
      ],
      figures: [
        { name: 'Largest function bundle, KB', value: kilobytes(largest), aim: '< 400' },
        {
          name: 'Largest resolver, share of the limit',
          value: `${((100 * (sizes[0]?.[1] ?? 0)) / mostResolverSize).toFixed(0)} %`,
        },
        { name: 'Typed client, gzipped KB', value: kilobytes(client), aim: '< 15' },
        { name: 'Console before GraphiQL is opened, gzipped KB', value: kilobytes(page), aim: '< 400' },
      ],
    };
  },
};

const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(1);

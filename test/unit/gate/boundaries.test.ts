import { ESLint } from 'eslint';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

const cwd = fileURLToPath(new URL('../../../', import.meta.url));

/** Who may import what can be said of one file alone, and of files that do not exist. */
const withoutTypes = new ESLint({
  cwd,
  overrideConfig: [tseslint.configs.disableTypeChecked as never, { rules: { 'import-x/no-cycle': 'off' } }],
  ruleFilter: ({ ruleId }) => !ruleId.startsWith('@aws-appsync'),
});

/** The rules that a file at this place breaks by one statement. */
const rulesOf = async (filePath: string, statement: string, eslint = withoutTypes): Promise<string[]> => {
  const [result] = await eslint.lintText(`${statement}\n`, { filePath });
  return (result?.messages ?? [])
    .map(({ ruleId, message }) => ruleId ?? message)
    .filter((rule) => rule.includes('restricted') || rule.includes('appsync') || rule.includes('Parsing'));
};

const restricted = '@typescript-eslint/no-restricted-imports';

describe('a layer imports only what it may', () => {
  it.each([
    ['domain/user.ts', '../functions/config.ts'],
    ['domain/user.ts', '../infra/config.ts'],
    ['domain/user.ts', 'zod'],
    ['domain/user.ts', 'node:crypto'],
    ['functions/command/handler.ts', '../../infra/config.ts'],
    ['functions/command/handler.ts', '../../local/model.ts'],
    ['functions/command/handler.ts', '../../resolvers/manifest.ts'],
    ['functions/command/handler.ts', 'aws-cdk-lib'],
    ['functions/ports/views/port.ts', '../../test/unit/domain/fixtures.ts'],
    ['local/start.ts', '../domain/operations.ts'],
    ['local/lambda/pool.ts', '../../functions/config.ts'],
    ['packages/appsync-local/src/appsync/execution/evaluate.ts', '../../resolvers/manifest.ts'],
    ['local/start.ts', '../infra/app.ts'],
    ['local/start.ts', 'aws-cdk-lib/aws-sqs'],
    ['resolvers/get.ts', '../domain/operations.ts'],
    ['resolvers/lib/guard.ts', '../../domain/operations.ts'],
    ['resolvers/get.ts', 'node:crypto'],
    ['resolvers/manifest.ts', '../functions/config.ts'],
    ['resolvers/manifest/reads.ts', '../../infra/config.ts'],
    ['infra/app.ts', '../local/model.ts'],
    ['bench/run.ts', 'constructs'],
    ['bench/run.ts', '../packages/appsync-local/src/model.ts'],
    ['local/start.ts', '../packages/appsync-local/src/stack/stack.ts'],
    ['test/run.ts', '../packages/client/src/index.ts'],
  ])('%s not %s', async (file, module) => {
    expect(await rulesOf(file, `import { x } from '${module}';\nexport const y = x;`)).toEqual([restricted]);
    expect(await rulesOf(file, `export * from '${module}';`)).toContain(restricted);
  });

  it.each([
    ['domain/user.ts', '../functions/config.ts'],
    ['functions/command/handler.ts', '../../local/model.ts'],
    ['local/start.ts', '../domain/operations.ts'],
  ])('%s not %s at run time either', async (file, module) => {
    expect(await rulesOf(file, `export const load = () => import('${module}');`)).toEqual(['no-restricted-syntax']);
  });

  it.each([
    ['domain/user.ts', './attributes.ts'],
    ['domain/user.ts', 'zod/mini'],
    ['functions/command/handler.ts', '../../domain/operations.ts'],
    ['functions/command/handler.ts', '../config.ts'],
    ['functions/command/handler.ts', '@aws-sdk/client-sqs'],
    ['packages/appsync-local/src/appsync/execution/evaluate.ts', '../model.ts'],
    ['local/start.ts', 'node:http'],
    ['resolvers/get.ts', './lib/guard.ts'],
    ['resolvers/lib/guard.ts', '@aws-appsync/utils'],
    ['resolvers/manifest/reads.ts', '../../domain/operations.ts'],
    ['infra/app.ts', '../domain/operations.ts'],
    ['infra/app.ts', 'aws-cdk-lib'],
    ['test/integration/x.test.ts', '../../local/model.ts'],
    ['test/integration/x.test.ts', 'appsync-local/parts'],
  ])('%s but %s', async (file, module) => {
    expect(await rulesOf(file, `import { x } from '${module}';\nexport const y = x;`)).toEqual([]);
  });
});

it('resolver code is held to what AppSync takes', async () => {
  // What is linted is not what lies in the file: a single run, which CI=true would stand for, reads types from there.
  const parserOptions = { project: 'resolvers/tsconfig.json', disallowAutomaticSingleRunInference: true };
  const withTypes = new ESLint({ cwd, overrideConfig: { languageOptions: { parserOptions } } });
  const statements = [
    'for (let i = 0; i < 3; i += 1) { console.log(i); }',
    'export const list = [2, 1].sort((a, b) => a - b);',
    'export const form = /a/;',
  ].join('\n');
  expect(await rulesOf('resolvers/get.ts', statements, withTypes)).toEqual(
    expect.arrayContaining(['@aws-appsync/no-for', '@aws-appsync/no-function-passing', '@aws-appsync/no-regex']),
  );
  expect(await rulesOf('resolvers/manifest/reads.ts', statements, withTypes)).toEqual([]);
});

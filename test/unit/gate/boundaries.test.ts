import { ESLint } from 'eslint';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const eslint = new ESLint({ cwd: fileURLToPath(new URL('../../../', import.meta.url)) });

/** The rules that a file at this place breaks by one statement. */
const rulesOf = async (filePath: string, statement: string): Promise<string[]> => {
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
  ])('%s but %s', async (file, module) => {
    expect(await rulesOf(file, `import { x } from '${module}';\nexport const y = x;`)).toEqual([]);
  });
});

describe('resolver code is held to what AppSync takes', () => {
  it.each([
    ['for (let i = 0; i < 3; i += 1) { console.log(i); }', '@aws-appsync/no-for'],
    ['export const list = [2, 1].sort((a, b) => a - b);', '@aws-appsync/no-function-passing'],
    ['export const form = /a/;', '@aws-appsync/no-regex'],
  ])('%s', async (statement, rule) => {
    expect(await rulesOf('resolvers/get.ts', statement)).toContain(rule);
    expect(await rulesOf('resolvers/manifest/reads.ts', statement)).toEqual([]);
  });
});

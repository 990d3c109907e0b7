import appsync from '@aws-appsync/eslint-plugin';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import type ts from 'typescript';
import type { Finding } from './finding.ts';
import { bundleFile } from './program.ts';

/** What AWS's own lint rules say of a bundle. */
export const lintFindings = (code: string, program: ts.Program): Finding[] => {
  const linter = new Linter({ configType: 'flat', cwd: '/' });
  const config = {
    ...appsync.configs?.recommended,
    files: ['**/*.js'],
    languageOptions: { parser: tseslint.parser, parserOptions: { programs: [program] } },
  } as Linter.Config;
  return linter.verify(code, [config], { filename: bundleFile }).map(({ line, column, ruleId, message }) => ({
    line,
    column,
    rule: ruleId?.replace('@aws-appsync/', '') ?? 'syntax',
    message,
  }));
};

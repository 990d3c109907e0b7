/**
 * The refusals that need only the code itself: what AppSync would answer with
 * `BadRequestException: The code contains one or more errors` when a resolver or function is created.
 * Types are not checked here.
 */
import { parseModule, positionOf, walk } from './ast.ts';
import type { CodePosition, Program } from './ast.ts';
import { functionProblems } from './functionRules.ts';
import { nameProblems } from './nameRules.ts';
import { referencesIn } from './scope.ts';
import { syntaxProblem } from './syntaxRules.ts';

export interface CodeProblem extends CodePosition {
  message: string;
}

/** 32 KB, which the service counts as characters. */
const MAXIMUM_LENGTH = 32_000;

/** Refusal of a resolver's or function's code at creation. */
export class ResolverCodeError extends Error {
  readonly problems: CodeProblem[];

  constructor(owner: string, problems: CodeProblem[]) {
    const reasons = problems.map(({ line, column, message }) => `code.js:${line}:${column}: ${message}`);
    super(`BadRequestException: The code contains one or more errors (${owner})\n  ${reasons.join('\n  ')}`);
    this.name = 'ResolverCodeError';
    this.problems = problems;
  }
}

/** Parses and checks resolver code. `owner` names it in the ResolverCodeError that is thrown. */
export function checkCode(owner: string, code: string): Program {
  if (code.length > MAXIMUM_LENGTH) {
    throw new ResolverCodeError(owner, [
      { line: 1, column: 1, message: `the code is ${code.length} characters long; the limit is ${MAXIMUM_LENGTH}` },
    ]);
  }
  const program = parse(owner, code);
  const problems: CodeProblem[] = [];
  walk(program, (node) => {
    const message = syntaxProblem(node);
    if (message) problems.push({ ...positionOf(node), message });
  });
  const references = referencesIn(program);
  problems.push(
    ...nameProblems(program, references),
    ...functionProblems(program, references),
    ...missingExports(program),
  );
  if (problems.length > 0)
    throw new ResolverCodeError(
      owner,
      problems.sort((a, b) => a.line - b.line || a.column - b.column),
    );
  return program;
}

function parse(owner: string, code: string): Program {
  try {
    return parseModule(code);
  } catch (error) {
    const { message, loc } = error as SyntaxError & { loc?: { line: number; column: number } };
    throw new ResolverCodeError(owner, [{ line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1, message }]);
  }
}

/** The names that the module exports, and the local names behind them. */
export function exportsOf(program: Program): Map<string, string> {
  const exported = new Map<string, string>();
  for (const statement of program.body) {
    if (statement.type !== 'ExportNamedDeclaration') continue;
    for (const { exported: outer, local } of statement.specifiers) {
      if (outer.type === 'Identifier' && local.type === 'Identifier') exported.set(outer.name, local.name);
    }
    if (statement.declaration?.type === 'FunctionDeclaration')
      exported.set(statement.declaration.id.name, statement.declaration.id.name);
    if (statement.declaration?.type === 'VariableDeclaration') {
      for (const { id } of statement.declaration.declarations)
        if (id.type === 'Identifier') exported.set(id.name, id.name);
    }
  }
  return exported;
}

function missingExports(program: Program): CodeProblem[] {
  const exported = exportsOf(program);
  return ['request', 'response']
    .filter((name) => !exported.has(name))
    .map((name) => ({ line: 1, column: 1, message: `the function ${name} is not exported` }));
}

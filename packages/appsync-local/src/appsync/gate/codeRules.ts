/** The rules that need the code alone: size, syntax, names, functions, context, exports. */
import { type Program, parseModule, walk } from '../code/ast.ts';
import { declaredIn, exportsOf } from '../code/exports.ts';
import { referencesIn } from '../code/scope.ts';
import { contextFindings } from './contextRules.ts';
import { collect, type Finding, inOrder } from './finding.ts';
import { functionFindings } from './functionRules.ts';
import { nameFindings } from './nameRules.ts';
import { checkSyntax } from './syntaxRules.ts';

/** 32 KB, which the service counts as characters. */
export const maximumLength = 32_000;

/** Code that was read; without a program if it cannot even be parsed, or is too long to be worth it. */
export interface CheckedCode {
  program?: Program;
  findings: Finding[];
}

export function checkCode(code: string): CheckedCode {
  if (code.length > maximumLength)
    return {
      findings: [atStart('size', `the code is ${code.length} characters long; the limit is ${maximumLength}`)],
    };
  let program: Program;
  try {
    program = parseModule(code);
  } catch (error) {
    const { message, loc } = error as SyntaxError & { loc?: { line: number; column: number } };
    const place = { line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1 };
    return { findings: [{ ...place, rule: 'syntax', severity: 'error', message }] };
  }
  const { findings, report } = collect();
  walk(program, (node) => checkSyntax(node, report));
  const references = referencesIn(program);
  return {
    program,
    findings: inOrder([
      ...findings,
      ...nameFindings(program, references),
      ...functionFindings(program, references),
      ...contextFindings(program, references),
      ...missingHandlers(program),
    ]),
  };
}

function missingHandlers(program: Program): Finding[] {
  const exported = exportsOf(program);
  return ['request', 'response']
    .filter((name) => declaredIn(program, exported.get(name) ?? '') === undefined)
    .map((name) => atStart('export', `the function ${name} is not exported`));
}

function atStart(rule: string, message: string): Finding {
  return { line: 1, column: 1, rule, severity: 'error', message };
}

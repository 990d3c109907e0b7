/** Refuses code as AppSync does when a resolver or function is created. */
import type { Program } from '../code/ast.ts';
import { checkCode } from './codeRules.ts';
import type { Finding } from './finding.ts';
import { gate, type GateOptions } from './gate.ts';

/** Refusal of a resolver's or function's code at creation. */
export class ResolverCodeError extends Error {
  readonly problems: Finding[];

  constructor(owner: string, problems: Finding[]) {
    const reasons = problems.map(({ line, column, message }) => `code.js:${line}:${column}: ${message}`);
    super(`BadRequestException: The code contains one or more errors (${owner})\n  ${reasons.join('\n  ')}`);
    this.name = 'ResolverCodeError';
    this.problems = problems;
  }
}

/**
 * Passes code by the whole gate, types included.
 *
 * @param codes by the name of their owner, which the ResolverCodeError names that is thrown
 * @param warn hears of what may not do on AWS
 */
export async function refuseCode(
  codes: Record<string, string>,
  options: GateOptions,
  warn: (line: string) => void,
): Promise<void> {
  for (const [owner, findings] of Object.entries(await gate(codes, options))) {
    refuse(owner, findings);
    for (const { line, column, message } of findings) warn(`${owner}: code.js:${line}:${column}: ${message}`);
  }
}

/** Reads code to run it; without the rules about types. Throws ResolverCodeError. */
export function readCode(owner: string, code: string): Program {
  const { program, findings } = checkCode(code);
  refuse(owner, findings);
  return program!;
}

function refuse(owner: string, findings: Finding[]): void {
  const problems = findings.filter(({ severity }) => severity !== 'warning');
  if (problems.length > 0) throw new ResolverCodeError(owner, problems);
}

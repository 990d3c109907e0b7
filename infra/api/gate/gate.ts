import { type Finding, inOrder } from './finding.ts';
import { lintFindings } from './lint.ts';
import { programOf } from './program.ts';
import { shapeFindings } from './shape.ts';
import { syntaxFindings } from './syntax.ts';
import { typeFindings } from './types.ts';

/**
 * What AppSync would say of a bundle, were it deployed. The service itself names no line, and runs other code than it seems to:
 * a transpiler's, not a JavaScript engine's. An empty list is no promise, but each finding is known to fail.
 */
export const findingsOf = (code: string): Finding[] => {
  const program = programOf(code);
  return inOrder([
    ...typeFindings(program),
    ...lintFindings(code, program),
    ...syntaxFindings(program),
    ...shapeFindings(code, program),
  ]);
};

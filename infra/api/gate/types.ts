import ts from 'typescript';
import type { Finding } from './finding.ts';
import { placeOf, sourceOf } from './program.ts';

/** What the compiler says of a bundle: unknown names, members that the built-ins lack, and types that do not fit. */
export const typeFindings = (program: ts.Program): Finding[] => {
  const source = sourceOf(program);
  // Anything wrong with the declarations themselves would hide what is wrong with the bundle.
  const broken = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()];
  for (const file of program.getSourceFiles()) {
    if (file !== source) broken.push(...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file));
  }
  if (broken.length > 0)
    throw new Error(`The gate's own declarations do not compile: ${broken.map(textOf).join('; ')}`);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((diagnostic) => ({
    ...placeOf(source, diagnostic.start ?? 0),
    rule: `TS${diagnostic.code}`,
    message: textOf(diagnostic),
  }));
};

const textOf = ({ messageText }: ts.Diagnostic): string => ts.flattenDiagnosticMessageText(messageText, ' ');

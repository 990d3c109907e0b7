/**
 * What the compiler says of code. The service appears to check JavaScript as `// @ts-check` does, not strictly, with no
 * built-ins but its own. Of all code at once: loading the compiler and its declarations takes longer than any of it.
 */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import type { Finding } from './finding.ts';

const options: ts.CompilerOptions = {
  allowJs: true,
  checkJs: true,
  strict: false,
  noLib: true,
  types: [],
  noEmit: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  // Even code without exports must not share its names with other code.
  moduleDetection: ts.ModuleDetectionKind.Force,
};

/** Parsed once: the compiler may share them between programs. */
const declarationFiles = ['builtins.d.ts', 'library.d.ts'].map((name) =>
  parse(`/${name}`, readFileSync(new URL(name, import.meta.url), 'utf8')),
);

/** The findings for each code, in the order given. */
export function typeFindings(codes: string[]): Finding[][] {
  const sources = [...declarationFiles, ...codes.map((code, index) => parse(`/${index}.js`, code))];
  const files = new Map(sources.map((source) => [source.fileName, source]));
  const program = ts.createProgram([...files.keys()], options, hostOf(files));
  refuseBrokenDeclarations(program);
  return codes.map((_, index) => findingsIn(program, program.getSourceFile(`/${index}.js`)!));
}

function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, { languageVersion: ts.ScriptTarget.ESNext }, true);
}

function findingsIn(program: ts.Program, source: ts.SourceFile): Finding[] {
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((diagnostic) => {
    const { line, character } = source.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    return { line: line + 1, column: character + 1, rule: `TS${diagnostic.code}`, severity: 'error', message };
  });
}

/** Anything wrong with the declarations would hide what is wrong with the code. */
function refuseBrokenDeclarations(program: ts.Program): void {
  const declarations = program.getSourceFiles().filter(({ isDeclarationFile }) => isDeclarationFile);
  const problems = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...declarations.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
  if (problems.length === 0) return;
  const words = problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
  throw new Error(`The gate's own declarations do not compile: ${words.join('; ')}`);
}

/** The code and the declarations, and nothing of this machine. */
function hostOf(files: Map<string, ts.SourceFile>): ts.CompilerHost {
  return {
    getSourceFile: (name) => files.get(name),
    fileExists: (name) => files.has(name),
    readFile: (name) => files.get(name)?.text,
    getDefaultLibFileName: () => '/lib.d.ts',
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    writeFile: () => {},
  };
}

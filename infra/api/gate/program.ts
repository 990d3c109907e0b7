import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** The bundle's name in its program. */
export const bundleFile = '/bundle.js';

const libraries = Object.fromEntries(
  ['appsync-lib.d.ts', 'appsync-utils.d.ts'].map((name) => [
    `/${name}`,
    readFileSync(new URL(name, import.meta.url), 'utf8'),
  ]),
);

/** As the service appears to check: JavaScript as `// @ts-check` does, not strictly. And with no built-ins but those given. */
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
};

/** The bundle together with what APPSYNC_JS offers, and nothing of this machine. */
export const programOf = (code: string): ts.Program => {
  const texts: Record<string, string> = { ...libraries, [bundleFile]: code };
  const host: ts.CompilerHost = {
    getSourceFile: (name, target) => {
      const text = texts[name];
      return text === undefined ? undefined : ts.createSourceFile(name, text, target, true);
    },
    fileExists: (name) => name in texts,
    readFile: (name) => texts[name],
    getDefaultLibFileName: () => '/lib.d.ts',
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    writeFile: () => {},
  };
  return ts.createProgram(Object.keys(texts), options, host);
};

export const sourceOf = (program: ts.Program): ts.SourceFile => {
  const source = program.getSourceFile(bundleFile);
  if (!source) throw new Error('The program has lost its bundle');
  return source;
};

/** Where a position of the bundle is; both count from 1. */
export const placeOf = (source: ts.SourceFile, position: number): { line: number; column: number } => {
  const { line, character } = source.getLineAndCharacterOfPosition(position);
  return { line: line + 1, column: character + 1 };
};

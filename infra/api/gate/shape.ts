import ts from 'typescript';
import type { Finding } from './finding.ts';
import { placeOf, sourceOf } from './program.ts';

/** AppSync's limit for one resolver's or function's code, in characters. */
export const maximumLength = 32_000;

const importable = [
  '@aws-appsync/utils',
  '@aws-appsync/utils/dynamodb',
  '@aws-appsync/utils/rds',
  '@aws-appsync/utils/ai',
];

/** Size, imports and exports of a bundle. */
export const shapeFindings = (code: string, program: ts.Program): Finding[] => {
  const source = sourceOf(program);
  const findings: Finding[] = [];
  const report = (node: ts.Node, rule: string, message: string) =>
    findings.push({ ...placeOf(source, node.getStart(source)), rule, message });
  if (code.length > maximumLength) {
    findings.push({
      line: 1,
      column: 1,
      rule: 'size',
      message: `the code has ${code.length} characters; AppSync takes ${maximumLength}`,
    });
  }
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) importFindings(statement, report);
    else if (ts.isExportAssignment(statement)) report(statement, 'export', 'a default export is not supported');
    else if (ts.isExportDeclaration(statement) && statement.moduleSpecifier)
      report(statement, 'export', 're-exporting is not supported');
  }
  const exported = exportedFunctions(program, source);
  for (const name of ['request', 'response']) {
    if (!exported.includes(name))
      findings.push({ line: 1, column: 1, rule: 'export', message: `exports no function ${name}` });
  }
  return findings;
};

const importFindings = (
  statement: ts.ImportDeclaration,
  report: (node: ts.Node, rule: string, message: string) => void,
): void => {
  const module = ts.isStringLiteral(statement.moduleSpecifier) ? statement.moduleSpecifier.text : '';
  if (!importable.includes(module)) report(statement, 'import', `${module} cannot be imported`);
  const { importClause } = statement;
  if (!importClause) report(statement, 'import', 'an import without names is not supported');
  if (importClause?.name) report(statement, 'import', 'a default import is not supported');
  const bindings = importClause?.namedBindings;
  if (bindings && ts.isNamedImports(bindings)) {
    // Nobody knows whether AppSync takes it, so it is kept out.
    for (const element of bindings.elements)
      if (element.propertyName) report(element, 'import', `${element.propertyName.text} must not be renamed`);
  }
};

const exportedFunctions = (program: ts.Program, source: ts.SourceFile): string[] => {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(source);
  return (module ? checker.getExportsOfModule(module) : [])
    .filter((symbol) => checker.getTypeOfSymbolAtLocation(symbol, source).getCallSignatures().length > 0)
    .map(({ name }) => name);
};

/** What a module exports. */
import { type FunctionNode, isFunction, type Program } from './ast.ts';

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

/** A function of the module's top level. */
export function declaredIn(program: Program, name: string): FunctionNode | undefined {
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type === 'FunctionDeclaration' && declaration.id.name === name) return declaration;
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of declaration.declarations)
      if (id.type === 'Identifier' && id.name === name && init && isFunction(init)) return init;
  }
  return undefined;
}

/** Which declaration each identifier of a module refers to. */
import { childrenOf, isFunction } from './ast.ts';
import type { AnyNode, FunctionNode, Program } from './ast.ts';

type Identifier = Extract<AnyNode, { type: 'Identifier' }>;

export interface Binding {
  name: string;
  kind: 'import' | 'function' | 'variable';
  /** Of a function, or of a constant initialized with one. */
  functionNode?: FunctionNode;
  /** Of an import: the module and the name there; `*` for the namespace. */
  imported?: { module: string; name: string };
}

export interface Reference {
  identifier: Identifier;
  parent: AnyNode;
  /** Absent for names that the module does not declare. */
  binding?: Binding;
  /** Functions around the reference, outermost first. */
  within: FunctionNode[];
}

class Scope {
  readonly names = new Map<string, Binding>();
  readonly parent: Scope | null;
  /** Whether `var` stops here. */
  readonly ofFunction: boolean;

  constructor(parent: Scope | null, ofFunction: boolean) {
    this.parent = parent;
    this.ofFunction = ofFunction;
  }

  find(name: string): Binding | undefined {
    return this.names.get(name) ?? this.parent?.find(name);
  }
}

/** Collects every use of a name in the module. Declarations themselves and property names are no uses. */
export function referencesIn(program: Program): Reference[] {
  const references: Reference[] = [];

  function visit(node: AnyNode, parent: AnyNode, scope: Scope, within: FunctionNode[]): void {
    switch (node.type) {
      case 'Identifier':
        references.push({ identifier: node, parent, binding: scope.find(node.name), within });
        return;
      case 'ImportDeclaration':
        return;
      case 'ExportNamedDeclaration':
        if (node.declaration) visit(node.declaration, node, scope, within);
        for (const specifier of node.specifiers) visit(specifier.local, specifier, scope, within);
        return;
      case 'MemberExpression':
        visit(node.object, node, scope, within);
        if (node.computed) visit(node.property, node, scope, within);
        return;
      case 'Property':
        if (node.computed) visit(node.key, node, scope, within);
        visit(node.value, node, scope, within);
        return;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression': {
        const inner = new Scope(scope, true);
        for (const parameter of node.params) declarePattern(parameter, inner);
        if (node.body.type === 'BlockStatement') hoist(node.body.body, inner);
        for (const parameter of node.params) visitPattern(parameter, node, inner, [...within, node]);
        for (const child of node.body.type === 'BlockStatement' ? node.body.body : [node.body])
          visit(child, node, inner, [...within, node]);
        return;
      }
      case 'VariableDeclarator':
        visitPattern(node.id, node, scope, within);
        if (node.init) visit(node.init, node, scope, within);
        return;
      case 'BlockStatement':
      case 'SwitchStatement':
      case 'ForOfStatement':
      case 'ForInStatement': {
        const inner = new Scope(scope, false);
        hoist(node.type === 'SwitchStatement' ? node.cases.flatMap((one) => one.consequent) : childrenOf(node), inner);
        for (const child of childrenOf(node)) visit(child, node, inner, within);
        return;
      }
      default:
        for (const child of childrenOf(node)) visit(child, node, scope, within);
    }
  }

  /** Binding names are no uses; defaults and computed keys inside a pattern are. */
  function visitPattern(pattern: AnyNode, parent: AnyNode, scope: Scope, within: FunctionNode[]): void {
    if (pattern.type === 'Identifier') return;
    if (pattern.type === 'AssignmentPattern') {
      visitPattern(pattern.left, pattern, scope, within);
      visit(pattern.right, pattern, scope, within);
    } else if (pattern.type === 'Property') {
      if (pattern.computed) visit(pattern.key, pattern, scope, within);
      visitPattern(pattern.value, pattern, scope, within);
    } else if (pattern.type === 'MemberExpression') {
      visit(pattern, parent, scope, within);
    } else {
      for (const child of childrenOf(pattern)) visitPattern(child, pattern, scope, within);
    }
  }

  const top = new Scope(null, true);
  hoist(program.body, top);
  for (const statement of program.body) visit(statement, program, top, []);
  return references;
}

/** Declares what the statements of one block declare; `var` also from blocks inside. */
function hoist(statements: AnyNode[], scope: Scope): void {
  for (const statement of statements) declare(statement, scope, false);
}

function declare(node: AnyNode, scope: Scope, nested: boolean): void {
  switch (node.type) {
    case 'ImportDeclaration':
      for (const specifier of node.specifiers) declareImport(specifier, String(node.source.value), scope);
      return;
    case 'ExportNamedDeclaration':
      if (node.declaration) declare(node.declaration, scope, nested);
      return;
    case 'FunctionDeclaration':
      if (!nested && node.id)
        scope.names.set(node.id.name, { name: node.id.name, kind: 'function', functionNode: node });
      return;
    case 'VariableDeclaration':
      if (nested && node.kind !== 'var') return;
      if (node.kind === 'var' && !scope.ofFunction) return;
      for (const { id, init } of node.declarations) {
        if (id.type === 'Identifier' && init && isFunction(init))
          scope.names.set(id.name, { name: id.name, kind: 'function', functionNode: init });
        else declarePattern(id, scope);
      }
      return;
    default:
      if (isFunction(node) || !scope.ofFunction) return;
      for (const child of childrenOf(node)) declare(child, scope, true);
  }
}

function declareImport(specifier: AnyNode, module: string, scope: Scope): void {
  if (specifier.type === 'ImportNamespaceSpecifier') {
    scope.names.set(specifier.local.name, {
      name: specifier.local.name,
      kind: 'import',
      imported: { module, name: '*' },
    });
  } else if (specifier.type === 'ImportSpecifier') {
    const name = specifier.imported.type === 'Identifier' ? specifier.imported.name : String(specifier.imported.value);
    scope.names.set(specifier.local.name, { name: specifier.local.name, kind: 'import', imported: { module, name } });
  }
}

function declarePattern(pattern: AnyNode, scope: Scope): void {
  if (pattern.type === 'Identifier') scope.names.set(pattern.name, { name: pattern.name, kind: 'variable' });
  else if (pattern.type === 'AssignmentPattern') declarePattern(pattern.left, scope);
  else if (pattern.type === 'Property') declarePattern(pattern.value, scope);
  else if (pattern.type !== 'MemberExpression') for (const child of childrenOf(pattern)) declarePattern(child, scope);
}

/** Which syntax APPSYNC_JS takes; each rule looks at one node alone. */
import type { AnyNode } from '../code/ast.ts';
import type { Report } from './finding.ts';

const allowed: ReadonlySet<AnyNode['type']> = new Set<AnyNode['type']>([
  'Program',
  'ImportDeclaration',
  'ImportSpecifier',
  'ImportDefaultSpecifier',
  'ImportNamespaceSpecifier',
  'ExportNamedDeclaration',
  'ExportSpecifier',
  'VariableDeclaration',
  'VariableDeclarator',
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'BlockStatement',
  'EmptyStatement',
  'ExpressionStatement',
  'IfStatement',
  'SwitchStatement',
  'SwitchCase',
  'BreakStatement',
  'ForOfStatement',
  'ForInStatement',
  'ReturnStatement',
  'Identifier',
  'Literal',
  'TemplateLiteral',
  'TemplateElement',
  'ArrayExpression',
  'ObjectExpression',
  'Property',
  'SpreadElement',
  'RestElement',
  'ObjectPattern',
  'ArrayPattern',
  'AssignmentPattern',
  'UnaryExpression',
  'BinaryExpression',
  'LogicalExpression',
  'AssignmentExpression',
  'ConditionalExpression',
  'CallExpression',
  'MemberExpression',
  'ChainExpression',
]);

const names: Partial<Record<AnyNode['type'], string>> = {
  ForStatement: '`for (;;)`',
  WhileStatement: '`while`',
  DoWhileStatement: '`do … while`',
  ContinueStatement: '`continue`',
  LabeledStatement: 'a label',
  TryStatement: '`try`',
  ThrowStatement: '`throw`',
  UpdateExpression: '`++` and `--`',
  ThisExpression: '`this`',
  NewExpression: '`new`',
  ClassDeclaration: 'a class',
  ClassExpression: 'a class',
  AwaitExpression: '`await`',
  YieldExpression: '`yield`',
  ImportExpression: '`import()`',
  SequenceExpression: 'the comma operator',
  TaggedTemplateExpression: 'a tagged template',
  ExportDefaultDeclaration: '`export default`',
  ExportAllDeclaration: '`export *`',
};

const hiddenProperties: ReadonlySet<string> = new Set(['constructor', 'prototype', '__proto__']);

/** Reports what is wrong with a node in itself. */
export function checkSyntax(node: AnyNode, report: Report): void {
  const problem = problemOf(node);
  if (problem) report(node, 'syntax', problem);
  if (node.type === 'ReturnStatement' && node.argument?.type === 'AssignmentExpression') {
    const message = 'returning an assignment gives an empty string; assign first, then return the variable';
    report(node, 'return-assignment', message);
  }
  for (const part of defaultsIn(node)) {
    const message = 'defaults in patterns were seen to run out of room for metadata far below 32 KB; ?? is safe';
    report(part, 'destructuring-default', message, 'warning');
  }
}

function defaultsIn(node: AnyNode): AnyNode[] {
  const parts =
    node.type === 'ArrayPattern'
      ? node.elements
      : node.type === 'ObjectPattern'
        ? node.properties.map((property) => (property.type === 'Property' ? property.value : property))
        : [];
  return parts.filter(
    (part): part is Extract<AnyNode, { type: 'AssignmentPattern' }> => part?.type === 'AssignmentPattern',
  );
}

/** In words; null if nothing is wrong. */
function problemOf(node: AnyNode): string | null {
  if (!allowed.has(node.type)) return `${names[node.type] ?? node.type} is not supported`;
  switch (node.type) {
    case 'Literal':
      if (node.regex) return 'a regular expression literal is not supported; use util.matches';
      return node.bigint === undefined || node.bigint === null ? null : 'a BigInt literal is not supported';
    case 'UnaryExpression':
      return node.operator === '~' ? 'the operator ~ is not supported' : null;
    case 'BinaryExpression':
      if (node.operator === 'in' || node.operator === 'instanceof')
        return `the operator ${node.operator} is not supported`;
      return node.left.type === 'PrivateIdentifier' ? 'a private name is not supported' : null;
    case 'AssignmentExpression':
      return ['&&=', '||=', '??='].includes(node.operator) ? `the operator ${node.operator} is not supported` : null;
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      if (node.async) return '`async` is not supported';
      return node.generator ? 'a generator is not supported' : null;
    case 'ForOfStatement':
      return node.await ? '`for await` is not supported' : null;
    case 'BreakStatement':
      return node.label ? 'a label is not supported' : null;
    case 'Property':
      if (node.kind !== 'init' || node.method) return 'a method, getter or setter in an object is not supported';
      return !node.computed && hiddenName(node.key) ? `the property ${hiddenName(node.key)} is not supported` : null;
    case 'MemberExpression':
      return hiddenName(node.property) && (!node.computed || node.property.type === 'Literal')
        ? `the property ${hiddenName(node.property)} is not supported`
        : null;
    default:
      return null;
  }
}

function hiddenName(key: AnyNode): string | null {
  const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : '';
  return hiddenProperties.has(name) ? name : null;
}

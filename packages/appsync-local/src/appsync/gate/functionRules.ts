/** Rules about functions: they are no values, do not recurse, and have no side effects to the right of `??`. */
import { childrenOf, isFunction, walk } from '../code/ast.ts';
import type { AnyNode, FunctionNode, Program } from '../code/ast.ts';
import { callbackMethods } from '../code/builtinNames.ts';
import type { Reference } from '../code/scope.ts';
import { collect, type Finding } from './finding.ts';

export function functionFindings(program: Program, references: Reference[]): Finding[] {
  const { findings, report } = collect();

  walk(program, (node, parent) => {
    if (
      (node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression') &&
      parent &&
      !isDeclared(node, parent) &&
      !isCallback(node, parent)
    ) {
      report(node, 'function', 'a function can only be declared, or passed to an array method');
    }
    if (node.type === 'LogicalExpression' && node.operator === '??') {
      const call = sideEffectIn(node.right, references);
      if (call) report(call, 'nullish-call', 'the right side of ?? is evaluated even if the left side is set; use if');
    }
  });

  for (const { identifier, parent, binding } of references) {
    if (binding?.kind !== 'function') continue;
    const called = parent.type === 'CallExpression' && parent.callee === identifier;
    if (!called && parent.type !== 'ExportSpecifier' && !isCallback(identifier, parent)) {
      report(
        identifier,
        'function',
        `the function ${identifier.name} can only be called, or passed to an array method`,
      );
    }
  }

  for (const node of recursive(references)) report(node, 'recursion', 'recursion is not supported');
  return findings;
}

function isDeclared(node: AnyNode, parent: AnyNode): boolean {
  return parent.type === 'VariableDeclarator' && parent.init === node && parent.id.type === 'Identifier';
}

function isCallback(node: AnyNode, parent: AnyNode): boolean {
  if (parent.type !== 'CallExpression' || parent.arguments[0] !== node) return false;
  const { callee } = parent;
  return (
    callee.type === 'MemberExpression' &&
    !callee.computed &&
    callee.property.type === 'Identifier' &&
    callbackMethods.includes(callee.property.name)
  );
}

/** Calls of `util`'s pure helpers do no harm there; own functions may hide anything. */
const flow = ['util.error', 'util.appendError', 'util.unauthorized', 'runtime.earlyReturn'];

function sideEffectIn(node: AnyNode, references: Reference[]): AnyNode | null {
  if (isFunction(node)) return null;
  if (node.type === 'CallExpression') {
    const { callee } = node;
    if (
      callee.type === 'Identifier' &&
      references.some(({ identifier, binding }) => identifier === callee && binding?.kind === 'function')
    )
      return node;
    if (
      callee.type === 'MemberExpression' &&
      callee.object.type === 'Identifier' &&
      callee.property.type === 'Identifier'
    ) {
      if (flow.includes(`${callee.object.name}.${callee.property.name}`)) return node;
    }
  }
  for (const child of childrenOf(node)) {
    const found = sideEffectIn(child, references);
    if (found) return found;
  }
  return null;
}

/** References that close a circle of functions. */
function recursive(references: Reference[]): AnyNode[] {
  const calls = new Map<FunctionNode, { target: FunctionNode; at: AnyNode }[]>();
  for (const { identifier, binding, within } of references) {
    const target = binding?.functionNode;
    if (!target) continue;
    for (const caller of within) calls.set(caller, [...(calls.get(caller) ?? []), { target, at: identifier }]);
  }
  const reaches = (from: FunctionNode, goal: FunctionNode, seen: Set<FunctionNode>): boolean => {
    if (from === goal) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return (calls.get(from) ?? []).some(({ target }) => reaches(target, goal, seen));
  };
  const found = new Set<AnyNode>();
  for (const [caller, targets] of calls) {
    for (const { target, at } of targets) if (reaches(target, caller, new Set())) found.add(at);
  }
  return [...found];
}

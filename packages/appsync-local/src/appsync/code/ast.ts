/** Small helpers around acorn's syntax tree. */
import { parse } from 'acorn';
import type { AnyNode, Program } from 'acorn';

export type { AnyNode, Program } from 'acorn';

export type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

/** Where something stands in resolver code; both count from 1. */
export interface CodePosition {
  line: number;
  column: number;
}

/** Parses an ECMAScript module. Throws acorn's SyntaxError, whose `loc` says where. */
export function parseModule(code: string): Program {
  return parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
}

export function positionOf(node: AnyNode): CodePosition {
  const start = node.loc?.start;
  return { line: start?.line ?? 1, column: (start?.column ?? 0) + 1 };
}

export function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  );
}

/** The node's direct children, in source order of their keys. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node)) {
    for (const candidate of Array.isArray(value) ? value : [value]) {
      if (isNode(candidate)) children.push(candidate);
    }
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** Calls `visit` for the node and everything below it. */
export function walk(
  node: AnyNode,
  visit: (node: AnyNode, parent: AnyNode | null) => void,
  parent: AnyNode | null = null,
): void {
  visit(node, parent);
  for (const child of childrenOf(node)) walk(child, visit, node);
}

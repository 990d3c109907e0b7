/** Which handlers end soon whatever small input they are given, so that nobody needs to watch them. */
import { childrenOf, isFunction } from './ast.ts';
import type { AnyNode, FunctionNode, Program } from './ast.ts';
import { callbackMethods } from './builtinNames.ts';
import { declaredIn, exportsOf } from './exports.ts';
import type { Reference } from './scope.ts';

/**
 * Loops and callbacks inside each other; there is no recursion, so deeper code is the only other code that can take
 * long.
 */
const maximumDepth = 2;

/** Their time may grow exponentially with the text. */
const regularExpressions = ['matches', 'replace', 'replaceAll'];

/** The exported handlers of checked code that nest no more loops than that and match no regular expression. */
export function shortHandlers(program: Program, references: Reference[]): Set<string> {
  const functions = new Map<AnyNode, FunctionNode>();
  for (const { identifier, binding } of references)
    if (binding?.functionNode) functions.set(identifier, binding.functionNode);
  const depths = new Map<FunctionNode, number>();

  function depthOfFunction(node: FunctionNode): number {
    const known = depths.get(node);
    if (known !== undefined) return known;
    const depth = deepest(childrenOf(node));
    depths.set(node, depth);
    return depth;
  }

  /** Functions count where they are called, not where they stand. */
  function depthOf(node: AnyNode): number {
    if (isFunction(node)) return 0;
    if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') return 1 + deepest(childrenOf(node));
    if (node.type !== 'CallExpression') return deepest(childrenOf(node));
    const { callee } = node;
    const name =
      callee.type === 'MemberExpression' && callee.property.type === 'Identifier' ? callee.property.name : '';
    if (regularExpressions.includes(name)) return Infinity;
    const around = deepest(childrenOf(node));
    const called = functions.get(callee);
    if (called) return Math.max(around, depthOfFunction(called));
    if (!callbackMethods.includes(name)) return around;
    const [callback] = node.arguments;
    const target = callback && (isFunction(callback) ? callback : functions.get(callback));
    return Math.max(around, 1 + (target ? depthOfFunction(target) : 0));
  }

  const deepest = (nodes: AnyNode[]): number => nodes.reduce((depth, node) => Math.max(depth, depthOf(node)), 0);

  const ofModule = deepest(program.body);
  const short = [...exportsOf(program)].filter(([, local]) => {
    const handler = declaredIn(program, local);
    return handler !== undefined && Math.max(ofModule, depthOfFunction(handler)) <= maximumDepth;
  });
  return new Set(short.map(([exported]) => exported));
}

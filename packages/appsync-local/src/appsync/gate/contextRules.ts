/** Rules about `ctx`: its members cannot be replaced, added or deleted; what is in them can be changed. */
import { type AnyNode, type Program, walk } from '../code/ast.ts';
import { declaredIn, exportsOf } from '../code/exports.ts';
import type { Reference } from '../code/scope.ts';
import { collect, type Finding } from './finding.ts';

export function contextFindings(program: Program, references: Reference[]): Finding[] {
  const { findings, report } = collect();
  const handlers = handlersOf(program);
  const targets = writtenIn(program);
  for (const { identifier, parent, within } of references) {
    const handler = within.find((around) => handlers.has(around));
    const context = handler?.params[0];
    if (context?.type !== 'Identifier' || context.name !== identifier.name || context === identifier) continue;
    if (targets.has(identifier)) report(identifier, 'context', `${identifier.name} cannot be assigned`);
    if (parent.type === 'MemberExpression' && parent.object === identifier && targets.has(parent))
      report(parent, 'context', `a member of ${identifier.name} cannot be assigned, added or deleted`);
  }
  return findings;
}

/** The exported functions. */
function handlersOf(program: Program): Set<AnyNode> {
  const handlers = [...exportsOf(program).values()].map((name) => declaredIn(program, name));
  return new Set(handlers.filter((handler) => handler !== undefined));
}

/** What is assigned to or deleted. */
function writtenIn(program: Program): Set<AnyNode> {
  const written = new Set<AnyNode>();
  walk(program, (node) => {
    if (node.type === 'AssignmentExpression') written.add(node.left);
    if (node.type === 'UnaryExpression' && node.operator === 'delete') written.add(node.argument);
    if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') written.add(node.left);
  });
  return written;
}

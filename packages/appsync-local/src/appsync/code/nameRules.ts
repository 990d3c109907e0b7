/** Rules about names: imports, globals, members of the built-in objects and methods. */
import { LIBRARY_SHAPE } from '../utilities/library.ts';
import type { Shape } from '../utilities/library.ts';
import { positionOf, walk } from './ast.ts';
import type { AnyNode, Program } from './ast.ts';
import { ARRAY_METHODS, GLOBAL_VALUES, STATIC_MEMBERS, STRING_METHODS } from './builtinNames.ts';
import type { CodeProblem } from './check.ts';
import type { Reference } from './scope.ts';

const UTILS = '@aws-appsync/utils';
/** Importable in the service, but with data sources that do not exist here. */
const ELSEWHERE = ['@aws-appsync/utils/rds', '@aws-appsync/utils/ai'];

const METHODS: ReadonlySet<string> = new Set([...STRING_METHODS, ...ARRAY_METHODS]);

export function nameProblems(program: Program, references: Reference[]): CodeProblem[] {
  const problems: CodeProblem[] = [];
  const report = (node: AnyNode, message: string) => problems.push({ ...positionOf(node), message });

  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') checkImport(statement, report);
    if (statement.type === 'ExportNamedDeclaration' && statement.source)
      report(statement, 're-exporting from a module is not supported');
  }

  /** Callees that belong to a built-in object and so need no look at the method names. */
  const known = new Set<AnyNode>();
  const parents = parentsIn(program);
  for (const reference of references) {
    const shape = shapeOf(reference);
    if (shape === undefined) {
      if (!reference.binding && !GLOBAL_VALUES.includes(reference.identifier.name))
        report(reference.identifier, `${reference.identifier.name} is not defined in APPSYNC_JS`);
      continue;
    }
    checkMember(reference, shape, parents, known, report);
  }

  walk(program, (node) => {
    if (node.type !== 'CallExpression') return;
    const callee = node.callee.type === 'ChainExpression' ? node.callee.expression : node.callee;
    if (callee.type === 'MemberExpression' && !known.has(callee)) {
      if (callee.computed || callee.property.type !== 'Identifier')
        report(callee, 'calling a computed member is not supported');
      else if (!METHODS.has(callee.property.name))
        report(callee.property, `the method ${callee.property.name} is not supported`);
      else if (callee.property.name === 'sort' && node.arguments.length > 0) report(node, 'sort takes no comparator');
    }
  });
  return problems;
}

type Report = (node: AnyNode, message: string) => void;

function checkImport(statement: Extract<AnyNode, { type: 'ImportDeclaration' }>, report: Report): void {
  const module = String(statement.source.value);
  if (ELSEWHERE.includes(module)) return report(statement, `${module} is not available in the local AppSync`);
  const names = LIBRARY_SHAPE[module];
  if (names === undefined || names === true)
    return report(statement, `${module} cannot be imported; bundle it into the code`);
  if (statement.specifiers.length === 0) return report(statement, 'an import without names is not supported');
  for (const specifier of statement.specifiers) {
    if (specifier.type === 'ImportNamespaceSpecifier' && module === UTILS)
      report(specifier, `import the names of ${module} one by one`);
    if (specifier.type !== 'ImportSpecifier') continue;
    const name = specifier.imported.type === 'Identifier' ? specifier.imported.name : '';
    if (!Object.hasOwn(names, name)) report(specifier, `${module} has no export ${name}`);
    // Whether the service takes `util as util2` is not known, so code must do without.
    else if (specifier.local.name !== name) report(specifier, `import ${name} under its own name`);
  }
}

/** The members of the built-in object that a name stands for; undefined when it stands for none. */
function shapeOf({ binding, identifier }: Reference): Shape | undefined {
  if (binding?.imported) {
    const module = LIBRARY_SHAPE[binding.imported.module];
    return binding.imported.name === '*' ? module : memberOf(module, binding.imported.name);
  }
  if (binding) return undefined;
  const members = STATIC_MEMBERS[identifier.name];
  if (members && Object.hasOwn(STATIC_MEMBERS, identifier.name))
    return Object.fromEntries(members.map((member) => [member, true as const]));
  return memberOf(LIBRARY_SHAPE[UTILS], identifier.name);
}

function memberOf(shape: Shape | undefined, name: string): Shape | undefined {
  return typeof shape === 'object' && Object.hasOwn(shape, name) ? shape[name] : undefined;
}

/** Follows `util.time.nowISO8601` to its end, which must be a function that is called there and then. */
function checkMember(
  reference: Reference,
  start: Shape,
  parents: Map<AnyNode, AnyNode>,
  known: Set<AnyNode>,
  report: Report,
): void {
  let node: AnyNode = reference.identifier;
  let shape = start;
  let path = reference.identifier.name;
  while (shape !== true) {
    const parent = parents.get(node);
    if (
      parent?.type !== 'MemberExpression' ||
      parent.object !== node ||
      parent.computed ||
      parent.property.type !== 'Identifier'
    ) {
      return report(node, `${path} can only be used as in ${path}.${Object.keys(shape)[0]}(…)`);
    }
    path = `${path}.${parent.property.name}`;
    const next = memberOf(shape, parent.property.name);
    if (next === undefined) return report(parent.property, `${path} is not supported`);
    known.add(parent);
    node = parent;
    shape = next;
  }
  const call = parents.get(node);
  if (call?.type !== 'CallExpression' || call.callee !== node) report(node, `${path} can only be called`);
  if (path === 'JSON.stringify' && call?.type === 'CallExpression' && call.arguments.length > 1)
    report(call, 'JSON.stringify takes one argument here');
}

function parentsIn(program: Program): Map<AnyNode, AnyNode> {
  const parents = new Map<AnyNode, AnyNode>();
  walk(program, (node, parent) => {
    if (parent) parents.set(node, parent);
  });
  return parents;
}

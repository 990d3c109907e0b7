/** Rules about names: imports, globals, members of the built-in objects and methods. */
import { libraryShape } from '../utilities/library.ts';
import type { Shape } from '../utilities/library.ts';
import { walk } from '../code/ast.ts';
import type { AnyNode, Program } from '../code/ast.ts';
import {
  methodsOfArrays,
  doubtfulMethods,
  globalValues,
  staticMembers,
  methodsOfStrings,
} from '../code/builtinNames.ts';
import type { Reference } from '../code/scope.ts';
import { collect, type Finding, type Report } from './finding.ts';

const knownUtils = '@aws-appsync/utils';

/** What the service has and the local AppSync does not, by module. */
export const foundElsewhere: Record<string, Shape> = {
  [knownUtils]: {
    util: {
      xml: { toMap: true, toJsonString: true },
      rds: { toJsonObject: true },
      transform: { toElasticsearchQueryDSL: true },
    },
    extensions: { setSubscriptionInvalidationFilter: true, invalidateSubscriptions: true, evictFromApiCache: true },
  },
  '@aws-appsync/utils/rds': true,
  '@aws-appsync/utils/ai': true,
};

const methods: ReadonlySet<string> = new Set([...methodsOfStrings, ...methodsOfArrays]);

export function nameFindings(program: Program, references: Reference[]): Finding[] {
  const { findings, report } = collect();

  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') checkImport(statement, report);
    if (statement.type === 'ExportNamedDeclaration' && statement.source)
      report(statement, 'export', 're-exporting from a module is not supported');
  }

  /** Callees that belong to a built-in object and so need no look at the method names. */
  const known = new Set<AnyNode>();
  const parents = parentsIn(program);
  for (const reference of references) {
    const shape = shapeOf(reference);
    if (shape === undefined) {
      if (!reference.binding && !globalValues.includes(reference.identifier.name))
        report(reference.identifier, 'name', `${reference.identifier.name} is not defined in APPSYNC_JS`);
      continue;
    }
    checkMember(reference, shape, parents, known, report);
  }

  walk(program, (node) => {
    if (node.type !== 'CallExpression') return;
    const callee = node.callee.type === 'ChainExpression' ? node.callee.expression : node.callee;
    if (callee.type === 'MemberExpression' && !known.has(callee)) {
      if (callee.computed || callee.property.type !== 'Identifier')
        report(callee, 'method', 'calling a computed member is not supported');
      else if (doubtfulMethods.includes(callee.property.name))
        report(callee.property, 'method', doubtful(callee.property.name), 'warning');
      else if (!methods.has(callee.property.name))
        report(callee.property, 'method', `the method ${callee.property.name} is not supported`);
      else if (callee.property.name === 'sort' && node.arguments.length > 0)
        report(node, 'method', 'sort takes no comparator');
    }
  });
  return findings;
}

function doubtful(method: string): string {
  return `the method ${method} is not documented, though seen to work; ${method === 'substring' ? 'slice' : 'indexOf'} is`;
}

function checkImport(statement: Extract<AnyNode, { type: 'ImportDeclaration' }>, report: Report): void {
  const module = String(statement.source.value);
  if (foundElsewhere[module] === true)
    return report(statement, 'import', `${module} is not available in the local AppSync`, 'local');
  const names = libraryShape[module];
  if (names === undefined || names === true)
    return report(statement, 'import', `${module} cannot be imported; bundle it into the code`);
  if (statement.specifiers.length === 0) return report(statement, 'import', 'an import without names is not supported');
  for (const specifier of statement.specifiers) {
    if (specifier.type === 'ImportNamespaceSpecifier' && module === knownUtils)
      report(specifier, 'import', `import the names of ${module} one by one`);
    if (specifier.type === 'ImportDefaultSpecifier') report(specifier, 'import', 'a default import is not supported');
    if (specifier.type !== 'ImportSpecifier') continue;
    const name = specifier.imported.type === 'Identifier' ? specifier.imported.name : '';
    if (!Object.hasOwn(names, name)) report(specifier, 'import', `${module} has no export ${name}`);
    else if (specifier.local.name !== name)
      report(specifier, 'import', `whether AppSync takes ${name} under another name is not known`, 'warning');
  }
}

/** The members of the built-in object that a name stands for; undefined when it stands for none. */
function shapeOf({ binding, identifier }: Reference): Shape | undefined {
  if (binding?.imported) {
    const module = libraryShape[binding.imported.module];
    return binding.imported.name === '*' ? module : memberOf(module, binding.imported.name);
  }
  if (binding) return undefined;
  const members = staticMembers[identifier.name];
  if (members && Object.hasOwn(staticMembers, identifier.name))
    return Object.fromEntries(members.map((member) => [member, true as const]));
  return memberOf(libraryShape[knownUtils], identifier.name);
}

/** What the service has below a name and the local AppSync has not. */
function elsewhereOf({ binding, identifier }: Reference): Shape | undefined {
  const { module, name } = binding?.imported ?? { module: knownUtils, name: identifier.name };
  return name === '*' ? foundElsewhere[module] : memberOf(foundElsewhere[module], name);
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
  let elsewhere = elsewhereOf(reference);
  while (shape !== true) {
    const parent = parents.get(node);
    if (
      parent?.type !== 'MemberExpression' ||
      parent.object !== node ||
      parent.computed ||
      parent.property.type !== 'Identifier'
    ) {
      return report(node, 'name', `${path} can only be used as in ${path}.${Object.keys(shape)[0]}(…)`);
    }
    path = `${path}.${parent.property.name}`;
    const next = memberOf(shape, parent.property.name);
    known.add(parent);
    if (next === undefined) {
      const local = memberOf(elsewhere, parent.property.name) !== undefined;
      const words = local ? 'not available in the local AppSync' : 'not supported';
      // What comes after it needs no complaint of its own.
      for (let rest = parents.get(parent); rest?.type === 'MemberExpression'; rest = parents.get(rest)) known.add(rest);
      return report(parent.property, 'name', `${path} is ${words}`, local ? 'local' : 'error');
    }
    elsewhere = memberOf(elsewhere, parent.property.name);
    node = parent;
    shape = next;
  }
  const call = parents.get(node);
  if (call?.type !== 'CallExpression' || call.callee !== node) report(node, 'name', `${path} can only be called`);
  if (path === 'JSON.stringify' && call?.type === 'CallExpression' && call.arguments.length > 1)
    report(call, 'name', 'JSON.stringify takes one argument here');
}

function parentsIn(program: Program): Map<AnyNode, AnyNode> {
  const parents = new Map<AnyNode, AnyNode>();
  walk(program, (node, parent) => {
    if (parent) parents.set(node, parent);
  });
  return parents;
}

import ts from 'typescript';
import type { Finding } from './finding.ts';
import { placeOf, sourceOf } from './program.ts';

/** What neither the compiler nor AWS's lint rules mind, and the service refuses or runs otherwise than it reads. */
export const syntaxFindings = (program: ts.Program): Finding[] => {
  const source = sourceOf(program);
  const checker = program.getTypeChecker();
  const methods = builtInMethods(program);
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    const found = problemOf(node) ?? methodProblem(node, checker, methods);
    if (found) findings.push({ ...placeOf(source, node.getStart(source)), ...found });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return findings;
};

type Problem = Pick<Finding, 'rule' | 'message'>;

const unsupported: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.ThrowStatement]: '`throw`',
  [ts.SyntaxKind.NewExpression]: '`new`',
  [ts.SyntaxKind.TaggedTemplateExpression]: 'a tagged template',
  [ts.SyntaxKind.BigIntLiteral]: 'a BigInt',
  [ts.SyntaxKind.GetAccessor]: 'a getter',
  [ts.SyntaxKind.SetAccessor]: 'a setter',
  [ts.SyntaxKind.CommaToken]: 'the comma operator',
  [ts.SyntaxKind.QuestionQuestionEqualsToken]: '`??=`',
  [ts.SyntaxKind.BarBarEqualsToken]: '`||=`',
  [ts.SyntaxKind.AmpersandAmpersandEqualsToken]: '`&&=`',
};

/** Names that exist without being documented: one for the compiler's sake, the other in every script. */
const hiddenNames = ['Symbol', 'globalThis'];

const problemOf = (node: ts.Node): Problem | undefined => {
  const kind = ts.isBinaryExpression(node) ? node.operatorToken.kind : node.kind;
  const name =
    ts.isBinaryExpression(node) || !ts.isToken(node) || ts.isBigIntLiteral(node) ? unsupported[kind] : undefined;
  if (name) return { rule: 'syntax', message: `${name} is not supported` };
  if (
    ts.isIdentifier(node) &&
    hiddenNames.includes(node.text) &&
    !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node)
  ) {
    return { rule: 'name', message: `${node.text} is not defined` };
  }
  if (ts.isBindingElement(node) && node.initializer) {
    return {
      rule: 'destructuring-default',
      message: 'a default in a destructuring makes AppSync run out of room for metadata; use ??',
    };
  }
  if (ts.isBinaryExpression(node) && kind === ts.SyntaxKind.QuestionQuestionToken && hasCall(node.right)) {
    return { rule: 'nullish-call', message: 'the right side of ?? is evaluated even if the left side is set; use if' };
  }
  if (ts.isReturnStatement(node) && node.expression && isAssignment(node.expression)) {
    return { rule: 'return-assignment', message: 'an assignment has no value to return; return the variable' };
  }
  return undefined;
};

const hasCall = (node: ts.Node): boolean => ts.isCallExpression(node) || (ts.forEachChild(node, hasCall) ?? false);

const isAssignment = (node: ts.Expression): boolean =>
  ts.isParenthesizedExpression(node)
    ? isAssignment(node.expression)
    : ts.isBinaryExpression(node) &&
      node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= ts.SyntaxKind.LastAssignment;

/** Methods of values whose type nobody knows, as are all arguments: they are texts or lists, or have no methods. */
const methodProblem = (node: ts.Node, checker: ts.TypeChecker, methods: Set<string>): Problem | undefined => {
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  if (ts.isElementAccessExpression(callee))
    return { rule: 'method', message: 'calling a computed member is not supported' };
  if (
    !ts.isPropertyAccessExpression(callee) ||
    !(checker.getTypeAtLocation(callee.expression).flags & ts.TypeFlags.Any)
  )
    return undefined;
  const name = callee.name.text;
  if (!methods.has(name)) return { rule: 'method', message: `the method ${name} is not supported` };
  return name === 'sort' && node.arguments.length > 0
    ? { rule: 'method', message: 'sort takes no comparator' }
    : undefined;
};

const builtInMethods = (program: ts.Program): Set<string> =>
  new Set(
    program.getSourceFiles().flatMap((file) =>
      file.statements
        .filter((statement) => ts.isInterfaceDeclaration(statement))
        .filter(({ name }) => ['Array', 'String'].includes(name.text))
        .flatMap(({ members }) =>
          members.filter((member) => ts.isMethodSignature(member)).map(({ name }) => name.getText(file)),
        ),
    ),
  );

/**
 * Turns checked module code into the body of a function: imports become constants, exports a returned object, loops are
 * counted, and log calls know their position. Lines stay where they are, so that faults name the author's own.
 */
import { positionOf, walk } from './ast.ts';
import type { AnyNode, Program } from './ast.ts';
import { exportsOf } from './exports.ts';

interface Edit {
  start: number;
  end: number;
  text: string;
}

export function instrument(code: string, program: Program): string {
  const edits: Edit[] = [];
  const blank = (start: number, end: number) =>
    edits.push({ start, end, text: code.slice(start, end).replace(/[^\n]/g, ' ') });

  walk(program, (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
        edits.push({
          start: node.start,
          end: node.end,
          text: importAsConstants(node) + newlinesOf(code, node.start, node.end),
        });
        return;
      case 'ExportNamedDeclaration':
        blank(node.start, node.declaration ? node.declaration.start : node.end);
        return;
      case 'ForOfStatement':
        edits.push(
          { start: node.right.start, end: node.right.start, text: ' $each(' },
          { start: node.right.end, end: node.right.end, text: ')' },
        );
        return;
      case 'ForInStatement':
        // The properties as a list: the same loop, but one that can be counted.
        edits.push(
          {
            start: node.left.end,
            end: node.right.start,
            text: ` of $keys(${newlinesOf(code, node.left.end, node.right.start)}`,
          },
          { start: node.right.end, end: node.right.end, text: ')' },
        );
        return;
      case 'CallExpression':
        if (isConsole(node.callee)) {
          const { line, column } = positionOf(node);
          const separator = node.arguments.length > 0 ? ', ' : '';
          const opening = code.indexOf('(', node.callee.end) + 1;
          edits.push({
            start: node.callee.start,
            end: opening,
            text: `$log(${line}, ${column}, "${consoleMethod(node.callee)}"${separator}`,
          });
        }
        return;
      default:
    }
  });

  const exported = exportsOf(program);
  return `${apply(code, edits)}\nreturn { request: ${exported.get('request')}, response: ${exported.get('response')} };`;
}

function importAsConstants(node: Extract<AnyNode, { type: 'ImportDeclaration' }>): string {
  const module = `$modules[${JSON.stringify(node.source.value)}]`;
  return node.specifiers
    .map((specifier) => {
      const { name } = specifier.local;
      if (specifier.type !== 'ImportSpecifier') return `const ${name} = ${module};`;
      return `const { ${specifier.imported.type === 'Identifier' ? specifier.imported.name : name}: ${name} } = ${module};`;
    })
    .join(' ');
}

function isConsole(callee: AnyNode): boolean {
  return callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'console';
}

function consoleMethod(callee: AnyNode): string {
  return callee.type === 'MemberExpression' && callee.property.type === 'Identifier' ? callee.property.name : '';
}

function newlinesOf(code: string, start: number, end: number): string {
  return '\n'.repeat(code.slice(start, end).split('\n').length - 1);
}

function apply(code: string, edits: Edit[]): string {
  let result = '';
  let position = 0;
  for (const { start, end, text } of edits.sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += code.slice(position, start) + text;
    position = Math.max(position, end);
  }
  return result + code.slice(position);
}

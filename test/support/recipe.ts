import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One change to a file, as a guide describes it. */
interface Step {
  file: string;
  /** `at its end`, `in …`, `in place of …`; empty: the whole of a new file. */
  where: string;
  text: string;
}

/**
 * The changes that a section of a guide asks for: each a paragraph that names a file and a place, before a block with
 * the text.
 */
export const stepsIn = (guide: string, section: string): Step[] => {
  const [, body = ''] = new RegExp(`^## ${section}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(guide) ?? [];
  const steps = [...body.matchAll(/`([\w./]+\.\w+)`(?:, ([^:]*))?:\n\n( *)```\w+\n([\s\S]*?)\n *```/g)].map(
    ([, file = '', where = '', indent = '', text = '']) => ({
      file,
      where,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
  if (steps.length === 0) throw new Error(`The guide has no steps for "${section}"`);
  return steps;
};

/** Carries a step out in the folder `root`. @throws when the place that it names is not there */
export const carryOut = ({ file, where, text }: Step, root: string): void => {
  const path = join(root, file);
  if (where === '') {
    if (existsSync(path)) throw new Error(`${file} is there already`);
    writeFileSync(path, `${text}\n`);
  } else if (where === 'at its end') {
    appendFileSync(path, `\n${text}\n`);
  } else if (where.startsWith('in place of')) {
    for (const line of text.split('\n')) replaceLine(path, line);
  } else {
    const places = [...where.matchAll(/`(\w+)`/g)].map(([, place = '']) => place);
    if (!where.startsWith('in ') || places.length === 0) throw new Error(`${file}, ${where}: where is that?`);
    for (const place of places) insertInto(path, place, text);
  }
};

const edit = (path: string, change: (lines: string[]) => void): void => {
  const lines = readFileSync(path, 'utf8').split('\n');
  change(lines);
  writeFileSync(path, lines.join('\n'));
};

/** Behind the line in which the named thing opens. */
const insertInto = (path: string, place: string, text: string): void =>
  edit(path, (lines) => {
    const found = lines.flatMap((line, index) =>
      new RegExp(`(^|\\s)${place}\\b[^{[]*.*[{[]$`).test(line) ? [index] : [],
    );
    if (found.length !== 1) throw new Error(`${path} has ${found.length} places ${place}`);
    lines.splice(found[0]! + 1, 0, text);
  });

const replaceLine = (path: string, line: string): void =>
  edit(path, (lines) => {
    const beginning = line.slice(0, line.search(/ = |; /));
    const found = lines.flatMap((each, index) => (each.startsWith(beginning) ? [index] : []));
    if (found.length !== 1) throw new Error(`${path} has ${found.length} lines that begin with ${beginning}`);
    lines[found[0]!] = line;
  });

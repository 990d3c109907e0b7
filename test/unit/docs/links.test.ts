import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const tracked = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).trim().split('\n');

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsIn = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

const linksIn = (file: string): { target: string; anchor: string | undefined }[] =>
  [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)]*))?\)/g)].map(
    ([, target, anchor]) => ({
      target: target === '' || target === undefined ? file : join(dirname(file), target),
      anchor,
    }),
  );

describe('the documents', () => {
  it.each(tracked)('%s links to what there is', (file) => {
    for (const { target, anchor } of linksIn(file)) {
      expect(existsSync(target), `${file} links to ${target}`).toBe(true);
      if (anchor !== undefined && target.endsWith('.md'))
        expect(anchorsIn(target), `${file}: #${anchor}`).toContain(anchor);
    }
  });

  it('walk through one command without leaving out a file on its way', () => {
    const text = readFileSync('docs/walkthrough.md', 'utf8');
    const named = [...text.matchAll(/\]\(\.\.\/([\w./-]+)\)/g)].map(([, path]) => path);
    for (const file of [
      'resolvers/enqueue.ts',
      'functions/command/decideCommand.ts',
      'functions/mediator/forward.ts',
      'functions/execute/project.ts',
    ])
      expect(named).toContain(file);
    expect(named.length).toBeGreaterThan(15);
  });
});

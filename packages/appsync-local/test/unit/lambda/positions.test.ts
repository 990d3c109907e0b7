import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FilePositions, Progress } from '../../../src/lambda/mapping/stream/positions.ts';

test('a position never passes a record that is not done', () => {
  const reached: string[] = [];
  const progress = new Progress((sequenceNumber) => reached.push(sequenceNumber));
  for (const one of ['1', '2', '3', '4']) progress.read(one, one === '3');
  progress.advance();
  expect(reached).toEqual([]);
  progress.finish(['2']);
  expect(reached).toEqual([]);
  progress.finish(['1']);
  expect(reached).toEqual(['3']);
  progress.read('5', false);
  progress.finish(['5']);
  expect(reached).toEqual(['3']);
  progress.finish(['4']);
  expect(reached).toEqual(['3', '5']);
});

test('positions are there in the next run', () => {
  const dir = mkdtempSync(join(tmpdir(), 'positions-'));
  try {
    const file = join(dir, 'positions.json');
    const of = (stream: string) => new FilePositions(file, (mapping) => `${mapping} ${stream}`);
    const positions = of('stream');
    expect(positions.of('mapping')).toBeUndefined();
    positions.reached('mapping', '12');
    positions.close();
    expect(of('stream').of('mapping')).toBe('12');
    // Another stream has taken its place: it is read from its beginning.
    expect(of('another').of('mapping')).toBeUndefined();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyOfTree, root } from '../../mutations/copy.ts';
import { guards, guardsByKind } from '../../mutations/guards/index.ts';
import { occurrences, tryWithout } from '../../mutations/mutate.ts';

const guard = (id: string) => guards.find((each) => each.id === id)!;

describe('the list of guards', () => {
  it('names each once, and no kind as one of them', () => {
    const names = [...guards.map(({ id }) => id), ...Object.keys(guardsByKind)];
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]+$/);
  });

  it.each(guards)('still applies: $id', ({ file, before, after, test }) => {
    expect(occurrences(readFileSync(join(root, file), 'utf8'), before), file).toBe(1);
    expect(after).not.toBe(before);
    expect(existsSync(join(root, test)), test).toBe(true);
  });
});

describe('taking a guard out', () => {
  let copy: ReturnType<typeof copyOfTree>;
  beforeAll(() => {
    copy = copyOfTree();
  });
  afterAll(() => copy.remove());

  it('is noticed, in a copy that is whole again afterwards', async () => {
    const sample = guard('not-begun-at-once');
    const result = await tryWithout(sample, copy.folder);
    expect(result).toMatchObject({ verdict: 'noticed', detail: expect.stringContaining('comes back at once') });
    const text = readFileSync(join(root, sample.file), 'utf8');
    expect(readFileSync(join(copy.folder, sample.file), 'utf8')).toBe(text);
  });

  it('that nothing watches survives, and where no test runs nothing is shown', async () => {
    const sample = guard('not-begun-at-once');
    const unwatched = { ...sample, pattern: 'structured lines' };
    expect(await tryWithout(unwatched, copy.folder)).toMatchObject({ verdict: 'survived' });
    const broken = { ...sample, after: 'this is no code' };
    expect(await tryWithout(broken, copy.folder)).toMatchObject({ verdict: 'broken' });
    await expect(tryWithout({ ...sample, before: 'nowhere' }, copy.folder)).rejects.toThrow('0 times');
  });
});

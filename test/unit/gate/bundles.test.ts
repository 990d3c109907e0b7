import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../../infra/api/gate/gate.ts';
import { bundleResolvers } from '../../../infra/api/resolverBundles.ts';

const bundles = Object.entries(await bundleResolvers());

describe('the bundles that are deployed', () => {
  it.each(bundles)('%s pass the gate', (_, code) => {
    expect(findingsOf(code)).toEqual([]);
  });

  it('import the runtime once, by its own names', () => {
    for (const [, code] of bundles) {
      const imports = code.split('\n').filter((line) => line.startsWith('import '));
      expect(imports.length).toBeLessThanOrEqual(1);
      for (const line of imports) expect(line).toBe('import { util, runtime, extensions } from "@aws-appsync/utils";');
    }
  });
});

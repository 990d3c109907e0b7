import { describe, expect, it } from 'vitest';
import { gate } from 'appsync-local/gate';
import { bundleResolvers } from '../../../infra/api/resolverBundles.ts';

const bundles = await bundleResolvers();
const findings = await gate(bundles);

describe('the bundles that are deployed', () => {
  it.each(Object.keys(bundles))('%s pass the gate, without a warning', (name) => {
    expect(findings[name]).toEqual([]);
  });

  it('import the runtime once, by its own names', () => {
    for (const [, code] of Object.entries(bundles)) {
      const imports = code.match(/\bimport\b[^;]*;/g) ?? [];
      expect(imports.length).toBeLessThanOrEqual(1);
      for (const each of imports) expect(each).toBe('import{util,runtime,extensions}from"@aws-appsync/utils";');
    }
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromSegment, toSegment } from '../../../console/src/parts/address.ts';

it('any id stands in an address, and comes back as it was', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[%25F/?#é]*$/)), (id) => {
      const segment = toSegment(id);
      expect(segment).not.toMatch(/[/?#]/);
      // As the router reads it.
      expect(fromSegment(decodeURI(segment))).toBe(id);
    }),
    { numRuns: 300 },
  );
});

it('an address that nobody escaped is taken as it stands', () => {
  expect(fromSegment('100%')).toBe('100%');
});

import { expect, test } from 'vitest';
import { invocationsIn, traceOfInvocation } from '../../../src/lambda/lineage.ts';

const a = 'arn:aws:lambda:us-east-1:000000000000:function:a';
const b = 'arn:aws:lambda:us-east-1:000000000000:function:b';

test('an invocation counts itself, and carries what led to it', () => {
  const first = traceOfInvocation([undefined], a);
  expect(first).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:1$/);
  const second = traceOfInvocation([first], b);
  const third = traceOfInvocation([second], a);
  expect([invocationsIn(third, a), invocationsIn(third, b)]).toEqual([2, 1]);
  expect(third.slice(0, 40)).toBe(first.slice(0, 40));
});

test('of several causes the longest chain counts', () => {
  const long = traceOfInvocation([traceOfInvocation([traceOfInvocation([], a)], a)], a);
  const trace = traceOfInvocation([undefined, traceOfInvocation([], a), long], a);
  expect(invocationsIn(trace, a)).toBe(4);
});

test('a header of another kind tells of nothing', () => {
  for (const header of [undefined, '', 'Root=1-1-1;Sampled=1', 'Lineage=9:abc', 'Lineage=1:x:y', 'Lineage=a:1'])
    expect(invocationsIn(header, a)).toBe(0);
});

import { expect, test } from 'vitest';
import { reportedFailures } from '../../../src/lambda/mapping/batchResponse.ts';

const batch = new Set(['a', 'b', 'c']);

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['an object about something else', { statusCode: 200 }],
  ['null failures', { batchItemFailures: null }],
  ['no failures', { batchItemFailures: [] }],
  ['an empty list', []],
])('%s is a success', (_name, response) => {
  expect(reportedFailures(response, batch)).toEqual(new Set());
});

test.each<[string, unknown]>([
  ['a text', 'done'],
  ['an empty text', ''],
  ['a number', 3],
  ['a list', [{ itemIdentifier: 'a' }]],
  ['failures that are no list', { batchItemFailures: { itemIdentifier: 'a' } }],
  ['an identifier that is not in the batch', { batchItemFailures: [{ itemIdentifier: 'x' }] }],
  [
    'an unknown identifier beside a known one',
    { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'x' }] },
  ],
  ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
  ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
  ['a wrong key', { batchItemFailures: [{ messageId: 'a' }] }],
  ['a bare identifier', { batchItemFailures: ['a'] }],
  ['a null entry', { batchItemFailures: [null] }],
])('%s fails the whole batch', (_name, response) => {
  expect(reportedFailures(response, batch)).toBe('all');
});

test('reported items fail, repeated or not, and the others succeed', () => {
  const response = { batchItemFailures: [{ itemIdentifier: 'c' }, { itemIdentifier: 'a' }, { itemIdentifier: 'c' }] };
  expect(reportedFailures(response, batch)).toEqual(new Set(['a', 'c']));
});

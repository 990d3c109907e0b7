import { expect, test } from 'vitest';
import { recordFilter } from '../../../src/lambda/mapping/filterPattern.ts';

const record = {
  eventName: 'INSERT',
  dynamodb: {
    SizeBytes: 120,
    NewImage: { type: { S: 'UserCreated' }, version: { N: '1' }, tags: { SS: ['a', 'b'] }, gone: { NULL: true } },
  },
};
const image = (attribute: string, rule: unknown): object => ({ dynamodb: { NewImage: { [attribute]: rule } } });

test.each<[string, object, boolean]>([
  ['an exact value', { eventName: ['INSERT'] }, true],
  ['another exact value', { eventName: ['REMOVE'] }, false],
  ['one of several', { eventName: ['MODIFY', 'INSERT'] }, true],
  ['all members of a pattern', { eventName: ['INSERT'], ...image('type', { S: ['UserDeleted'] }) }, false],
  ['a prefix', image('type', { S: [{ prefix: 'User' }] }), true],
  ['another prefix', image('type', { S: [{ prefix: 'Role' }] }), false],
  ['a prefix or an exact value', image('type', { S: [{ prefix: 'Role' }, 'UserCreated'] }), true],
  ['existence', image('type', { S: [{ exists: true }] }), true],
  ['existence of what is not there', image('other', { S: [{ exists: true }] }), false],
  ['absence', image('other', { S: [{ exists: false }] }), true],
  ['absence of what is there', image('type', { S: [{ exists: false }] }), false],
  ['existence of what is no leaf', { dynamodb: { NewImage: [{ exists: true }] } }, false],
  ['absence of what is no leaf, which is there', { dynamodb: { NewImage: [{ exists: false }] } }, true],
  ['anything but, of what is no leaf', { dynamodb: { NewImage: [{ 'anything-but': 'x' }] } }, false],
  ['absence of a list that is there', image('tags', { SS: [{ exists: false }] }), false],
  ['anything but, of a list', image('tags', { SS: [{ 'anything-but': 'a' }] }), true],
  ['anything but', image('type', { S: [{ 'anything-but': ['UserDeleted'] }] }), true],
  ['anything but what it is', image('type', { S: [{ 'anything-but': 'UserCreated' }] }), false],
  ['anything but, where nothing is', image('other', { S: [{ 'anything-but': 'x' }] }), false],
  ['a DynamoDB number as text', image('version', { N: ['1'] }), true],
  ['a number in range', { dynamodb: { SizeBytes: [{ numeric: ['>', 100, '<=', 120] }] } }, true],
  ['a number out of range', { dynamodb: { SizeBytes: [{ numeric: ['>', 120] }] } }, false],
  ['a member of a set', image('tags', { SS: ['b'] }), true],
  ['a boolean', image('gone', { NULL: [true] }), true],
])('%s', (_name, pattern, expected) => {
  expect(recordFilter([JSON.stringify(pattern)])(record)).toBe(expected);
});

test('without patterns everything passes, with several any of them', () => {
  expect(recordFilter([])(record)).toBe(true);
  expect(recordFilter(['{"eventName":["REMOVE"]}', '{"eventName":["INSERT"]}'])(record)).toBe(true);
});

test.each<[string, string, RegExp]>([
  ['no JSON', '{', /not a JSON object/],
  ['a list', '[]', /not a JSON object/],
  ['an unknown member of the record', '{"body":{"a":["b"]}}', /body cannot be filtered on/],
  ['a bare value', '{"eventName":"INSERT"}', /eventName: values must stand in a list/],
  ['an empty list', '{"eventName":[]}', /list is empty/],
  [
    'an operator nobody knows',
    '{"dynamodb":{"NewImage":{"type":{"S":[{"cidr":"10.0.0.0/8"}]}}}}',
    /dynamodb\.NewImage\.type\.S: operator cidr is not supported/,
  ],
  [
    'numbers compared in DynamoDB JSON',
    '{"dynamodb":{"NewImage":{"version":{"N":[{"numeric":[">",1]}]}}}}',
    /never matches/,
  ],
  ['a malformed range', '{"dynamodb":{"SizeBytes":[{"numeric":[">"]}]}}', /comparisons and numbers/],
])('%s is refused with its place', (_name, pattern, message) => {
  expect(() => recordFilter([pattern])).toThrow(message);
});

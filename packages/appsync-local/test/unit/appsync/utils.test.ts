import { describe, expect, it } from 'vitest';
import { valueOf } from './fixture.ts';

describe('util', () => {
  it.each([
    ['util.autoId()', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ['util.autoUlid()', /^[0-9A-HJKMNP-TV-Z]{26}$/],
    ['util.autoKsuid()', /^[0-9A-Za-z]{27}$/],
    ['util.time.nowISO8601()', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/],
  ])('%s', (expression, pattern) => expect(valueOf(expression)).toMatch(pattern));

  it.each<[string, unknown]>([
    ["util.urlEncode('a b&ü')", 'a+b%26%C3%BC'],
    ["util.urlDecode('a+b%26%C3%BC')", 'a b&ü'],
    ["util.base64Encode('aü')", 'YcO8'],
    ["util.base64Decode('YcO8')", 'aü'],
    ['util.escapeJavaScript("it\'s \\"ü\\"")', 'it\\\'s \\"\\u00FC\\"'],
    ["util.str.normalize('e\\u0301', 'nfc')", 'é'],
    ['util.math.roundNum(1.5)', 2],
    ['util.math.minVal(1, 2) + util.math.maxVal(1, 2)', 3],
    ["util.http.copyHeaders({ Host: 'a', 'x-a': 'b', 'content-length': '1' })", { 'x-a': 'b' }],
    // Time
    ["util.time.parseISO8601ToEpochMilliSeconds('2018-02-01T17:21:05.180+08:00')", 1517476865180],
    ["util.time.parseISO8601ToEpochMilliSeconds('2018-02-01T00:00:00Z')", 1517443200000],
    ["util.time.parseISO8601ToEpochMilliSeconds('0001-01-01T00:00:00Z')", -62135596800000],
    ["util.time.parseFormattedToEpochMilliSeconds('2018-02-01 01:19:15+0800', 'yyyy-MM-dd HH:mm:ssZ')", 1517419155000],
    [
      "util.time.parseFormattedToEpochMilliSeconds('2018-02-01 01:19:15', 'yyyy-MM-dd HH:mm:ss', 'Asia/Shanghai')",
      1517419155000,
    ],
    ['util.time.epochMilliSecondsToSeconds(1517943695750)', 1517943695],
    ['util.time.epochMilliSecondsToISO8601(1517943695750)', '2018-02-06T19:01:35.750Z'],
    ["util.time.epochMilliSecondsToFormatted(1517943695750, 'yyyy-MM-dd HH:mm:ssZ')", '2018-02-06 19:01:35+0000'],
    [
      "util.time.epochMilliSecondsToFormatted(1517943695750, 'yyyy-MM-dd HH:mm:ssZ', 'Asia/Shanghai')",
      '2018-02-07 03:01:35+0800',
    ],
    [
      "util.time.epochMilliSecondsToFormatted(1517943695750, \"EEE, d MMM yyyy 'at' h:mm a XXX\", 'Europe/Berlin')",
      'Tue, 6 Feb 2018 at 8:01 PM +01:00',
    ],
    // DynamoDB: recorded outputs of the service
    ['util.dynamodb.toDynamoDB(12345)', { N: 12345 }],
    ['util.dynamodb.toNumberSet([1, 23, 4.56])', { NS: [1, 23, 4.56] }],
    ["util.dynamodb.toStringSet(['a'])", { SS: ['a'] }],
    ["util.dynamodb.toBinary('foo')", { B: 'foo' }],
    ['util.dynamodb.toBoolean(true)', { BOOL: true }],
    ['util.dynamodb.toNull()', { NULL: null }],
    [
      "util.dynamodb.toList(['foo', 123, { bar: 'baz' }])",
      { L: [{ S: 'foo' }, { N: 123 }, { M: { bar: { S: 'baz' } } }] },
    ],
    [
      "util.dynamodb.toMapValues({ id: 'a', on: true, none: null })",
      { id: { S: 'a' }, on: { BOOL: true }, none: { NULL: null } },
    ],
    ["util.dynamodb.toS3Object('k', 'b', 'r')", { S: '{"s3":{"key":"k","bucket":"b","region":"r"}}' }],
    ['util.dynamodb.toString(null)', null],
    ["ddb.get({ key: { id: 'a' } })", { operation: 'GetItem', key: { id: { S: 'a' } } }],
    [
      "ddb.put({ key: { id: 'a' }, item: { n: 1 } })",
      { operation: 'PutItem', key: { id: { S: 'a' } }, attributeValues: { n: { N: 1 } } },
    ],
    ["ddb.remove({ key: { id: 'a' } })", { operation: 'DeleteItem', key: { id: { S: 'a' } } }],
    ['ddb.scan({ limit: 5, nextToken: null })', { operation: 'Scan', limit: 5 }],
    [
      "ddb.update({ key: { id: 'a' }, update: { age: ddb.operations.add(10) } })",
      {
        operation: 'UpdateItem',
        key: { id: { S: 'a' } },
        update: {
          expression: 'SET #expName_1 = :expValue_1',
          expressionNames: { '#expName_1': 'age' },
          expressionValues: { ':expValue_1': { N: 10 } },
        },
      },
    ],
    [
      "ddb.update({ key: { id: 'a' }, update: { a: 1, b: 2 } }).update.expression",
      'SET #expName_1 = :expValue_1, #expName_2 = :expValue_2',
    ],
    [
      "ddb.update({ key: { id: 'a' }, update: { n: ddb.operations.increment(2) } }).update.expression",
      'SET #expName_1 = #expName_1 + :expValue_1',
    ],
    [
      "ddb.update({ key: { id: 'a' }, update: { n: ddb.operations.append([1]) } }).update.expression",
      'SET #expName_1 = list_append(#expName_1, :expValue_1)',
    ],
    [
      "ddb.update({ key: { id: 'a' }, update: { n: ddb.operations.prepend([1]) } }).update.expression",
      'SET #expName_1 = list_append(:expValue_1, #expName_1)',
    ],
    ['ddb.operations.replace(1)', { type: 'OPERATION_REPLACE', value: 1 }],
    ['ddb.operations.decrement(1)', { type: 'OPERATION_DECREMENT', by: 1 }],
    [
      "util.transform.toDynamoDBFilterExpression({ title: { contains: 'Hello World' } })",
      '{"expression":"(contains(#title,:title_contains))","expressionNames":{"#title":"title"},"expressionValues":{":title_contains":{"S":"Hello World"}}}',
    ],
    [
      'JSON.parse(util.transform.toDynamoDBConditionExpression({ id: { attributeExists: true }, version: { eq: 10 } })).expression',
      '(attribute_exists(#id)) AND (#version = :version_eq)',
    ],
    [
      "JSON.parse(util.transform.toDynamoDBFilterExpression({ title: { beginsWith: 'a' } })).expression",
      '(begins_with(#title,:title_beginsWith))',
    ],
  ])('%s', (expression, value) => expect(valueOf(expression)).toEqual(value));

  it.each([
    ["util.transform.toDynamoDBFilterExpression({ a: { like: 'x' } })", 'unknown operator like on a'],
    ['util.transform.toDynamoDBFilterExpression({})', 'the filter is empty'],
    ['util.transform.toDynamoDBFilterExpression({ a: { eq: null } })', 'a.eq is null'],
    ["ddb.get({ key: { id: 'a' }, consistent: true })", 'has no consistent'],
    ["ddb.update({ key: { id: 'a' }, update: {} })", 'the update is empty'],
    ["util.time.parseISO8601ToEpochMilliSeconds('2018-02-01')", 'could not be parsed'],
    ["util.time.parseISO8601ToEpochMilliSeconds('2018-02-30T00:00:00Z')", 'no such time'],
    ["util.time.nowFormatted('yyyy-QQ')", 'the format letter Q'],
    ["util.time.nowFormatted('yyyy', 'Mars/Base')", 'unknown time zone'],
    ['util.transform.toSubscriptionFilter({ or: [] })', 'an empty or'],
  ])('%s faults', (expression, message) => expect(() => valueOf(expression)).toThrow(message));
});

describe('util.matches', () => {
  it.each<[string, string, boolean]>([
    ['^a*b$', 'aaab', true],
    ['^a*b$', 'aaac', false],
    ['^[0-9a-f]{8}-[0-9a-f]{4}$', '0123abcd-00ff', true],
    ['^\\p{Alpha}+$', 'abc', true],
    ['^\\p{L}+$', 'äß', true],
    ['^[\\w.+-]+@[\\w.]+$', 'a.b@c.de', true],
    ['(?i)^ABC$', 'abc', true],
    ['^\\Qa.b\\E$', 'axb', false],
    ['^\\d{2}\\z', '12\n', false],
    ['\\Aab\\z', 'ab', true],
    ['^[^\\s]+$', 'a b', false],
    ['^a{2}}$', 'aa}', true],
    ['^[\\[]\\s$', '[ ', true],
  ])('%s in %s', (pattern, value, matched) =>
    expect(valueOf('util.matches(ctx.args.pattern, ctx.args.value)', { args: { pattern, value } })).toBe(matched),
  );

  it.each([
    ['a', 'xay', 'depends on whether a part of the value may match'],
    ['^a$', 'a\n', 'depends on'],
    ['(?>a)b', 'ab', 'are not available'],
    ['a*+', 'a', 'are not available'],
    ['[a&&[b]]', 'a', 'are not available'],
    ['\\p{InGreek}', 'a', 'is not available'],
    ['(', 'a', 'PatternSyntaxException'],
  ])('refuses what it cannot answer for sure: %s', (pattern, value, message) => {
    expect(() => valueOf('util.matches(ctx.args.pattern, ctx.args.value)', { args: { pattern, value } })).toThrow(
      message,
    );
  });
});

describe('util.transform.toSubscriptionFilter', () => {
  const filter = (fieldName: string, operator: string, value: unknown) => ({ fieldName, operator, value });
  const groups = (...all: unknown[][]) => ({ filterGroup: all.map((filters) => ({ filters })) });

  it.each<[string, unknown]>([
    ["{ id: { eq: 'a' }, n: { gt: 1 } }", groups([filter('id', 'eq', 'a'), filter('n', 'gt', 1)])],
    ["{ id: { eq: 'a', beginsWith: 'b' } }", groups([filter('id', 'eq', 'a')], [filter('id', 'beginsWith', 'b')])],
    [
      '{ or: [{ a: { eq: 1 } }, { b: { eq: 2 } }], c: { eq: 3 } }',
      groups([filter('a', 'eq', 1), filter('c', 'eq', 3)], [filter('b', 'eq', 2), filter('c', 'eq', 3)]),
    ],
    [
      '{ and: [{ a: { eq: 1 } }, { or: [{ b: { eq: 2 } }, { c: { eq: 3 } }] }] }',
      groups([filter('a', 'eq', 1), filter('b', 'eq', 2)], [filter('a', 'eq', 1), filter('c', 'eq', 3)]),
    ],
    ["{ a: { eq: 1 }, b: { eq: 2 } }, ['b']", groups([filter('a', 'eq', 1)])],
    [
      "{ a: { eq: 1 } }, [], { owner: { eq: 'x' }, team: { eq: 'y' } }",
      groups([filter('a', 'eq', 1), filter('owner', 'eq', 'x')], [filter('a', 'eq', 1), filter('team', 'eq', 'y')]),
    ],
    ['{}', { filterGroup: [] }],
  ])('%s', (parameters, expected) =>
    expect(valueOf(`util.transform.toSubscriptionFilter(${parameters})`)).toEqual(expected),
  );
});

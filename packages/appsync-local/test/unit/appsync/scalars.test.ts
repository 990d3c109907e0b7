import { describe, expect, it } from 'vitest';
import { answering, startApi } from './fixture.ts';

const scalars = [
  'AWSDate',
  'AWSTime',
  'AWSDateTime',
  'AWSTimestamp',
  'AWSEmail',
  'AWSJSON',
  'AWSURL',
  'AWSPhone',
  'AWSIPAddress',
];
const fields = scalars.map((name) => `${name}In(value: ${name}): String\n${name}Out(text: String): ${name}`).join('\n');
const api = startApi({
  schema: `type Query { ${fields} }`,
  units: Object.fromEntries(
    scalars.flatMap((name) => [
      [`Query.${name}In`, answering('JSON.stringify(ctx.args.value)')],
      [`Query.${name}Out`, answering('JSON.parse(ctx.args.text)')],
    ]),
  ),
});

const accepted: Record<string, unknown[]> = {
  AWSDate: ['2024-02-29', '1970-01-01', '2024-01-31Z', '2024-01-31+01:00', '2024-01-31-07:00:30'],
  AWSTime: ['12:30', '12:30Z', '12:30:00', '12:30:00.123', '00:00:00Z', '23:59:59.999999999-08:00'],
  AWSDateTime: [
    '1930-01-01T16:00:00-07:00',
    '2024-01-31T12:00:00.123Z',
    '2024-01-31T12:00:00Z',
    '2017-01-01T00:00Z',
    '2026-01-01T12:00+05:30:15',
  ],
  AWSTimestamp: [0, -1, 1700000000],
  AWSEmail: [
    'a@b.de',
    'first.last+tag@sub.example.org',
    "o'neil@example.org",
    '"quoted local"@example.org',
    'a@localhost',
  ],
  AWSJSON: ['{"a":1}', '[1]', '"text"', 'true', 'null'],
  AWSURL: ['https://example.org/', 'mailto:a@b.de', 'http://example.org/a?b=//c'],
  AWSPhone: ['+49 30 123456', '555-234-5678'.replace('555', '212'), '+1 212 555 0123'],
  AWSIPAddress: ['127.0.0.1', '::1', '10.0.0.0/8', '2001:db8::/32'],
};

const refused: Record<string, unknown[]> = {
  AWSDate: [
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-1-1',
    '24-01-01',
    '2024-01-01T00:00:00Z',
    '',
    ' 2024-01-01',
    '2024-01-01+1:00',
    20240101,
  ],
  AWSTime: ['24:00:00', '12:60:00', '12:30.5', '12', '12:30:', 'noon'],
  AWSDateTime: [
    '2024-01-31T12:00:00',
    '2024-01-31T12:00',
    '2024-01-31T12Z',
    '2024-01-31',
    '2024-02-30T12:00:00Z',
    '2024-01-31 12:00:00Z',
    '2024-01-31T25:00:00Z',
  ],
  AWSTimestamp: ['1', 1.5, true],
  AWSEmail: ['a', '@b.de', 'a@', 'a b@c.de', 'a@b@c.de', 'a..b@c.de', 'a@-b.de', 'a@b..de', '', 1],
  AWSJSON: ['{a:1}', 'text', '', { a: 1 }, 1],
  AWSURL: ['example.org', 'https://example.org/a//b', 'https://exa mple.org', '', 'https://'],
  AWSPhone: ['123', 'phone', '+', '123-456-7890'],
  AWSIPAddress: ['256.0.0.1', '10.0.0.0/33', '::g', '1.2.3.4/', '1.2.3'],
};

const cases = (table: Record<string, unknown[]>) =>
  Object.entries(table).flatMap(([name, values]) => values.map((value) => [name, value] as const));

describe('scalars', () => {
  it.each(cases(accepted))('%s takes %j', async (name, value) => {
    const { data, errors } = await api.run(`query($value: ${name}) { ${name}In(value: $value) }`, {
      variables: { value },
    });
    expect(errors).toBeUndefined();
    const seen = name === 'AWSJSON' ? (JSON.parse(String(value)) as unknown) : value;
    expect(JSON.parse(String(data?.[`${name}In`]))).toEqual(seen);
  });

  it.each(cases(refused))('%s refuses %j, naming variable and rule', async (name, value) => {
    const { data, errors } = await api.run(`query($value: ${name}) { ${name}In(value: $value) }`, {
      variables: { value },
    });
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({
      path: null,
      message: expect.stringMatching(new RegExp(`^Variable 'value' has an invalid value: .*${name} must `)),
    });
  });

  it.each(cases(refused).filter(([, value]) => typeof value === 'string'))(
    '%s refuses the literal %j, naming argument and rule',
    async (name, value) => {
      const { data, errors } = await api.run(`{ ${name}In(value: ${JSON.stringify(value)}) }`);
      expect(data).toBeNull();
      expect(errors?.[0]?.message).toMatch(
        new RegExp(`^Validation error of type WrongType: argument 'value': .*${name} must .* @ '${name}In'$`),
      );
    },
  );

  it('refuses an object literal as AWSJSON', async () => {
    const { data, errors } = await api.run('{ AWSJSONIn(value: { a: 1 }) }');
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
  });

  it.each([
    ['{"a":[1]}', '{"a":[1]}'],
    ['"text"', '"text"'],
    ['7', '7'],
  ])('AWSJSON writes %s as a JSON text', async (text, written) => {
    const { data } = await api.run('query($text: String) { AWSJSONOut(text: $text) }', { variables: { text } });
    expect(data).toEqual({ AWSJSONOut: written });
  });

  it('a value that a resolver gives is checked too', async () => {
    const { data, errors } = await api.run('{ AWSDateOut(text: "\\"tomorrow\\"") }');
    expect(data).toEqual({ AWSDateOut: null });
    expect(errors).toEqual([
      {
        path: ['AWSDateOut'],
        data: null,
        errorType: null,
        errorInfo: null,
        locations: null,
        message: "Can't serialize value (/AWSDateOut) : Unable to serialize `tomorrow` as a valid AWSDate.",
      },
    ]);
  });
});

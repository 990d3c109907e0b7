import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attribute } from '../../../domain/kernel/values/attributes.ts';
import { type Operation, operations } from '../../../domain/operations.ts';
import { normalized, type Violation, violationOf } from '../../../domain/kernel/command/validate.ts';
import { queues, resolve, sent, user } from './harness.ts';
import { runs } from '../../support/runs.ts';

/** Texts on both sides of every rule. */
const texts = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '',
    ' ',
    '\t\n',
    'a',
    ' a ',
    'a\nb',
    'a\n',
    'a\u0000',
    'x'.repeat(100),
    'x'.repeat(101),
    ` ${'x'.repeat(100)} `,
    'é'.repeat(1000),
    'x'.repeat(1001),
    '\u00a0',
    'a\u0085',
    '\u2028',
    'a\uffff',
    '\ufffe',
    '\u{1F600}'.repeat(50),
    '\u{1F600}'.repeat(51),
    '\u{10FFFF}',
  ),
);
const dates = fc.oneof(
  fc
    .date({ min: new Date('1899-12-01'), max: new Date('2100-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  fc
    .tuple(fc.integer({ min: 1890, max: 2030 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
    .map(([year, month, day]) => `${year}-${`${month}`.padStart(2, '0')}-${`${day}`.padStart(2, '0')}`),
  fc.constantFrom(
    '1900-01-01',
    '1899-12-31',
    '2000-02-29',
    '1900-02-29',
    '2024-02-29',
    '2023-02-29',
    ' 2000-01-01 ',
    '2000-1-1',
    '20000101',
    '2000-01-01Z',
  ),
  texts,
);
const emails = fc.oneof(
  fc.emailAddress(),
  texts,
  fc.constantFrom(
    'a@b.c',
    'a@b',
    '@b.c',
    'a@@b.c',
    'a b@c.d',
    ' a@b.c ',
    'a@b..c',
    `${'x'.repeat(250)}@b.c`,
    'ä@ö.ü',
    'a\u00a0b@c.de',
    'a@b.d\u2003e',
  ),
);
const moments = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-30') })
    .map((date) => date.toISOString()),
  fc.constantFrom('2030-01-02T03:04Z', '2030-01-02T03:04:05.123456789+05:30', '2030-01-02T03:04:05+05:30:15'),
);
const ids = fc.oneof(
  fc.uuid(),
  texts,
  fc.constantFrom(
    'alice',
    'auth0|alice',
    'auth0|a|b',
    'google-oauth2|1',
    'x'.repeat(128),
    'x'.repeat(129),
    'a b',
    'alice\n',
    'constructor',
    '__proto__',
  ),
);

const valueOf = ({ kind }: Attribute): fc.Arbitrary<unknown> =>
  ({
    text: texts,
    date: dates,
    email: emails,
    reference: ids,
    references: fc.array(ids, { maxLength: 4 }),
    moment: moments,
    number: fc.oneof(fc.integer({ min: -2, max: 200 }), fc.double()),
    flag: fc.boolean(),
    choice: texts,
  })[kind];

const validInput: Record<string, unknown> = {
  firstName: 'A',
  lastName: 'B',
  birthDate: '2000-01-01',
  email: 'a@b.de',
  roleId: 'r',
  groupId: 'g',
  name: 'n',
  description: 'd',
  authorizationIds: ['a'],
};

/**
 * Inputs as GraphQL lets them through: known fields, of the right type or null, or left out. Mostly right, so that
 * every rule gets its turn as the first that is broken.
 */
const inputOf = ({ input: fields }: Operation): fc.Arbitrary<Record<string, unknown>> => {
  const fieldOf = (field: string) =>
    fc.oneof(
      { weight: 12, arbitrary: fc.constant(validInput[field]) },
      { weight: 4, arbitrary: valueOf(fields[field]!.attribute) },
      { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
    );
  return fc
    .record(Object.fromEntries(Object.keys(fields).map((field) => [field, fieldOf(field)])))
    .map((input) => Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)));
};

const asked = fc
  .constantFrom(...Object.values(operations).filter(({ action }) => action !== 'correct'))
  .chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      id: fc.oneof({ weight: 2, arbitrary: fc.constant('alice') }, { weight: 1, arbitrary: ids }),
      commandId: fc.oneof({ weight: 4, arbitrary: fc.uuid() }, { weight: 1, arbitrary: texts }),
      expectedVersion:
        operation.action === 'create'
          ? fc.constant(undefined)
          : fc.option(fc.integer({ min: -2, max: 3 }), { nil: undefined }),
      input: inputOf(operation),
    }),
  );

type Asked = {
  operation: Operation;
  id: string;
  commandId: string;
  expectedVersion?: number;
  input: Record<string, unknown>;
};

const resolverSays = ({
  operation,
  id,
  commandId,
  expectedVersion,
  input,
}: Asked): { violation?: Violation; command?: Record<string, unknown> } => {
  const from = operation.caller === 'user' ? user : undefined;
  const outcome = resolve('Mutation', operation.name, {
    from,
    args: { input: { ...input, [operation.idField]: id, expectedVersion }, commandId },
    dataSources: queues,
  });
  if (outcome.kind === 'value') return { command: sent(outcome).message };
  expect(outcome.error?.type).toBe('INVALID');
  return { violation: outcome.error?.info as Violation };
};

const domainSays = ({ operation, id, commandId, expectedVersion, input }: Asked): Violation | undefined => {
  const aggregate = operation.aggregate!;
  const made = operation.idFrom === 'command';
  const self = operation.idFrom === 'self';
  const aggregateId = self ? 'alice' : made ? commandId : id;
  const actor = self ? 'user:auth0|alice' : 'admin:auth0|root';
  return violationOf(
    operation,
    { commandId, operation: operation.name, aggregate, aggregateId, actor, input, expectedVersion },
    Date.now(),
  );
};

describe('the resolver and the command function', () => {
  it('refuse the same inputs, for the same reason', () => {
    fc.assert(
      fc.property(asked, (each) => {
        expect(resolverSays(each).violation).toEqual(domainSays(each));
      }),
      { numRuns: runs(500, 5000) },
    );
  });

  it('agree on what is let through: the command passes the second check', () => {
    fc.assert(
      fc.property(asked, (each) => {
        const { command } = resolverSays(each);
        fc.pre(command !== undefined);
        expect(violationOf(each.operation, command as never, Date.now())).toBeUndefined();
        // In the form in which it is stored, which is not longer than the rules allow.
        const stored = Object.entries(normalized(each.operation, each.input)).filter(([name]) => name in each.input);
        expect(command?.['input']).toEqual(Object.fromEntries(stored));
      }),
      { numRuns: 200 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { Attribute } from '../../../domain/kernel/values/attributes.ts';
import { decide } from '../../../domain/kernel/command/decide.ts';
import { isCorrectable } from '../../../domain/kernel/stream/correction.ts';
import { streamOf } from '../../../domain/kernel/stream/stream.ts';
import {
  aggregateNames,
  aggregates,
  eventDefinitionOf,
  type Operation,
  operations,
} from '../../../domain/operations.ts';
import { historyOf, subjectId, was } from '../domain/scenario.ts';
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

/** A payload as JSON has it: mostly right, of mostly the attributes that an event of the type has. */
const payloadOf = (aggregate: AggregateName, type: string): fc.Arbitrary<Record<string, unknown>> => {
  const { payload, action } = eventDefinitionOf({ aggregate, type });
  const right: Record<string, unknown> = {
    ...validInput,
    reason: 'r',
    until: '2030-01-01T00:00Z',
    authorizationId: 'a',
  };
  const valueFor = (field: string) =>
    fc.oneof(
      { weight: 12, arbitrary: fc.constant(right[field] ?? true) },
      { weight: 4, arbitrary: valueOf(payload[field]!) },
      { weight: 1, arbitrary: fc.constantFrom<unknown>(null, undefined, {}, [], [null], 1) },
    );
  const others = fc.oneof(
    { weight: 9, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.constantFrom({ planet: 'Mars' }, { constructor: 1 }, { id: 'x' }, { reason: 'r' }) },
  );
  return fc
    .tuple(
      fc.record(Object.fromEntries(Object.keys(payload).map((field) => [field, valueFor(field)])), {
        requiredKeys: action === 'update' ? [] : Object.keys(payload),
      }),
      others,
    )
    .map(([one, other]) => JSON.parse(JSON.stringify({ ...one, ...other })) as Record<string, unknown>);
};

const pasts: Record<AggregateName, Parameters<typeof historyOf>[0]> = {
  user: [
    was('createUser', { ...validInput }),
    was('updateUser', { firstName: 'An' }),
    was('suspendUser', { reason: 'r', until: null }, 'UserSuspended'),
    was('reinstateUser', {}, 'UserReinstated'),
    was('deleteUser'),
    was('restoreUser'),
  ],
  role: [
    was('createRole', { name: 'n', description: 'd', authorizationIds: [] }),
    was('updateRole', { name: 'm' }),
    was('grantAuthorization', { authorizationId: 'a' }, 'AuthorizationGranted'),
    was('revokeAuthorization', { authorizationId: 'a' }, 'AuthorizationRevoked'),
  ],
  authorization: [
    was('createAuthorization', { name: 'n', description: 'd' }),
    was('updateAuthorization', { name: 'm' }),
  ],
  group: [was('createGroup', { name: 'n', description: 'd' }), was('updateGroup', { name: 'm' }), was('deleteGroup')],
};

const correction = fc.constantFrom(...aggregateNames).chain((aggregate) => {
  const types = Object.entries(aggregates[aggregate].events).filter(([, { action }]) => isCorrectable(action));
  return fc
    .tuple(fc.constantFrom(...types.map(([type]) => type)), fc.boolean(), fc.nat(pasts[aggregate].length - 1))
    .chain(([type, inserts, place]) => {
      const { type: past } = historyOf(pasts[aggregate])[place]!;
      return fc.record({
        aggregate: fc.constant(aggregate),
        input: payloadOf(aggregate, inserts ? type : past).map((payload) =>
          inserts
            ? { kind: 'INSERT', type, payload, effectiveAt: '2026-01-01T00:00Z' }
            : { kind: 'REPLACE', version: place + 1, payload },
        ),
      });
    });
});

describe('what an event should have said', () => {
  const resolverSaysOf = (aggregate: AggregateName, input: Record<string, unknown>) =>
    resolve('Mutation', 'correctEvent', {
      args: { input: { ...input, aggregate: aggregate.toUpperCase(), aggregateId: subjectId } },
      dataSources: queues,
    });
  /** By the resolvers' own clock, and the same whenever it is asked. */
  const today = Date.now();
  const domainSaysOf = (aggregate: AggregateName, input: Record<string, unknown>) =>
    decide(
      {
        commandId: subjectId,
        operation: 'correctEvent',
        aggregate,
        aggregateId: subjectId,
        actor: 'admin:auth0|root',
        input,
      },
      streamOf(historyOf(pasts[aggregate])),
      { now: today, eventId: subjectId },
    );

  it('is refused by the resolver where the command function would, and for the same reason if the type is named', () => {
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(correction, ({ aggregate, input }) => {
        const { kind, error } = resolverSaysOf(aggregate, input);
        const decided = domainSaysOf(aggregate, input);
        const message = 'rejection' in decided ? decided.rejection.message : '';
        const ofPayload = /^payload\./.test(message) ? message : undefined;
        if (kind === 'value') taken += 1;
        else refused += 1;
        if (input.kind === 'INSERT') expect(error?.message).toBe(ofPayload);
        // Of which type the event is that is corrected, the resolver does not know.
        else if (ofPayload === undefined || !/is required$|is not an attribute of \w+$/.test(ofPayload))
          expect(error?.message).toBe(ofPayload);
        else if (error !== undefined) expect(error.message).toMatch(/^payload\./);
      }),
      { numRuns: runs(500, 5000) },
    );
    expect(Math.min(refused, taken)).toBeGreaterThan(20);
  });

  it('is queued in the form in which it is stored', () => {
    fc.assert(
      fc.property(correction, ({ aggregate, input }) => {
        const outcome = resolverSaysOf(aggregate, input);
        const decided = domainSaysOf(aggregate, input);
        fc.pre(outcome.kind === 'value' && !('rejection' in decided));
        const again = domainSaysOf(aggregate, sent(outcome).message.input as Record<string, unknown>);
        expect(again).toEqual(decided);
        const { payload } = sent(outcome).message.input;
        expect(resolverSaysOf(aggregate, { ...input, payload }).kind).toBe('value');
      }),
      { numRuns: runs(200, 2000) },
    );
  });
});

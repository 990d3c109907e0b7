import { describe, expect, it } from 'vitest';
import {
  type Attribute,
  brokenRule,
  email,
  longText,
  matches,
  moment,
  normalize,
  pastDate,
  text,
} from '../../../domain/kernel/values/attributes.ts';
import { invisible } from '../../../domain/kernel/values/characters.ts';
import { givenIdRule, type IdRule, keyRule, subjectRule } from '../../../domain/kernel/values/ids.ts';
import { operations } from '../../../domain/operations.ts';
import { momentText, momentOf } from '../../../domain/kernel/values/moment.ts';
import { scalarFormats as scalars } from 'appsync-local/parts';
import * as odd from '../../support/models/oddTexts.ts';
import { soak, sweeps } from '../../support/runs.ts';
import { env, queues, resolve, sent, withToken } from './harness.ts';

/**
 * Every odd text, through the resolvers of commands and of corrections as they are deployed, and through the domain:
 * they say the same, what is let through is stored as it was queued, can be shown, and can be sent back.
 */
const person = {
  id: 'a',
  firstName: 'A',
  lastName: 'B',
  birthDate: '2000-01-01',
  email: 'a@b.de',
  roleId: 'r',
  groupId: 'g',
};
const group = { name: 'n', description: 'd' };

interface Place {
  attribute: Attribute;
  operation: string;
  field: string;
  input: Record<string, unknown>;
  /** Whether the API shows a stored value. */
  shows: (stored: string) => boolean;
}

const anyText = () => true;
const places: Record<string, Place> = {
  'a name': { attribute: text(100), operation: 'createGroup', field: 'name', input: group, shows: anyText },
  'a last name': {
    attribute: text(100, { mayBeEmpty: true }),
    operation: 'createUser',
    field: 'lastName',
    input: person,
    shows: anyText,
  },
  'a description': {
    attribute: longText(1000),
    operation: 'createGroup',
    field: 'description',
    input: group,
    shows: anyText,
  },
  'an address': {
    attribute: email(),
    operation: 'createUser',
    field: 'email',
    input: person,
    shows: (stored) => scalars.email(stored) === null,
  },
  'a date': {
    attribute: pastDate(),
    operation: 'createUser',
    field: 'birthDate',
    input: person,
    shows: (stored) => scalars.date(stored) === null,
  },
};

const resolverSays = ({ operation, field, input }: Place, value: string): { rule?: string; queued?: string } => {
  const outcome = resolve('Mutation', operation, {
    args: { input: { ...input, [field]: value } },
    dataSources: queues,
  });
  return outcome.kind === 'value'
    ? { queued: sent(outcome).message.input[field] }
    : { rule: (outcome.error?.info as { rule: string }).rule };
};

/** The same of the value as one that an event should have said: of an event of any type, as far as that is known. */
const correctionSays = ({ operation, field }: Place, value: string): { rule?: string; queued?: string } => {
  const outcome = resolve('Mutation', 'correctEvent', {
    args: {
      input: {
        aggregate: operations[operation]!.aggregate!.toUpperCase(),
        aggregateId: '3f0c7f0e-5a44-4a0e-9f0e-2b1f6d3c8a11',
        version: 1,
        payload: { [field]: value },
      },
    },
    dataSources: queues,
  });
  if (outcome.kind === 'value') return { queued: sent(outcome).message.input.payload[field] };
  const { field: at, rule } = outcome.error?.info as { field: string; rule: string };
  expect(at).toBe(`payload.${field}`);
  return { rule };
};

const oneOf = (value: string) => `${JSON.stringify(value.slice(0, 60))} (${value.length})`;

const checkEach = (name: string, values: Iterable<string>): void => {
  const place = places[name]!;
  for (const [n, value] of [...new Set(values)].entries()) {
    const { rule, queued } = resolverSays(place, value);
    expect([oneOf(value), rule]).toEqual([oneOf(value), brokenRule(place.attribute, value, Date.now())]);
    // Both checks of the resolver are by one function: some of the corpus shows that.
    if (soak || n % (sweeps ? 3 : 9) === 0)
      expect([oneOf(value), correctionSays(place, value)]).toEqual([oneOf(value), { rule, queued }]);
    if (queued === undefined) continue;
    // JSON keeps no half of a surrogate pair from becoming something else, so a text that is let through has none.
    expect(queued).toBe(normalize(place.attribute, value));
    expect(queued).not.toMatch(/\p{Surrogate}/u);
    expect([oneOf(queued), place.shows(queued)]).toEqual([oneOf(queued), true]);
    // What was read can be sent back unchanged.
    expect(resolverSays(place, queued)).toEqual({ queued });
    expect(brokenRule(place.attribute, queued, Date.now())).toBeUndefined();
  }
};

/** How many of the characters that show nothing; each is looked at on its own in any case. */
const [first, every] = soak ? [150, 64] : sweeps ? [40, 256] : [10, 1024];

describe.each(Object.keys(places))('resolver and domain agree on %s', (name) => {
  it('of every category of Unicode, in any place', () => checkEach(name, odd.inAnyPlace(odd.ofEachCategory())));
  it('with what shows nothing', () => {
    const characters = odd.showNothing();
    checkEach(
      name,
      odd
        .inAnyPlace([...characters.filter((_, n) => n % every === 0 || n < first), ...odd.directional])
        .concat('\u200b \u3164', ''),
    );
  });
  it('in every normal form', () => checkEach(name, odd.inNormalForms()));
  it('with half a character', () => checkEach(name, odd.halves));
  it('around its greatest length', () => checkEach(name, odd.aroundLength(places[name]!.attribute.maxLength)));
  it('with addresses, dates, moments, ids', () =>
    checkEach(name, [...odd.addresses, ...odd.dates, ...odd.moments, ...odd.ids]));
});

describe('what shows nothing', () => {
  it('is refused on its own, whatever the character', () => {
    for (const character of odd.showNothing()) {
      expect([character.codePointAt(0)!.toString(16), matches(`^[${invisible}]$`, character)]).toEqual([
        character.codePointAt(0)!.toString(16),
        true,
      ]);
    }
  });
});

describe('resolver and domain agree on moments', () => {
  it.each(odd.moments)('such as %j', (given) => {
    const { value, error } = resolve('Query', 'userAt', {
      args: { id: 'alice', timestamp: given },
      dataSources: (_, { payload }) => ({ result: { result: payload.arguments.timestamp } }),
    });
    const expected = momentOf(given);
    if (expected === undefined) expect(error).toMatchObject({ type: 'INVALID', info: { field: 'timestamp' } });
    else {
      expect(value).toBe(momentText(expected));
      expect(scalars.dateTime(value)).toBeNull();
    }
    expect(brokenRule(moment(), given, Date.now()) === undefined).toBe(expected !== undefined);
  });
});

describe('resolver and domain agree on ids', () => {
  const keeps = ({ maxLength, pattern }: IdRule, id: string) => id.length <= maxLength && matches(pattern, id);
  const all = [...new Set([...odd.ids, ...odd.inAnyPlace([...odd.ofEachCategory(), ...odd.directional])])];

  it('that are typed for a new user', () => {
    for (const id of all)
      expect([
        oneOf(id),
        resolve('Mutation', 'createUser', { args: { input: { ...person, id } }, dataSources: queues }).kind === 'value',
      ]).toEqual([oneOf(id), keeps(givenIdRule, id)]);
  });

  it('by which one is looked up', () => {
    for (const id of all)
      expect([
        oneOf(id),
        resolve('Query', 'user', {
          args: { id },
          dataSources: () => ({ result: null }),
          selection: { list: ['id'], text: '{ id }' },
        }).kind === 'value',
      ]).toEqual([oneOf(id), keeps(keyRule, id)]);
  });

  it('that tokens carry', () => {
    for (const id of all) {
      const subject = `oidc|${id}`;
      const from = withToken(env.USER_ISSUER, subject, { azp: env.USER_CLIENT_ID });
      expect([
        oneOf(id),
        resolve('Mutation', 'updateProfile', { args: { input: {} }, from, dataSources: queues }).kind === 'value',
      ]).toEqual([oneOf(id), keeps(subjectRule, subject)]);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { breaksOfEvents, breaksOfSchema, unannounced } from '../../../released/compatibility.ts';

const schema = 'type Query { user(id: ID!): User } type User { id: ID! name: String }';

describe('compatibility of the schema', () => {
  it('lets things be added', () => {
    expect(breaksOfSchema(schema, `${schema} extend type User { age: Int }`, '')).toEqual([]);
  });

  it.each([
    ['a field that is gone', schema.replace(' name: String', '')],
    ['an argument that became required', schema.replace('(id: ID!)', '(id: ID!, at: Int!)')],
    ['another type', schema.replace('name: String', 'name: Int')],
  ])('tells of %s', (_, current) => {
    expect(breaksOfSchema(schema, current, '')).toHaveLength(1);
  });
});

describe('compatibility of stored events', () => {
  const released = { UserCreated: { name: 'text' } };

  it('lets types and optional attributes be added, and values be left out', () => {
    expect(breaksOfEvents(released, { UserCreated: { name: 'text?', age: 'number?' }, UserDeleted: {} })).toEqual([]);
  });

  it.each([
    ['a type that is gone', {}],
    ['an attribute that is gone', { UserCreated: {} }],
    ['an attribute of another kind', { UserCreated: { name: 'date' } }],
    ['an attribute that stored events lack', { UserCreated: { name: 'text', age: 'number' } }],
  ])('tells of %s', (_, current) => {
    expect(breaksOfEvents(released, current)).toHaveLength(1);
  });
});

describe('the changelog', () => {
  const breaks = ['User.name was removed.'];

  it('announces a breaking change in its words, under what is not released yet', () => {
    expect(unannounced(breaks, '# Changelog\n\n## Unreleased\n\n### Breaking\n\n- User.name was removed.\n')).toEqual(
      [],
    );
  });

  it.each([
    '## Unreleased\n\n### Breaking\n',
    '## Unreleased\n\n### Changed\n\n- User.name was removed.\n',
    '## Unreleased\n\n## 1.0.0\n\n### Breaking\n\n- User.name was removed.\n',
  ])('does not by saying it elsewhere: %j', (changelog) => {
    expect(unannounced(breaks, changelog)).toEqual(breaks);
  });
});

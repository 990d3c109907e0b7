import { describe, expect, expectTypeOf, it } from 'vitest';
import { aggregate, already, event } from '../../../domain/kernel/aggregate.ts';
import {
  choice,
  flag,
  longText,
  moment,
  number,
  reference,
  references,
  text,
} from '../../../domain/kernel/values/attributes.ts';
import { crud, update } from '../../../domain/kernel/commands.ts';
import type { EventOf } from '../../../domain/kernel/aggregate.ts';
import type { user } from '../../../domain/user.ts';

const shelf = {
  id: 'made' as const,
  attributes: { name: text(100, { unique: true }), places: number({ from: 1, to: 9 }), roleId: reference('role') },
  commands: { ...crud },
};

describe('an aggregate', () => {
  it('knows the types of its events and payloads', () => {
    type Event = EventOf<typeof user>;
    type Payload<Type extends Event['type']> = Extract<Event, { type: Type }>['payload'];
    expectTypeOf<Payload<'UserCreated'>['email']>().toEqualTypeOf<string>();
    expectTypeOf<Payload<'UserUpdated'>['roleId']>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<Event['type']>().extract<'UserCreatd'>().toBeNever();
    // @ts-expect-error no such attribute
    expectTypeOf<Payload<'UserCreated'>['mail']>().toBeString();
  });

  it('types what its own commands and events are given', () => {
    const lamp = aggregate('group', {
      id: 'made',
      attributes: { name: text(100) },
      conditions: { light: choice(['ON', 'OFF'], { initially: 'OFF' }), until: moment({ optional: true }) },
      events: { LampLit: { until: moment({ optional: true }) } },
      evolve: { LampLit: (state, { until }) => ({ ...state, light: 'ON', until }) },
      commands: {
        ...crud,
        renameLamp: update({ attributes: ['name'] }),
        lightLamp: {
          input: { until: moment({ optional: true }) },
          decide: (state, input) => {
            expectTypeOf(state.light).toEqualTypeOf<'ON' | 'OFF'>();
            expectTypeOf(input.until).toEqualTypeOf<string | null>();
            return state.light === 'ON' ? already : event('LampLit', input);
          },
        },
        // @ts-expect-error there is no such event
        breakLamp: { input: {}, decide: () => event('LampBroken', {}) },
        hangLamp: {
          input: {},
          // @ts-expect-error there is no such attribute
          decide: (state) => (state.lihgt === 'ON' ? already : event('LampLit', { until: null })),
        },
      },
    });
    expect(Object.keys(lamp.commands)).toEqual([
      'createGroup',
      'updateGroup',
      'deleteGroup',
      'restoreGroup',
      'renameLamp',
      'lightLamp',
      'breakLamp',
      'hangLamp',
    ]);
    expect(lamp.plural).toBe('groups');
  });

  it.each([
    ['version is the name of a column', { attributes: { version: flag() } }],
    ['deletedAt is the name of a column', { conditions: { deletedAt: moment() } }],
    ['id is the name of', { commands: { takeShelf: { input: { id: text(10) }, decide: () => already } } }],
    ['role names two fields', { attributes: { roleId: reference('role'), role: longText(9) } }],
    ['nameKey names two fields', { attributes: { name: text(9, { unique: true }), nameKey: text(9) } }],
    ['owner refers to others, so its name must end with Id', { attributes: { owner: reference('user') } }],
    ['owners refers to others, so its name must end with Ids', { attributes: { owners: references('user', 9) } }],
    [
      'name is unique, so it may have 300 characters at the most',
      { attributes: { name: text(301, { unique: true }) } },
    ],
    ['mark is a condition, which cannot be unique', { conditions: { mark: text(9, { unique: true }) } }],
    ['lapse: until is no condition that is a moment', { conditions: { on: flag() }, lapse: 'until' }],
    ['evolve says nothing of ShelfMoved', { events: { ShelfMoved: {} } }],
    [
      'renameShelf carries nmae, which is no attribute',
      { commands: { renameShelf: update({ attributes: ['nmae'] }) } },
    ],
    ['moveShelf must be one of create, update', { commands: { moveShelf: { input: {} } } }],
  ])('says at once that %s', (words, mistaken) => {
    expect(() => aggregate('group', { ...shelf, ...mistaken } as never)).toThrow(`Aggregate group: ${words}`);
  });
});

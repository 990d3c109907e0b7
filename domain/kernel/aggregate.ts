import { type Attribute, type Attributes, type AttributeTable, flag, type ValuesOf } from './values/attributes.ts';
import type { Correction } from './stream/correction.ts';
import type { DomainEvent } from './stream/event.ts';
import { type Listing, listingOf } from './view/listing.ts';
import { mistakesIn } from './mistakes.ts';
import type { Rejection } from './rejection.ts';

/** The aggregates, by the names that the store and the code use. */
export type AggregateName = 'user' | 'role' | 'authorization' | 'group';

/**
 * What a command wants of an aggregate, and what an event did to it. `own`: something that this kind of aggregate alone
 * knows.
 */
export type Action = 'create' | 'update' | 'delete' | 'restore' | 'erase' | 'correct' | 'own';

/** How the types of the events that every aggregate has end. */
export const endings: Record<Exclude<Action, 'own'>, string> = {
  create: 'Created',
  update: 'Updated',
  delete: 'Deleted',
  restore: 'Restored',
  erase: 'Erased',
  correct: 'Corrected',
};

export type Caller = 'admin' | 'user';

/** The verdict of a command whose wish already holds. */
export const already = { already: true } as const;

/** The verdict of a command from which an event of the aggregate's own follows. */
export const event = <const Type extends string, Payload>(type: Type, payload: Payload) => ({ type, payload });

type EventTables = Record<string, AttributeTable>;
type OwnEvent<Events extends EventTables> = {
  [Type in keyof Events]: { type: Type; payload: ValuesOf<Events[Type]> };
}[keyof Events];

/**
 * A command: one of those that `crud`, `create`, `update` … make, or an own one with its input and how it is decided.
 */
interface CommandSpec<Name extends string, Values, Events extends EventTables, Input extends AttributeTable> {
  action?: Exclude<Action, 'own' | 'correct'>;
  /** Which application may use it. `user`: on the caller's own aggregate only. Admin if left out. */
  caller?: Caller;
  /** Of a create or an update: the attributes that the input may carry; all of the aggregate's if left out. */
  attributes?: readonly Name[];
  /** The input's field that says which aggregate is meant; `id` if left out. */
  idField?: string;
  /** Of an own command: what its input says besides. */
  input: Input;
  /** Pure; `state` is that of a live aggregate, at the moment `now` (milliseconds since the epoch). */
  decide?: (state: Values, input: ValuesOf<Input>, now: number) => OwnEvent<NoInfer<Events>> | typeof already | Refusal;
}

type Refusal = { rejection: Rejection };

/** All there is to say about one kind of aggregate. */
interface AggregateSpec<
  Table extends AttributeTable,
  Conditions extends AttributeTable,
  Events extends EventTables,
  Inputs extends Record<string, AttributeTable>,
  Values = ValuesOf<Table> & ValuesOf<Conditions>,
> {
  /** Who makes the id: the caller (`given`), or the system, from the command's id (`made`). */
  id: 'given' | 'made';
  /** Name of the list of them in the API; the name and an s if left out. */
  plural?: string;
  /** What is created and updated. */
  attributes: Table;
  /** What only own events change; shown beside the attributes. */
  conditions?: Conditions;
  /**
   * The condition, a moment, with which the conditions end by themselves: once it has passed, they are as they were at
   * first.
   */
  lapse?: keyof Conditions & string;
  /**
   * Attributes that the token of a person can prove, each with the column, a flag, that says whether it did. What is
   * said anew has to be proved anew.
   */
  proofs?: { [Name in keyof Table & string]?: string };
  /** What it is found and ordered by in lists; by its name if left out. */
  listing?: Listing;
  /** What the API shows besides: texts made of attributes, joined by spaces. */
  joined?: Record<string, readonly (keyof Table & string)[]>;
  /** A reason to refuse any command of a caller, whatever it wants. */
  refuse?: (state: Values, caller: Caller) => Refusal | undefined;
  /** Own events: their payloads. */
  events?: Events;
  /** What own events do to a live aggregate. */
  evolve?: { [Type in keyof Events]: (state: Values, payload: ValuesOf<Events[Type]>) => Values };
  /** By the names of their mutations; those of `crud` get the aggregate's name. */
  commands: { [Name in keyof Inputs]: CommandSpec<keyof Table & string, Values, Events, Inputs[Name]> };
}

export interface EventDefinition {
  action: Action;
  /** What its payload may say; of a correction, nothing that is known beforehand. */
  payload: AttributeTable;
  evolve?: (state: Attributes, payload: Attributes) => Attributes;
}

/** One field of a command's input. */
export interface InputField {
  attribute: Attribute;
  required: boolean;
}

export interface CommandDefinition {
  action: Action;
  caller: Caller;
  idField: string;
  input: Record<string, InputField>;
  decide?: (
    state: Attributes,
    input: Attributes,
    now: number,
  ) => { type: string; payload: Attributes } | typeof already | Refusal;
}

/** An aggregate as everything that is the same for all aggregates sees it. */
export interface AggregateDefinition {
  name: AggregateName;
  /** Prefix of event types, and the name of the API's type. */
  typeName: string;
  plural: string;
  id: 'given' | 'made';
  attributes: AttributeTable;
  conditions: AttributeTable;
  /** Attributes, conditions and flags of proof: the columns of the view, besides those of every row. */
  columns: AttributeTable;
  lapse?: string;
  /** Attribute → the column that says whether it is proved. */
  proofs: Record<string, string>;
  listing: Listing;
  joined: Record<string, readonly string[]>;
  refuse?: (state: Attributes, caller: Caller) => Refusal | undefined;
  /** By type. */
  events: Record<string, EventDefinition>;
  /** By name. */
  commands: Record<string, CommandDefinition>;
}

/** A definition that remembers, for the compiler, what it was made of. */
export type Aggregate<
  Name extends string,
  Table extends AttributeTable,
  Conditions extends AttributeTable,
  Events extends EventTables,
> = AggregateDefinition & {
  readonly declared?: { name: Name; attributes: Table; conditions: Conditions; events: Events };
};

type Maybe<Values> = { [Name in keyof Values as null extends Values[Name] ? Name : never]?: Values[Name] };
type Certain<Values> = { [Name in keyof Values as null extends Values[Name] ? never : Name]: Values[Name] };

/** The events of an aggregate, by its declaration: where `type` is `UserCreated`, `payload.email` is a string. */
export type EventOf<Definition> =
  Definition extends Aggregate<infer Name, infer Table, AttributeTable, infer Events>
    ? | DomainEvent<`${Capitalize<Name>}Created`, Certain<ValuesOf<Table>> & Maybe<ValuesOf<Table>>>
      | DomainEvent<`${Capitalize<Name>}Updated`, Partial<ValuesOf<Table>>>
      | DomainEvent<`${Capitalize<Name>}${'Deleted' | 'Restored' | 'Erased'}`, Record<string, never>>
      | DomainEvent<`${Capitalize<Name>}Corrected`, Correction>
      | { [Type in keyof Events & string]: DomainEvent<Type, ValuesOf<Events[Type]>> }[keyof Events & string]
    : never;

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Of a create, what is not optional; of an own command likewise; of an update, nothing. */
const inputOf = (action: Action, table: AttributeTable, names: readonly string[]): Record<string, InputField> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const attribute = table[name];
      return attribute ? [[name, { attribute, required: action !== 'update' && !attribute.optional }]] : [];
    }),
  );

/** What a create or an update may say besides the attributes: that one is proved. */
const flagsOf = (proofs: Record<string, string>): AttributeTable =>
  Object.fromEntries(Object.values(proofs).map((name) => [name, flag({ optional: true, initially: false })]));

/**
 * Defines an aggregate.
 * @throws Error that names every mistake in it
 */
export const aggregate = <
  const Name extends AggregateName,
  Table extends AttributeTable,
  Conditions extends AttributeTable,
  Events extends EventTables,
  Inputs extends Record<string, AttributeTable>,
>(
  name: Name,
  spec: AggregateSpec<Table, Conditions, Events, Inputs>,
): Aggregate<Name, Table, Conditions, Events> => {
  const typeName = capitalized(name);
  const {
    id,
    plural = `${name}s`,
    attributes,
    conditions = {},
    lapse,
    proofs = {},
    listing = listingOf(attributes),
    joined = {},
    refuse,
    events = {},
    evolve,
  } = spec;
  const nothing: AttributeTable = {};
  const flags = flagsOf(proofs as Record<string, string>);
  const said: AttributeTable = { ...attributes, ...flags };
  const payloads: Record<keyof typeof endings, AttributeTable> = {
    create: said,
    update: said,
    delete: nothing,
    restore: nothing,
    erase: nothing,
    correct: nothing,
  };
  const shared = (Object.keys(endings) as (keyof typeof endings)[]).map((action): [string, EventDefinition] => [
    `${typeName}${endings[action]}`,
    { action, payload: payloads[action] },
  ]);
  const own = Object.entries<AttributeTable>(events).map(([type, payload]): [string, EventDefinition] => [
    type,
    { action: 'own', payload, evolve: evolve?.[type] as EventDefinition['evolve'] },
  ]);
  const commands = Object.entries(
    spec.commands as Record<string, CommandSpec<string, never, EventTables, AttributeTable>>,
  ).map(([given, command]): [string, CommandDefinition] => {
    const { action = 'own', caller = 'admin', idField = 'id', input, decide } = command;
    const table = action === 'create' || action === 'update' ? attributes : input;
    return [
      given === action ? `${given}${typeName}` : given,
      {
        action,
        caller,
        idField,
        input: inputOf(action, table, command.attributes ?? Object.keys(table)),
        decide: decide as CommandDefinition['decide'],
      },
    ];
  });
  const mistakes = mistakesIn(name, spec as unknown as Parameters<typeof mistakesIn>[1]);
  if (mistakes.length > 0) throw new Error(`Aggregate ${name}: ${mistakes.join('; ')}`);
  return {
    name,
    typeName,
    plural,
    id,
    attributes,
    conditions,
    columns: { ...attributes, ...conditions, ...flags },
    lapse,
    proofs: proofs as Record<string, string>,
    listing,
    joined,
    refuse: refuse as AggregateDefinition['refuse'],
    events: Object.fromEntries([...shared, ...own]),
    commands: Object.fromEntries(commands),
  };
};

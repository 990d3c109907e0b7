import type { AttributeTable } from './values/attributes.ts';
import { type Listing, orderKeys } from './view/listing.ts';

/**
 * What every row has, or may have, beside its aggregate's attributes, and every command's input beside what it says.
 */
const reserved = [
  ...['id', 'version', 'createdAt', 'updatedAt', 'deletedAt', 'expiresAt', 'expectedVersion'],
  // Of the directory's entries, which carry whole rows.
  ...['rowKey', 'entry', 'facet', 'initial', 'term', ...orderKeys],
];

/** Characters of a unique value: it is the key of tables. */
const longestUnique = 300;

interface Declared {
  attributes: AttributeTable;
  conditions?: AttributeTable;
  lapse?: string;
  proofs?: Record<string, string>;
  listing?: Listing;
  joined?: Record<string, readonly string[]>;
  events?: Record<string, AttributeTable>;
  evolve?: Record<string, unknown>;
  commands: Record<
    string,
    { action?: string; attributes?: readonly string[]; input: AttributeTable; decide?: unknown }
  >;
}

/**
 * The API's field for what an attribute refers to: `role` beside `roleId`, `authorizations` beside `authorizationIds`.
 */
export const nestedFieldOf = (attribute: string): string => attribute.replace(/Id(s?)$/, '$1');

/** What is wrong with an aggregate as it is declared, in words. */
export const mistakesIn = (name: string, declared: Declared): string[] => {
  const {
    attributes,
    conditions = {},
    lapse,
    proofs = {},
    joined = {},
    listing,
    events = {},
    evolve = {},
    commands,
  } = declared;
  const columns = { ...attributes, ...conditions };
  const fields = [
    ...Object.keys(attributes),
    ...Object.keys(conditions),
    ...Object.keys(joined),
    ...Object.values(proofs),
    ...Object.entries(columns).flatMap(([field, { to, unique }]) => [
      ...(to && nestedFieldOf(field) !== field ? [nestedFieldOf(field)] : []),
      ...(unique ? [`${field}Key`] : []),
      ...(to ? [`${field}Since`] : []),
    ]),
  ];
  const inputs = Object.values(commands).flatMap(({ input }) => Object.keys(input));
  return [
    ...[...fields, ...inputs]
      .filter((field) => reserved.includes(field))
      .map((field) => `${field} is the name of a column or an input of every aggregate`),
    ...fields.filter((field, index) => fields.indexOf(field) !== index).map((field) => `${field} names two fields`),
    ...Object.entries(columns)
      .filter(([field, { to }]) => to && nestedFieldOf(field) === field)
      .map(
        ([field, { kind }]) =>
          `${field} refers to others, so its name must end with ${kind === 'references' ? 'Ids' : 'Id'}`,
      ),
    ...Object.entries(attributes)
      .filter(([, { unique, maxLength }]) => unique && maxLength > longestUnique)
      .map(([field]) => `${field} is unique, so it may have ${longestUnique} characters at the most`),
    ...Object.keys(conditions)
      .filter((field) => conditions[field]!.unique)
      .map((field) => `${field} is a condition, which cannot be unique`),
    ...(lapse !== undefined && conditions[lapse]?.kind !== 'moment'
      ? [`lapse: ${lapse} is no condition that is a moment`]
      : []),
    ...Object.keys(proofs)
      .filter((attribute) => !Object.hasOwn(attributes, attribute))
      .map((attribute) => `proofs: ${attribute} is no attribute of a ${name}`),
    ...[...(listing?.terms ?? []), ...Object.values(listing?.orders ?? {})]
      .flat()
      .filter((field) => !Object.hasOwn(attributes, field))
      .map((field) => `listing: ${field} is no attribute of a ${name}`),
    ...(listing?.together ?? [])
      .filter((field) => !['reference', 'choice'].includes(columns[field]?.kind ?? ''))
      .map((field) => `listing: ${field} is no reference or choice of a ${name}`),
    ...Object.entries(joined).flatMap(([field, parts]) =>
      parts
        .filter((part) => !Object.hasOwn(attributes, part))
        .map((part) => `${field} is made of ${part}, which is no attribute of a ${name}`),
    ),
    ...Object.keys(events)
      .filter((type) => !evolve[type])
      .map((type) => `evolve says nothing of ${type}`),
    ...Object.entries(commands).flatMap(([command, { action, attributes: carried = [], decide }]) => [
      ...carried
        .filter((field) => !Object.hasOwn(attributes, field))
        .map((field) => `${command} carries ${field}, which is no attribute of a ${name}`),
      ...((action === undefined) === (decide === undefined)
        ? [`${command} must be one of create, update …, or say how it is decided`]
        : []),
    ]),
  ];
};

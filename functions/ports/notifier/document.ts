import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { aggregateNames, aggregates } from '../../../domain/operations.ts';
import { nestedFieldOf, nestedLevels } from '../../../domain/kernel/view.ts';
import type { Publication } from './port.ts';

/**
 * Subscribers receive only what the publishing mutation selects, so the fragments select every field of the
 * published types, down to the rows' nested ones.
 */
const fieldsOf = (aggregate: AggregateName, levels = nestedLevels): string => {
  const attributes = Object.entries(aggregates[aggregate].attributes);
  const nested = attributes.flatMap(([name, { to }]) =>
    to && levels > 0 ? [`${nestedFieldOf(name)} { ${fieldsOf(to, levels - 1)} }`] : [],
  );
  // A user's effective authorizations are those of the role.
  if (aggregate === 'user') nested.push(`authorizations { ${fieldsOf('authorization', 0)} }`);
  return ['__typename id version createdAt updatedAt', ...attributes.map(([name]) => name), ...nested].join(' ');
};

const rows = aggregateNames.map((name) => `${name} { ${fieldsOf(name)} }`).join(' ');

/** What each part of a publication is published with. */
const kinds = {
  update: {
    alias: 'p',
    mutation: 'publishProjectionUpdate(update: $)',
    type: 'ProjectionUpdate',
    fields: `__typename aggregate aggregateId version change commandId eventId timestamp ${rows}`,
  },
  outcome: {
    alias: 'c',
    mutation: 'publishCommandOutcome(outcome: $)',
    type: 'CommandOutcome',
    fields: '__typename commandId status operation aggregate aggregateId version code message actor',
  },
  recovery: {
    alias: 'r',
    mutation: 'publishRecoveryProgress(recovery: $)',
    type: 'Recovery',
    fields:
      '__typename recoveryId timestamp status total discovered rebuilt changed failed cursor lastError actor startedAt updatedAt completedAt',
  },
} satisfies Record<keyof Publication, unknown>;

type Kind = keyof typeof kinds;
const allKinds = Object.keys(kinds) as Kind[];

/** A GraphQL request, and which publication each alias in it belongs to. */
export interface PublishRequest {
  query: string;
  variables: Record<string, string>;
  /** Alias → position in the publications given. */
  aliases: Map<string, number>;
}

/** One mutation with a field for every part of every publication, in their order. */
export const requestOf = (publications: Publication[]): PublishRequest => {
  const parts = publications.flatMap((publication, index) =>
    allKinds
      .filter((kind) => publication[kind] !== undefined)
      .map((kind) => ({ kind, index, alias: `${kinds[kind].alias}${index}`, value: publication[kind] })),
  );
  const used = allKinds.filter((kind) => parts.some((part) => part.kind === kind));
  const fields = parts.map(
    ({ kind, alias }) => `${alias}: ${kinds[kind].mutation.replace('$', `$${alias}`)} { ...${kinds[kind].type}Fields }`,
  );
  const fragments = used.map(
    (kind) => `fragment ${kinds[kind].type}Fields on ${kinds[kind].type} { ${kinds[kind].fields} }`,
  );
  return {
    query: [
      `mutation Publish(${parts.map(({ alias }) => `$${alias}: AWSJSON!`).join(', ')}) { ${fields.join(' ')} }`,
      ...fragments,
    ].join('\n'),
    variables: Object.fromEntries(parts.map(({ alias, value }) => [alias, JSON.stringify(value)])),
    aliases: new Map(parts.map(({ alias, index }) => [alias, index])),
  };
};

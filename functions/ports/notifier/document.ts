import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { aggregateNames, aggregates } from '../../../domain/operations.ts';
import { nestedFieldOf, nestedLevels } from '../../../domain/kernel/view/view.ts';
import type { Publication } from './port.ts';

/**
 * Subscribers receive only what the publishing mutation selects, so it selects every field of the
 * published types, down to the rows' nested ones.
 */
const fieldsOf = (aggregate: AggregateName, levels = nestedLevels): string => {
  const attributes = Object.entries(aggregates[aggregate].columns);
  const nested = attributes.flatMap(([name, { to }]) =>
    to && levels > 0 ? [`${nestedFieldOf(name)} { ${fieldsOf(to, levels - 1)} }`] : [],
  );
  // A user's effective authorizations are those of the role.
  if (aggregate === 'user') nested.push(`authorizations { ${fieldsOf('authorization', 0)} }`);
  const joined = Object.keys(aggregates[aggregate].joined);
  return ['__typename id version createdAt updatedAt', ...attributes.map(([name]) => name), ...joined, ...nested].join(
    ' ',
  );
};

const rows = aggregateNames.map((name) => `${name} { ${fieldsOf(name)} }`).join(' ');

const allParts = ['update', 'outcome', 'recovery'] as const satisfies readonly (keyof Publication)[];

export type Part = (typeof allParts)[number];

/** What each part of a publication is published with. */
const parts: Record<Part, { mutation: string; fields: string }> = {
  update: {
    mutation: 'publishProjectionUpdate',
    fields: `__typename aggregate aggregateId version change commandId eventId timestamp name ${rows}`,
  },
  outcome: {
    mutation: 'publishCommandOutcome',
    fields: '__typename commandId status operation aggregate aggregateId version code message actor',
  },
  recovery: {
    mutation: 'publishRecoveryProgress',
    fields:
      '__typename recoveryId timestamp status total discovered rebuilt changed failed cursor lastError actor startedAt updatedAt completedAt',
  },
};

/** The part that a field of the mutation publishes, by the name it is answered under. */
export const partOf = (field: unknown): Part | undefined => allParts.find((part) => parts[part].mutation === field);

/** The parts that a publication has. */
export const partsOf = (publication: Publication): Part[] => allParts.filter((part) => publication[part] !== undefined);

/** A GraphQL request. */
export interface PublishRequest {
  query: string;
  variables: Partial<Record<Part, string>>;
}

/**
 * One mutation with a field for every part of one publication. No field has an alias, nor is there any twice: AppSync
 * tells nobody of what is published under an alias.
 */
export const requestOf = (publication: Publication): PublishRequest => {
  const present = partsOf(publication);
  return {
    query: queryOf(present),
    variables: Object.fromEntries(present.map((part) => [part, JSON.stringify(publication[part])])),
  };
};

const queryOf = (present: Part[]): string => {
  const variables = present.map((part) => `$${part}: AWSJSON!`);
  const fields = present.map((part) => `${parts[part].mutation}(${part}: $${part}) { ${parts[part].fields} }`);
  return `mutation Publish(${variables.join(', ')}) { ${fields.join(' ')} }`;
};

import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { momentOf, momentRule } from '../../domain/kernel/values/moment.ts';
import { aggregateNames } from '../../domain/operations.ts';
import { apiNameOf } from '../api.ts';
import { listIn, type Properties } from '../runtime/properties.ts';

/** A caller's mistake, told in the API's form. */
export class InvalidArgument extends Error {
  override readonly name: string = 'InvalidArgument';

  constructor(
    readonly field: string,
    readonly rule: string,
  ) {
    super(`${field}: ${rule}`);
  }
}

/** The arguments of a field of Query, as the API has checked their types. */
export type Given = Properties;

export const isGiven = (value: unknown): boolean => value !== null && value !== undefined;

/** @throws InvalidArgument, as does everything here */
export const givenAggregate = (value: unknown): AggregateName => {
  const aggregate = aggregateNames.find((name) => apiNameOf(name) === value);
  if (!aggregate) throw new InvalidArgument('aggregate', `must be one of ${aggregateNames.map(apiNameOf).join(', ')}`);
  return aggregate;
};

/** A list of texts, as the API has checked. */
export const givenTexts = (value: unknown): string[] => (listIn(value) ?? []).map(String);

/** Milliseconds since the epoch. */
export const givenMoment = (field: string, given: Given): number => {
  const moment = momentOf(String(given[field]));
  if (moment === undefined) throw new InvalidArgument(field, momentRule.rule);
  return moment;
};

/** Milliseconds since the epoch; undefined if left out. */
export const optionalMoment = (field: string, given: Given): number | undefined =>
  isGiven(given[field]) ? givenMoment(field, given) : undefined;

export const limitOf = ({ limit }: Given): number => {
  if (!isGiven(limit)) return 25;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > 100)
    throw new InvalidArgument('limit', 'must be a whole number from 1 to 100');
  return limit;
};

/** The version to begin with; undefined if left out. */
export const givenVersion = ({ fromVersion }: Given): number | undefined => {
  if (!isGiven(fromVersion)) return undefined;
  if (typeof fromVersion !== 'number' || !Number.isInteger(fromVersion) || fromVersion < 1)
    throw new InvalidArgument('fromVersion', 'must be a whole number from 1');
  return fromVersion;
};

export const tokenOf = ({ nextToken }: Given): string | undefined =>
  isGiven(nextToken) ? String(nextToken) : undefined;

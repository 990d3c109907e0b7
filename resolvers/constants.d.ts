import type {
  AggregateConstant,
  KeyRule,
  OperationConstant,
  SearchConstant,
  ShownConstant,
} from './manifest/constants.ts';
import type { Rule } from './manifest/access.ts';
import type { Read } from './manifest/reads.ts';

/** What the bundler puts into resolver code; see manifest/constants.ts. */
declare global {
  /** The rule of each root field, as `<Type>.<field>`. */
  const ACCESS: Record<string, Rule>;
  /** By name, lower-case. */
  const AGGREGATES: Record<string, AggregateConstant>;
  /** What a correction says, by its kind. */
  const CORRECTIONS: Record<string, readonly string[]>;
  /** What an id that is looked up must be. */
  const KEY: KeyRule;
  /** By name, which is that of the mutation. */
  const OPERATIONS: Record<string, OperationConstant>;
  /** By name of the query. */
  const READS: Record<string, Read>;
  /** How rows are searched. */
  const SEARCH: SearchConstant;
  /** By name of the aggregate. */
  const SHOWN: Record<string, ShownConstant>;
  /** What a command's or a recovery's id must be. */
  const UUID: KeyRule;
}

import type {
  AggregateConstant,
  AttributeRules,
  DecisionConstant,
  IdRule,
  OperationConstant,
  SearchConstant,
  ShownConstant,
  StandingConstant,
  ValueConstant,
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
  /** The rules of what is looked up by its value, by name of the query. */
  const FOUND_BY: Record<string, AttributeRules>;
  /** How decisions on authorizations are worded. */
  const DECISIONS: DecisionConstant;
  /** The aggregates whose ids are given. */
  const GIVEN: string[];
  /** What ids must be that a command names and that are not looked up. */
  const IDS: { typed: IdRule; subject: IdRule };
  /** The aggregates, as the schema's `AggregateType` names them. */
  const KINDS: string[];
  /** UTF-16 units of an id that is stored already. */
  const LONGEST_SHOWN_ID: number;
  /** Of moments; `earliest` and `latest` in milliseconds since the epoch. */
  const MOMENT: Omit<IdRule, 'maxLength'> & { earliest: number; latest: number };
  /** What an id must be by which an aggregate is looked up, where ids are given and where they are made. */
  const KEYS: { given: IdRule; made: IdRule };
  /** How many commands of one sender the user application may send within a minute. */
  const COMMANDS_A_MINUTE: number;
  /** How many of those within ten seconds. */
  const COMMANDS_AT_ONCE: number;
  /** As how many of those a request for all that is held of the sender counts. */
  const DATA_COSTS: number;
  /** By name, which is that of the mutation. */
  const OPERATIONS: Record<string, OperationConstant>;
  /**
   * How a token proves a field: by the claims `<claims><field>` and `<claims><field>_verified`. And the rule in words.
   */
  const PROOF: { claims: string; rule: string };
  /** By name of the query. */
  const READS: Record<string, Omit<Read, 'kind' | 'page'> & { page?: true }>;
  /** How rows are searched. */
  const SEARCH: SearchConstant;
  /** By name of the aggregate. */
  const SHOWN: Record<string, ShownConstant>;
  /** By name of the aggregate. */
  const STANDING: Record<string, StandingConstant>;
  /** What a text must match that is stored already, by the kind of its column; any other may be anything. */
  const SHOWN_FORMS: Record<string, string>;
  /** What the subject of a token must be. */
  const SUBJECT: Pick<IdRule, 'maxLength' | 'pattern'>;
  /** What a command's or a recovery's id must be. */
  const UUID: IdRule;
  /** What holds of values whatever their attribute. */
  const VALUES: ValueConstant;
}

import { controls, lineBreaks, notCharacters } from './characters.ts';

/** What an id must be. `maxLength`: UTF-16 units. `pattern`: as of an attribute. */
export interface IdRule {
  maxLength: number;
  pattern: string;
  /** In words, completing "<field>: …". */
  rule: string;
}

export const uuidPattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/** OpenID Connect's limit for a subject. */
const longest = 255;
const wellFormed = `[^${controls}${lineBreaks}${notCharacters}]`;
const withoutPrefix = '(?!auth0\\|[^|]*$)';
const prefixInWords = 'without `auth0|` in front: the id of `auth0|alice` is `alice`';

/** A subject that an identity provider made, whatever its alphabet. */
export const subjectRule: IdRule = {
  maxLength: longest,
  pattern: `^${wellFormed}+$`,
  rule: `must be 1 to ${longest} characters without control characters`,
};

/** An id by which something is looked up: any that a subject can give. */
export const keyRule: IdRule = {
  maxLength: longest,
  pattern: `^${withoutPrefix}${wellFormed}+$`,
  rule: `must be 1 to ${longest} characters without control characters, and ${prefixInWords}`,
};

/**
 * An id that a person types for a new user. Stricter than a subject's: spaces and look-alikes are slips more often than
 * meant.
 */
export const givenIdRule: IdRule = {
  maxLength: 128,
  pattern: `^${withoutPrefix}[!-~]+$`,
  rule: `must be 1 to 128 printable ASCII characters without spaces, and ${prefixInWords}`,
};

/** An id that the system made: the UUID of the command that created it, or what an older system used. */
export const madeIdRule: IdRule = {
  maxLength: 128,
  pattern: '^[!-~]+$',
  rule: 'must be 1 to 128 printable characters without spaces',
};

/** Such an id as it was made: UUIDs are lower-case. */
export const asMade = (id: string): string => (/^[\da-f-]{36}$/i.test(id) ? id.toLowerCase() : id);

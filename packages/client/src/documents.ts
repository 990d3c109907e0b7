/** The GraphQL text of each call. */
import { calls, type Commands, commands, selections } from './generated/operations.ts';

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const selectionOf = (type: string | null): string =>
  type === null ? '' : ` ${selections[type as keyof typeof selections]}`;

/** One field as an operation of its own. Arguments that are not given are left out: a null can mean something else. */
const documentOf = (
  kind: string,
  name: string,
  args: Record<string, string>,
  type: string | null,
  variables: Record<string, unknown>,
): string => {
  const given = Object.entries(args).filter(([argument]) => variables[argument] !== undefined);
  const declared = given.map(([argument, of]) => `$${argument}: ${of}`).join(', ');
  const passed = given.map(([argument]) => `${argument}: $${argument}`).join(', ');
  return `${kind} ${capitalized(name)}${declared && `(${declared})`} { ${name}${passed && `(${passed})`}${selectionOf(type)} }`;
};

export const callDocument = (name: keyof typeof calls, variables: Record<string, unknown>): string => {
  const { kind, args, type } = calls[name];
  return documentOf(kind, name, args, type, variables);
};

export const commandDocument = (name: keyof Commands, variables: Record<string, unknown>): string => {
  const input = commands[name];
  return documentOf('mutation', name, { ...(input && { input }), commandId: 'ID' }, 'CommandReceipt', variables);
};

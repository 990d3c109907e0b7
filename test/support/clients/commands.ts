import { randomUUID } from 'node:crypto';
import type { Command } from '../../../domain/kernel/command/command.ts';
import { operations } from '../../../domain/operations.ts';

/** A command as the API puts it on its queue. */
export type CommandMessage = Omit<Command, 'sentAt'> & { sentAt: string };

type Overrides = Partial<CommandMessage>;

/** A command of an admin; what is created without a given id takes the command's. */
export const command = (
  name: string,
  aggregateId: string | undefined,
  input: Record<string, unknown>,
  overrides: Overrides = {},
): CommandMessage => {
  const operation = operations[name];
  const aggregate = overrides.aggregate ?? operation?.aggregate;
  if (!operation || !aggregate) throw new Error(`No operation ${name}`);
  const commandId = overrides.commandId ?? randomUUID();
  return {
    commandId,
    operation: name,
    aggregate,
    aggregateId: aggregateId ?? (operation.idFrom === 'command' ? commandId : randomUUID()),
    actor: 'admin:auth0|root',
    input,
    sentAt: '2026-01-01T00:00:00.000Z',
    ...overrides,
  };
};

export const person = { firstName: 'Ada', lastName: 'Lovelace', birthDate: '1990-12-10' };

export const signUp = (id: string, email: string, overrides: Overrides = {}): CommandMessage =>
  command('signUp', id, { ...person, email }, { actor: `user:${id}`, ...overrides });

export const createUser = (
  id: string,
  email: string,
  roleId: string,
  groupId: string,
  overrides: Overrides = {},
): CommandMessage => command('createUser', id, { ...person, email, roleId, groupId }, overrides);

export const updateUser = (id: string, input: Record<string, unknown>, overrides: Overrides = {}): CommandMessage =>
  command('updateUser', id, input, overrides);

export const deleteUser = (id: string, overrides: Overrides = {}): CommandMessage =>
  command('deleteUser', id, {}, overrides);

export const createAuthorization = (name: string, overrides: Overrides = {}): CommandMessage =>
  command('createAuthorization', undefined, { name, description: `May ${name}.` }, overrides);

export const createRole = (name: string, authorizationIds: string[] = [], overrides: Overrides = {}): CommandMessage =>
  command('createRole', undefined, { name, description: 'A role.', authorizationIds }, overrides);

export const createGroup = (name: string, overrides: Overrides = {}): CommandMessage =>
  command('createGroup', undefined, { name, description: 'A group.' }, overrides);

export const correctEvent = (
  of: { aggregate: Command['aggregate']; aggregateId: string },
  version: number,
  payload: Record<string, unknown>,
  overrides: Overrides = {},
): CommandMessage =>
  command('correctEvent', of.aggregateId, { version, payload }, { aggregate: of.aggregate, ...overrides });

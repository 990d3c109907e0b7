// Written by codegen.js from the schema: npm run codegen.

import type * as S from './schema.ts';

/** A single permission. */
export type Authorization = Required<Pick<S.Authorization, 'createdAt' | 'description' | 'id' | 'name' | 'updatedAt' | 'version'>>;

/** One page of authorizations. */
export type AuthorizationPage = Required<Pick<S.AuthorizationPage, 'nextToken'>> & { items: Authorization[]; };

/** Whether a user may do something. */
export type Decision = Required<Pick<S.Decision, 'allowed' | 'authorization' | 'because'>>;

/** One page of changes. */
export type ChangePage = Required<Pick<S.ChangePage, 'nextToken'>> & { items: Change[]; };

/** One attribute of one aggregate that differs. */
export type Change = Required<Pick<S.Change, 'actor' | 'after' | 'aggregate' | 'aggregateId' | 'attribute' | 'before'>>;

/** How a command ended. */
export type CommandOutcome = Required<Pick<S.CommandOutcome, 'actor' | 'aggregate' | 'aggregateId' | 'code' | 'commandId' | 'message' | 'operation' | 'status' | 'version'>>;

/** A message that could not be handled: what is known of it, without any value of an attribute. */
export type DeadLetter = Required<Pick<S.DeadLetter, 'aggregate' | 'aggregateId' | 'commandId' | 'failedAt' | 'messageId' | 'operation' | 'reason' | 'receives' | 'recoveryId' | 'sentAt'>>;

/** One page of events. */
export type EventPage = Required<Pick<S.EventPage, 'nextToken'>> & { items: Event[]; };

/** One stored event. Events never change. */
export type Event = Required<Pick<S.Event, 'actor' | 'aggregate' | 'aggregateId' | 'commandId' | 'effectiveAt' | 'erased' | 'eventId' | 'executionQueue' | 'name' | 'operation' | 'payload' | 'timestamp' | 'type' | 'version'>> & { refersTo: Reference[]; };

/** Something that an event refers to. */
export type Reference = Required<Pick<S.Reference, 'aggregate' | 'id' | 'name'>>;

/** A set of users. */
export type Group = Required<Pick<S.Group, 'createdAt' | 'description' | 'id' | 'name' | 'updatedAt' | 'version'>>;

/** One page of groups. */
export type GroupPage = Required<Pick<S.GroupPage, 'nextToken'>> & { items: Group[]; };

/** A person who signs in with one of the two applications. */
export type User = Required<Pick<S.User, 'birthDate' | 'createdAt' | 'displayName' | 'email' | 'emailVerified' | 'firstName' | 'groupId' | 'id' | 'lastName' | 'roleId' | 'status' | 'suspendedUntil' | 'suspensionReason' | 'updatedAt' | 'version'>> & { authorizations: AuthorizationSummary[]; group: GroupSummary | null; role: RoleSummary | null; };

export type AuthorizationSummary = Required<Pick<S.Authorization, 'createdAt' | 'description' | 'id' | 'name' | 'updatedAt' | 'version'>>;

export type GroupSummary = Required<Pick<S.Group, 'createdAt' | 'description' | 'id' | 'name' | 'updatedAt' | 'version'>>;

export type RoleSummary = Required<Pick<S.Role, 'authorizationIds' | 'createdAt' | 'description' | 'id' | 'name' | 'updatedAt' | 'version'>>;

/** The way of commands and events as it stands at the moment. Numbers of messages are estimates of SQS. */
export type Pipeline = Required<Pick<S.Pipeline, 'commandLag' | 'deadLetters' | 'projectionLag'>> & { queues: QueueState[]; };

/** One queue and its dead-letter queue. */
export type QueueState = Required<Pick<S.QueueState, 'deadLetters' | 'inFlight' | 'name' | 'oldestSeconds' | 'waiting'>> & { redrive: Redrive | null; };

/** Dead letters on their way back to their queue. Numbers are estimates of SQS. */
export type Redrive = Required<Pick<S.Redrive, 'failure' | 'moved' | 'startedAt' | 'status' | 'total'>>;

/** One page of recoveries, the latest first. */
export type RecoveryPage = Required<Pick<S.RecoveryPage, 'nextToken'>> & { items: Recovery[]; };

/** A run of `recoverFrom`, with its progress. */
export type Recovery = Required<Pick<S.Recovery, 'actor' | 'changed' | 'completedAt' | 'cursor' | 'discovered' | 'failed' | 'lastError' | 'rebuilt' | 'recoveryId' | 'startedAt' | 'status' | 'timestamp' | 'total' | 'updatedAt'>>;

/** A role: a named set of authorizations. */
export type Role = Required<Pick<S.Role, 'authorizationIds' | 'createdAt' | 'description' | 'id' | 'name' | 'updatedAt' | 'version'>> & { authorizations: AuthorizationSummary[]; };

/** One page of roles. */
export type RolePage = Required<Pick<S.RolePage, 'nextToken'>> & { items: Role[]; };

/** One page of users. */
export type UserPage = Required<Pick<S.UserPage, 'nextToken'>> & { items: User[]; };

/** What would be, had it been otherwise. */
export type WhatIf = { changes: Change[]; outcomes: CommandOutcome[]; };

/** A view row changed, or was confirmed by a repeat. */
export type ProjectionUpdate = Required<Pick<S.ProjectionUpdate, 'aggregate' | 'aggregateId' | 'change' | 'commandId' | 'eventId' | 'name' | 'timestamp' | 'version'>> & { authorization: Authorization | null; group: Group | null; role: Role | null; user: User | null; };

/** The answer to a mutation: the command is on its queue. Not yet its outcome. */
export type CommandReceipt = Required<Pick<S.CommandReceipt, 'aggregate' | 'aggregateId' | 'commandId' | 'operation'>>;

/** What is asked for of each type. */
export const selections = {
  Authorization: '{ createdAt description id name updatedAt version }',
  AuthorizationPage: '{ items { createdAt description id name updatedAt version } nextToken }',
  Decision: '{ allowed authorization because }',
  ChangePage: '{ items { actor after aggregate aggregateId attribute before } nextToken }',
  CommandOutcome: '{ actor aggregate aggregateId code commandId message operation status version }',
  DeadLetter: '{ aggregate aggregateId commandId failedAt messageId operation reason receives recoveryId sentAt }',
  EventPage: '{ items { actor aggregate aggregateId commandId effectiveAt erased eventId executionQueue name operation payload refersTo { aggregate id name } timestamp type version } nextToken }',
  Group: '{ createdAt description id name updatedAt version }',
  GroupPage: '{ items { createdAt description id name updatedAt version } nextToken }',
  User: '{ authorizations { createdAt description id name updatedAt version } birthDate createdAt displayName email emailVerified firstName group { createdAt description id name updatedAt version } groupId id lastName role { authorizationIds createdAt description id name updatedAt version } roleId status suspendedUntil suspensionReason updatedAt version }',
  Pipeline: '{ commandLag deadLetters projectionLag queues { deadLetters inFlight name oldestSeconds redrive { failure moved startedAt status total } waiting } }',
  RecoveryPage: '{ items { actor changed completedAt cursor discovered failed lastError rebuilt recoveryId startedAt status timestamp total updatedAt } nextToken }',
  Recovery: '{ actor changed completedAt cursor discovered failed lastError rebuilt recoveryId startedAt status timestamp total updatedAt }',
  Role: '{ authorizationIds authorizations { createdAt description id name updatedAt version } createdAt description id name updatedAt version }',
  RolePage: '{ items { authorizationIds authorizations { createdAt description id name updatedAt version } createdAt description id name updatedAt version } nextToken }',
  UserPage: '{ items { authorizations { createdAt description id name updatedAt version } birthDate createdAt displayName email emailVerified firstName group { createdAt description id name updatedAt version } groupId id lastName role { authorizationIds createdAt description id name updatedAt version } roleId status suspendedUntil suspensionReason updatedAt version } nextToken }',
  WhatIf: '{ changes { actor after aggregate aggregateId attribute before } outcomes { actor aggregate aggregateId code commandId message operation status version } }',
  Redrive: '{ failure moved startedAt status total }',
  ProjectionUpdate: '{ aggregate aggregateId authorization { createdAt description id name updatedAt version } change commandId eventId group { createdAt description id name updatedAt version } name role { authorizationIds authorizations { createdAt description id name updatedAt version } createdAt description id name updatedAt version } timestamp user { authorizations { createdAt description id name updatedAt version } birthDate createdAt displayName email emailVerified firstName group { createdAt description id name updatedAt version } groupId id lastName role { authorizationIds createdAt description id name updatedAt version } roleId status suspendedUntil suspensionReason updatedAt version } version }',
  CommandReceipt: '{ aggregate aggregateId commandId operation }',
} as const;

/** Mutations that put a command on its queue, and the type of their input. */
export const commands = {
  correctEvent: 'CorrectEventInput!',
  createAuthorization: 'CreateAuthorizationInput!',
  createGroup: 'CreateGroupInput!',
  createRole: 'CreateRoleInput!',
  createUser: 'CreateUserInput!',
  deleteAuthorization: 'DeleteAuthorizationInput!',
  deleteGroup: 'DeleteGroupInput!',
  deleteRole: 'DeleteRoleInput!',
  deleteUser: 'DeleteUserInput!',
  eraseMe: null,
  eraseUser: 'EraseUserInput!',
  grantAuthorization: 'GrantAuthorizationInput!',
  reinstateUser: 'ReinstateUserInput!',
  restoreAuthorization: 'RestoreAuthorizationInput!',
  restoreGroup: 'RestoreGroupInput!',
  restoreRole: 'RestoreRoleInput!',
  restoreUser: 'RestoreUserInput!',
  revokeAuthorization: 'RevokeAuthorizationInput!',
  signUp: 'SignUpInput!',
  suspendUser: 'SuspendUserInput!',
  updateAuthorization: 'UpdateAuthorizationInput!',
  updateGroup: 'UpdateGroupInput!',
  updateProfile: 'UpdateProfileInput!',
  updateRole: 'UpdateRoleInput!',
  updateUser: 'UpdateUserInput!',
} as const;

export interface Commands {
  /** Correct the past: the state becomes what it would be had the event been right, not happened, happened at another time, or not been missing. */
  correctEvent: { input: S.CorrectEventInput; row: Authorization | Group | Role | User };
  /** Create an authorization. */
  createAuthorization: { input: S.CreateAuthorizationInput; row: Authorization };
  /** Create a group. */
  createGroup: { input: S.CreateGroupInput; row: Group };
  /** Create a role. */
  createRole: { input: S.CreateRoleInput; row: Role };
  /** Create a user. */
  createUser: { input: S.CreateUserInput; row: User };
  /** Delete an authorization. */
  deleteAuthorization: { input: S.DeleteAuthorizationInput; row: Authorization };
  /** Delete a group. */
  deleteGroup: { input: S.DeleteGroupInput; row: Group };
  /** Delete a role. */
  deleteRole: { input: S.DeleteRoleInput; row: Role };
  /** Delete a user. */
  deleteUser: { input: S.DeleteUserInput; row: User };
  /** User application: erase the own user. What is stored of the person can never be read again, by nobody. */
  eraseMe: { input: null; row: User };
  /** Erase a user, live or deleted: what is stored of the person can never be read again, by nobody. The id may be used again, for a new life. */
  eraseUser: { input: S.EraseUserInput; row: User };
  /** Grant one authorization to a role, whatever others do to the role at the same time. */
  grantAuthorization: { input: S.GrantAuthorizationInput; row: Role };
  /** End a suspension. */
  reinstateUser: { input: S.ReinstateUserInput; row: User };
  /** Bring an authorization back as it was before it was deleted. What it refers to must still exist, and what is unique must be free. */
  restoreAuthorization: { input: S.RestoreAuthorizationInput; row: Authorization };
  /** Bring a group back as it was before it was deleted. What it refers to must still exist, and what is unique must be free. */
  restoreGroup: { input: S.RestoreGroupInput; row: Group };
  /** Bring a role back as it was before it was deleted. What it refers to must still exist, and what is unique must be free. */
  restoreRole: { input: S.RestoreRoleInput; row: Role };
  /** Bring a user back as it was before it was deleted. What it refers to must still exist, and what is unique must be free. */
  restoreUser: { input: S.RestoreUserInput; row: User };
  /** Take one authorization from a role, whatever others do to the role at the same time. */
  revokeAuthorization: { input: S.RevokeAuthorizationInput; row: Role };
  /** User application: create the own user, at first log-in. Role and group stay empty until an admin assigns them. */
  signUp: { input: S.SignUpInput; row: User };
  /** Suspend a user: the user is kept, has no authorizations, and may change nothing. */
  suspendUser: { input: S.SuspendUserInput; row: User };
  /** Change an authorization. */
  updateAuthorization: { input: S.UpdateAuthorizationInput; row: Authorization };
  /** Change a group. */
  updateGroup: { input: S.UpdateGroupInput; row: Group };
  /** User application: change the own user. */
  updateProfile: { input: S.UpdateProfileInput; row: User };
  /** Change a role. */
  updateRole: { input: S.UpdateRoleInput; row: Role };
  /** Change a user. */
  updateUser: { input: S.UpdateUserInput; row: User };
}

/** Everything else that can be called: its kind, the types of its arguments, and the type of what it gives. */
export const calls = {
  authorization: { kind: 'query', args: { id: 'ID!' }, type: 'Authorization' },
  authorizationAt: { kind: 'query', args: { id: 'ID!', knownAt: 'AWSDateTime', timestamp: 'AWSDateTime!' }, type: 'Authorization' },
  authorizations: { kind: 'query', args: { filter: 'NamedFilter', limit: 'Int', nextToken: 'String', orderBy: 'NamedOrder' }, type: 'AuthorizationPage' },
  authorizationsAt: { kind: 'query', args: { knownAt: 'AWSDateTime', limit: 'Int', nextToken: 'String', timestamp: 'AWSDateTime!' }, type: 'AuthorizationPage' },
  can: { kind: 'query', args: { at: 'AWSDateTime', authorizations: '[String!]!', userId: 'ID!' }, type: 'Decision' },
  changesBetween: { kind: 'query', args: { aggregate: 'AggregateType', aggregateId: 'ID', from: 'AWSDateTime!', limit: 'Int', nextToken: 'String', to: 'AWSDateTime!' }, type: 'ChangePage' },
  command: { kind: 'query', args: { actor: 'String', commandId: 'ID!' }, type: 'CommandOutcome' },
  deadLetters: { kind: 'query', args: { limit: 'Int', queue: 'String!' }, type: 'DeadLetter' },
  events: { kind: 'query', args: { aggregate: 'AggregateType!', aggregateId: 'ID!', direction: 'Direction', fromVersion: 'Int', limit: 'Int', nextToken: 'String' }, type: 'EventPage' },
  eventsSince: { kind: 'query', args: { actor: 'String', aggregate: 'AggregateType', limit: 'Int', nextToken: 'String', timestamp: 'AWSDateTime!', types: '[String!]', until: 'AWSDateTime' }, type: 'EventPage' },
  group: { kind: 'query', args: { id: 'ID!' }, type: 'Group' },
  groupAt: { kind: 'query', args: { id: 'ID!', knownAt: 'AWSDateTime', timestamp: 'AWSDateTime!' }, type: 'Group' },
  groups: { kind: 'query', args: { filter: 'NamedFilter', limit: 'Int', nextToken: 'String', orderBy: 'NamedOrder' }, type: 'GroupPage' },
  groupsAt: { kind: 'query', args: { knownAt: 'AWSDateTime', limit: 'Int', nextToken: 'String', timestamp: 'AWSDateTime!' }, type: 'GroupPage' },
  me: { kind: 'query', args: {  }, type: 'User' },
  myData: { kind: 'query', args: {  }, type: null },
  personalData: { kind: 'query', args: { id: 'ID!' }, type: null },
  pipeline: { kind: 'query', args: {  }, type: 'Pipeline' },
  recoveries: { kind: 'query', args: { limit: 'Int', nextToken: 'String' }, type: 'RecoveryPage' },
  recovery: { kind: 'query', args: { recoveryId: 'ID!' }, type: 'Recovery' },
  role: { kind: 'query', args: { id: 'ID!' }, type: 'Role' },
  roleAt: { kind: 'query', args: { id: 'ID!', knownAt: 'AWSDateTime', timestamp: 'AWSDateTime!' }, type: 'Role' },
  roles: { kind: 'query', args: { filter: 'NamedFilter', limit: 'Int', nextToken: 'String', orderBy: 'NamedOrder' }, type: 'RolePage' },
  rolesAt: { kind: 'query', args: { knownAt: 'AWSDateTime', limit: 'Int', nextToken: 'String', timestamp: 'AWSDateTime!' }, type: 'RolePage' },
  user: { kind: 'query', args: { id: 'ID!' }, type: 'User' },
  userAt: { kind: 'query', args: { id: 'ID!', knownAt: 'AWSDateTime', timestamp: 'AWSDateTime!' }, type: 'User' },
  userByEmail: { kind: 'query', args: { email: 'AWSEmail!' }, type: 'User' },
  users: { kind: 'query', args: { filter: 'UserFilter', limit: 'Int', nextToken: 'String', orderBy: 'UserOrder' }, type: 'UserPage' },
  usersAt: { kind: 'query', args: { knownAt: 'AWSDateTime', limit: 'Int', nextToken: 'String', timestamp: 'AWSDateTime!' }, type: 'UserPage' },
  usersByGroup: { kind: 'query', args: { filter: 'UserFilter', groupId: 'ID!', limit: 'Int', nextToken: 'String', orderBy: 'UserOrder' }, type: 'UserPage' },
  usersByRole: { kind: 'query', args: { filter: 'UserFilter', limit: 'Int', nextToken: 'String', orderBy: 'UserOrder', roleId: 'ID!' }, type: 'UserPage' },
  usersWithAuthorization: { kind: 'query', args: { authorizationId: 'ID!', limit: 'Int', nextToken: 'String', orderBy: 'UserOrder' }, type: 'UserPage' },
  whatIf: { kind: 'query', args: { input: 'WhatIfInput!' }, type: 'WhatIf' },
  cancelRecovery: { kind: 'mutation', args: { recoveryId: 'ID!' }, type: 'Recovery' },
  recoverFrom: { kind: 'mutation', args: { commandId: 'ID', timestamp: 'AWSDateTime!' }, type: 'Recovery' },
  redrive: { kind: 'mutation', args: { queue: 'String!' }, type: 'Redrive' },
  onCommandCompleted: { kind: 'subscription', args: { commandId: 'ID!' }, type: 'CommandOutcome' },
  onProjectionUpdated: { kind: 'subscription', args: { aggregate: 'AggregateType', aggregateId: 'ID' }, type: 'ProjectionUpdate' },
  onRecoveryProgress: { kind: 'subscription', args: { recoveryId: 'ID!' }, type: 'Recovery' },
} as const;

export interface Queries {
  /** An authorization by id; null if there is none. */
  authorization: { args: S.QueryAuthorizationArgs; result: Authorization | null };
  /** An authorization as it was at a moment; null if there was none. */
  authorizationAt: { args: S.QueryAuthorizationAtArgs; result: Authorization | null };
  /** All authorizations, page by page. */
  authorizations: { args: S.QueryAuthorizationsArgs; result: AuthorizationPage };
  /** The authorizations that there were at a moment, page by page, each with what it referred to at that moment. In the order in which they were created; those that are there by a later correction come last. */
  authorizationsAt: { args: S.QueryAuthorizationsAtArgs; result: AuthorizationPage };
  /** Whether a user may do what each of these authorizations is for, now or at a moment. For both applications; in the user application, of the caller alone. */
  can: { args: S.QueryCanArgs; result: Decision[] };
  /** What differs between two moments, aggregate by aggregate and attribute by attribute, as it is known now. */
  changesBetween: { args: S.QueryChangesBetweenArgs; result: ChangePage };
  /** How a command ended; null while undecided or unknown. For both applications: of the caller's own commands; for admins, of anybody's. */
  command: { args: S.QueryCommandArgs; result: CommandOutcome | null };
  /** Some of a queue's dead letters, the oldest first: all of them where they are few. Looking changes nothing. */
  deadLetters: { args: S.QueryDeadLettersArgs; result: DeadLetter[] };
  /** The history of one aggregate, in order of version. */
  events: { args: S.QueryEventsArgs; result: EventPage };
  /** All events stored at or after a moment, in order of time; narrowed by what is given, of which all must hold. */
  eventsSince: { args: S.QueryEventsSinceArgs; result: EventPage };
  /** A group by id; null if there is none. */
  group: { args: S.QueryGroupArgs; result: Group | null };
  /** A group as it was at a moment; null if there was none. */
  groupAt: { args: S.QueryGroupAtArgs; result: Group | null };
  /** All groups, page by page. */
  groups: { args: S.QueryGroupsArgs; result: GroupPage };
  /** The groups that there were at a moment, page by page, each with what it referred to at that moment. In the order in which they were created; those that are there by a later correction come last. */
  groupsAt: { args: S.QueryGroupsAtArgs; result: GroupPage };
  /** The caller's own user; null before sign-up. For both applications. */
  me: { args: Record<string, never>; result: User | null };
  /** Everything held of the caller, as `personalData` gives it, but for the names of admins. For the user application. */
  myData: { args: Record<string, never>; result: NonNullable<S.Query['myData']> | null };
  /** Everything held of a person, as JSON: `status` (LIVE, DELETED, ERASED or ABSENT), `state` (null unless live; of a deleted person, `last`), `suspensions`, `history` (each event with its payload; of erased ones, without), `outcomes` (kept for 30 days), `claims`, and what was `leftOut` because it is too much for one answer. Null if nothing is held. */
  personalData: { args: S.QueryPersonalDataArgs; result: NonNullable<S.Query['personalData']> | null };
  /** Where commands and events are now: the queues with their ages and dead letters, and how far views are behind. */
  pipeline: { args: Record<string, never>; result: Pipeline };
  /** All recoveries, the latest first. */
  recoveries: { args: S.QueryRecoveriesArgs; result: RecoveryPage };
  /** A recovery by id. */
  recovery: { args: S.QueryRecoveryArgs; result: Recovery | null };
  /** A role by id; null if there is none. */
  role: { args: S.QueryRoleArgs; result: Role | null };
  /** A role as it was at a moment; null if there was none. */
  roleAt: { args: S.QueryRoleAtArgs; result: Role | null };
  /** All roles, page by page. */
  roles: { args: S.QueryRolesArgs; result: RolePage };
  /** The roles that there were at a moment, page by page, each with what it referred to at that moment. In the order in which they were created; those that are there by a later correction come last. */
  rolesAt: { args: S.QueryRolesAtArgs; result: RolePage };
  /** A user by id; null if there is none. */
  user: { args: S.QueryUserArgs; result: User | null };
  /** A user as it was at a moment; null if there was none. */
  userAt: { args: S.QueryUserAtArgs; result: User | null };
  /** A user by e-mail, compared without case; null if there is none. */
  userByEmail: { args: S.QueryUserByEmailArgs; result: User | null };
  /** All users, page by page. */
  users: { args: S.QueryUsersArgs; result: UserPage };
  /** The users that there were at a moment, page by page, each with what it referred to at that moment. In the order in which they were created; those that are there by a later correction come last. */
  usersAt: { args: S.QueryUsersAtArgs; result: UserPage };
  /** The users in a group. */
  usersByGroup: { args: S.QueryUsersByGroupArgs; result: UserPage };
  /** The users who have a role. */
  usersByRole: { args: S.QueryUsersByRoleArgs; result: UserPage };
  /** The users who may do what an authorization is for: who have a role that grants it, and are not suspended. */
  usersWithAuthorization: { args: S.QueryUsersWithAuthorizationArgs; result: UserPage };
  /** What would be, had it been otherwise: computed and not stored, and nobody is told. One correction alone is its dry run. */
  whatIf: { args: S.QueryWhatIfArgs; result: WhatIf };
}

export interface Mutations {
  /** Stop a recovery. What it has rebuilt stays. */
  cancelRecovery: { args: S.MutationCancelRecoveryArgs; result: Recovery };
  /** Rebuild the views from the events stored at or after a moment. The earliest moment (1970) is a complete rebuild. */
  recoverFrom: { args: S.MutationRecoverFromArgs; result: Recovery };
  /** Bring the dead letters of a queue back to it, to be handled again. Mend first what made them fail; repeats are harmless. Its progress is in `pipeline`. */
  redrive: { args: S.MutationRedriveArgs; result: Redrive };
}

export interface Subscriptions {
  /** The outcome of one of the caller's own commands. For both applications. */
  onCommandCompleted: { args: S.SubscriptionOnCommandCompletedArgs; result: CommandOutcome | null };
  /** View rows that changed. For both applications; a user hears only of the own user. */
  onProjectionUpdated: { args: S.SubscriptionOnProjectionUpdatedArgs; result: ProjectionUpdate | null };
  /** Progress of a recovery. */
  onRecoveryProgress: { args: S.SubscriptionOnRecoveryProgressArgs; result: Recovery | null };
}

/** The kinds of rows, and the field of a projection update that carries one. */
export const rowFields = { AUTHORIZATION: 'authorization', GROUP: 'group', ROLE: 'role', USER: 'user' } as const;

/** Queries that give pages of rows, and the rows' kind. */
export const lists = {
  authorizations: 'AUTHORIZATION',
  groups: 'GROUP',
  roles: 'ROLE',
  users: 'USER',
  usersByGroup: 'USER',
  usersByRole: 'USER',
  usersWithAuthorization: 'USER',
} as const;

export interface Lists {
  authorizations: { args: S.QueryAuthorizationsArgs; row: Authorization };
  groups: { args: S.QueryGroupsArgs; row: Group };
  roles: { args: S.QueryRolesArgs; row: Role };
  users: { args: S.QueryUsersArgs; row: User };
  usersByGroup: { args: S.QueryUsersByGroupArgs; row: User };
  usersByRole: { args: S.QueryUsersByRoleArgs; row: User };
  usersWithAuthorization: { args: S.QueryUsersWithAuthorizationArgs; row: User };
}

export type Row = Authorization | Group | Role | User;


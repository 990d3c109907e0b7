export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  AWSDate: { input: string; output: string; }
  AWSDateTime: { input: string; output: string; }
  AWSEmail: { input: string; output: string; }
  AWSJSON: { input: string; output: string; }
};

/** The kinds of aggregate: each instance is one stream of events. */
export type AggregateType =
  /** A single permission, granted through roles. */
  | 'AUTHORIZATION'
  /** A set of users. */
  | 'GROUP'
  /** What a user is in the organisation; grants authorizations. */
  | 'ROLE'
  /** A person who signs in. */
  | 'USER';

/** A single permission. */
export type Authorization = {
  /** When the first event was stored. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** What the authorization is for. */
  description: Scalars['String']['output'];
  /** UUID made by the system. */
  id: Scalars['ID']['output'];
  /** Name, unique among authorizations. */
  name: Scalars['String']['output'];
  /** When the last event was stored. */
  updatedAt: Scalars['AWSDateTime']['output'];
  /** How many events made this state: the version of the last one. Use it as `expectedVersion`. */
  version: Scalars['Int']['output'];
};

/** One page of authorizations. */
export type AuthorizationPage = {
  /** The authorizations of this page. */
  items: Array<Authorization>;
  /** Pass it as `nextToken` to get the next page; null when there is none. The page behind the last full one may be empty. */
  nextToken?: Maybe<Scalars['String']['output']>;
};

/** One attribute of one aggregate that differs. */
export type Change = {
  /** Whose command made it what it is after: application and subject. Null for what ended by itself, and for what is only supposed. */
  actor?: Maybe<Scalars['String']['output']>;
  /** Its value after, likewise. */
  after?: Maybe<Scalars['AWSJSON']['output']>;
  /** Kind of the aggregate. */
  aggregate: AggregateType;
  /** Id of the aggregate. */
  aggregateId: Scalars['ID']['output'];
  /** Name of the attribute, as inputs and payloads name it. */
  attribute: Scalars['String']['output'];
  /** Its value before, as JSON; null where it was empty, or there was no such aggregate. */
  before?: Maybe<Scalars['AWSJSON']['output']>;
};

/** One page of changes. */
export type ChangePage = {
  /** The changes of this page; those of one aggregate stand together. */
  items: Array<Change>;
  /** Pass it as `nextToken` to get the next page; null when there is none. A page before the last may be short, or empty. */
  nextToken?: Maybe<Scalars['String']['output']>;
};

/** How a command ended. */
export type CommandOutcome = {
  /** Who sent it: application and subject. */
  actor?: Maybe<Scalars['String']['output']>;
  /** Kind of the aggregate. */
  aggregate: AggregateType;
  /** Id of the aggregate. */
  aggregateId: Scalars['ID']['output'];
  /** Why it was rejected; null when applied. */
  code?: Maybe<RejectionCode>;
  /** The command's id. */
  commandId: Scalars['ID']['output'];
  /** The rejection in words; null when applied. */
  message?: Maybe<Scalars['String']['output']>;
  /** Name of the operation. */
  operation: Scalars['String']['output'];
  /** Whether it was applied. */
  status: CommandStatus;
  /** Version of the aggregate after the command; null when rejected. */
  version?: Maybe<Scalars['Int']['output']>;
};

/** The answer to a mutation: the command is on its queue. Not yet its outcome. */
export type CommandReceipt = {
  /** Kind of the aggregate that the command is for. */
  aggregate: AggregateType;
  /** Id of the aggregate that the command is for; a created role, authorization or group takes the command's id. */
  aggregateId: Scalars['ID']['output'];
  /** The command's id: the client's, or a new one. */
  commandId: Scalars['ID']['output'];
  /** Name of the operation, as in `createUser`. */
  operation: Scalars['String']['output'];
};

/** How a command ended. */
export type CommandStatus =
  /** The command's wish holds: its event is stored, and the view follows. Final. (Pushed by a subscription once the view shows it.) */
  | 'APPLIED'
  /** Nothing was changed; `code` says why. */
  | 'REJECTED';

/**
 * A correction of what was recorded wrong. The wrong event stays on record. The whole history is replayed with the correction:
 * where something could then not have happened, it is rejected.
 */
export type CorrectEventInput = {
  /** Kind of the aggregate. */
  aggregate: AggregateType;
  /** Id of the aggregate. */
  aggregateId: Scalars['ID']['input'];
  /** MOVE, INSERT: when it took effect; not in the future. */
  effectiveAt?: InputMaybe<Scalars['AWSDateTime']['input']>;
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** What the correction does; REPLACE if left out. */
  kind?: InputMaybe<CorrectionKind>;
  /** REPLACE, INSERT: the right payload, as JSON: all that the event should have said. */
  payload?: InputMaybe<Scalars['AWSJSON']['input']>;
  /** INSERT: type of the event that was missing, such as `UserUpdated`. */
  type?: InputMaybe<Scalars['String']['input']>;
  /** REPLACE, CANCEL, MOVE: version of the event to correct, which may itself be a correction. */
  version?: InputMaybe<Scalars['Int']['input']>;
};

/** What a correction does to a past event. */
export type CorrectionKind =
  /** As if a version had not happened. Of a correction: as if it had not been made. */
  | 'CANCEL'
  /** An event that was missing. */
  | 'INSERT'
  /** Another moment at which a version took effect. */
  | 'MOVE'
  /** Another payload for a version. */
  | 'REPLACE';

/** A new authorization. All attributes are required. */
export type CreateAuthorizationInput = {
  /** What the authorization is for; at most 1,000 characters. */
  description: Scalars['String']['input'];
  /** Name, unique among authorizations; at most 100 characters. */
  name: Scalars['String']['input'];
};

/** A new group. All attributes are required. */
export type CreateGroupInput = {
  /** What the group is for; at most 1,000 characters. */
  description: Scalars['String']['input'];
  /** Name, unique among groups; at most 100 characters. */
  name: Scalars['String']['input'];
};

/** A new role. All attributes are required. */
export type CreateRoleInput = {
  /** Ids of existing authorizations; may be empty, at most 100. */
  authorizationIds: Array<Scalars['ID']['input']>;
  /** What the role is for; at most 1,000 characters. */
  description: Scalars['String']['input'];
  /** Name, unique among roles; at most 100 characters. */
  name: Scalars['String']['input'];
};

/** A new user. All attributes are required. */
export type CreateUserInput = {
  /** Date of birth, `YYYY-MM-DD`, from 1900-01-01 to today, wherever on earth it is today; an offset behind it is left out. */
  birthDate: Scalars['AWSDate']['input'];
  /** E-mail address; unique among users, compared without case. */
  email: Scalars['AWSEmail']['input'];
  /** Given name, at most 100 characters. */
  firstName: Scalars['String']['input'];
  /** Id of an existing group. */
  groupId: Scalars['ID']['input'];
  /** The identity provider's user id, without its `auth0|` prefix: at most 128 printable ASCII characters, no spaces. A person whose id is another signs up. */
  id: Scalars['ID']['input'];
  /** Family name, at most 100 characters; empty for a person with one name. */
  lastName: Scalars['String']['input'];
  /** Id of an existing role. */
  roleId: Scalars['ID']['input'];
};

/** A message that could not be handled: what is known of it, without any value of an attribute. */
export type DeadLetter = {
  /** What it is about; null if it does not say. */
  aggregate?: Maybe<AggregateType>;
  /** Which one of them; null if it does not say. */
  aggregateId?: Maybe<Scalars['ID']['output']>;
  /** Of the command that it is, or that its event came of; null if it does not say. */
  commandId?: Maybe<Scalars['ID']['output']>;
  /** When a function last failed at it; null if none said so. */
  failedAt?: Maybe<Scalars['AWSDateTime']['output']>;
  /** By which the log of the function that takes from the queue names it. */
  messageId: Scalars['ID']['output'];
  /** Such as `createUser`; null if it does not say. */
  operation?: Maybe<Scalars['String']['output']>;
  /** Why; null if no function said so: it ended before it could, or was never called. */
  reason?: Maybe<Scalars['String']['output']>;
  /** How often it was received; looks at it count too, and matter to nobody. */
  receives: Scalars['Int']['output'];
  /** Of the recovery that it is a part of; null if it is of none. */
  recoveryId?: Maybe<Scalars['ID']['output']>;
  /** When it was first sent. SQS deletes it fourteen days later. */
  sentAt: Scalars['AWSDateTime']['output'];
};

/** Whether a user may do something. */
export type Decision = {
  /** Whether the user may. */
  allowed: Scalars['Boolean']['output'];
  /** The name of the authorization, as it was asked for. */
  authorization: Scalars['String']['output'];
  /** Because of what: the role, and since which version of the user and of the role; or `suspended`, `no role`, `no such authorization` … */
  because: Scalars['String']['output'];
};

/** Which authorization to delete. Rejected with `IN_USE` while a role grants it. */
export type DeleteAuthorizationInput = {
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The authorization's id. */
  id: Scalars['ID']['input'];
};

/** Which group to delete. Rejected with `IN_USE` while a user is in it. */
export type DeleteGroupInput = {
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The group's id. */
  id: Scalars['ID']['input'];
};

/** Which role to delete. Rejected with `IN_USE` while a user has it. */
export type DeleteRoleInput = {
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The role's id. */
  id: Scalars['ID']['input'];
};

/** Which user to delete. */
export type DeleteUserInput = {
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The user's id. */
  id: Scalars['ID']['input'];
};

/** Which end of an order comes first. */
export type Direction =
  /** From the first letter, or the earliest moment. */
  | 'ASC'
  /** From the last letter, or the latest moment. */
  | 'DESC';

/** Which user to erase. */
export type EraseUserInput = {
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The user's id. */
  id: Scalars['ID']['input'];
};

/** One stored event. Events never change. */
export type Event = {
  /** Who sent the command: application and subject. */
  actor: Scalars['String']['output'];
  /** Kind of the aggregate. */
  aggregate: AggregateType;
  /** Id of the aggregate. */
  aggregateId: Scalars['ID']['output'];
  /** The command that caused it. */
  commandId: Scalars['ID']['output'];
  /** When it took effect: when it was stored, unless a correction moved or inserted something in the past. */
  effectiveAt: Scalars['AWSDateTime']['output'];
  /** Whether what it said was erased: then the payload is empty. */
  erased: Scalars['Boolean']['output'];
  /** UUID of the event. */
  eventId: Scalars['ID']['output'];
  /** The execution queue that carries the event to its view. */
  executionQueue: Scalars['String']['output'];
  /** What the aggregate is called now, a person by the display name; null when it is there no more, and where what the event said was erased. */
  name?: Maybe<Scalars['String']['output']>;
  /** Name of the operation that made it, such as `updateProfile`. */
  operation: Scalars['String']['output'];
  /** The attributes that the event set, as JSON. */
  payload: Scalars['AWSJSON']['output'];
  /** What the payload refers to: a user's role and group, a role's authorizations. */
  refersTo: Array<Reference>;
  /** When the event was stored. */
  timestamp: Scalars['AWSDateTime']['output'];
  /** Event type, such as `UserCreated`. */
  type: Scalars['String']['output'];
  /** Position in the aggregate's stream: 1, 2, 3 … */
  version: Scalars['Int']['output'];
};

/** One page of events. */
export type EventPage = {
  /** The events of this page, in order. */
  items: Array<Event>;
  /** Pass it as `nextToken` to get the next page; null when there is none. The page behind the last full one may be empty. */
  nextToken?: Maybe<Scalars['String']['output']>;
};

/** One event. */
export type EventRef = {
  /** Kind of the aggregate. */
  aggregate: AggregateType;
  /** Id of the aggregate. */
  aggregateId: Scalars['ID']['input'];
  /** Its version. */
  version: Scalars['Int']['input'];
};

/** One authorization to grant to a role. */
export type GrantAuthorizationInput = {
  /** Id of an existing authorization. */
  authorizationId: Scalars['ID']['input'];
  /** If given and not the current version of the role, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The role's id. */
  roleId: Scalars['ID']['input'];
};

/** A set of users. */
export type Group = {
  /** When the first event was stored. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** What the group is for. */
  description: Scalars['String']['output'];
  /** UUID made by the system. */
  id: Scalars['ID']['output'];
  /** Name, unique among groups. */
  name: Scalars['String']['output'];
  /** When the last event was stored. */
  updatedAt: Scalars['AWSDateTime']['output'];
  /** How many events made this state: the version of the last one. Use it as `expectedVersion`. */
  version: Scalars['Int']['output'];
};

/** One page of groups. */
export type GroupPage = {
  /** The groups of this page. */
  items: Array<Group>;
  /** Pass it as `nextToken` to get the next page; null when there is none. The page behind the last full one may be empty. */
  nextToken?: Maybe<Scalars['String']['output']>;
};

/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type Mutation = {
  /** Stop a recovery. What it has rebuilt stays. */
  cancelRecovery: Recovery;
  /** Correct the past: the state becomes what it would be had the event been right, not happened, happened at another time, or not been missing. */
  correctEvent: CommandReceipt;
  /** Create an authorization. */
  createAuthorization: CommandReceipt;
  /** Create a group. */
  createGroup: CommandReceipt;
  /** Create a role. */
  createRole: CommandReceipt;
  /** Create a user. */
  createUser: CommandReceipt;
  /** Delete an authorization. */
  deleteAuthorization: CommandReceipt;
  /** Delete a group. */
  deleteGroup: CommandReceipt;
  /** Delete a role. */
  deleteRole: CommandReceipt;
  /** Delete a user. */
  deleteUser: CommandReceipt;
  /** User application: erase the own user. What is stored of the person can never be read again, by nobody. */
  eraseMe: CommandReceipt;
  /** Erase a user, live or deleted: what is stored of the person can never be read again, by nobody. The id may be used again, for a new life. */
  eraseUser: CommandReceipt;
  /** Grant one authorization to a role, whatever others do to the role at the same time. */
  grantAuthorization: CommandReceipt;
  /** The system's own functions: tell subscribers of an outcome. */
  publishCommandOutcome?: Maybe<CommandOutcome>;
  /** The system's own functions: tell subscribers of a view row. */
  publishProjectionUpdate?: Maybe<ProjectionUpdate>;
  /** The system's own functions: tell subscribers of a recovery's progress. */
  publishRecoveryProgress?: Maybe<Recovery>;
  /** Rebuild the views from the events stored at or after a moment. The earliest moment (1970) is a complete rebuild. */
  recoverFrom: Recovery;
  /** Bring the dead letters of a queue back to it, to be handled again. Mend first what made them fail; repeats are harmless. Its progress is in `pipeline`. */
  redrive: Redrive;
  /** End a suspension. */
  reinstateUser: CommandReceipt;
  /** Bring an authorization back as it was before it was deleted. What it refers to must still exist, and what is unique must be free. */
  restoreAuthorization: CommandReceipt;
  /** Bring a group back as it was before it was deleted. What it refers to must still exist, and what is unique must be free. */
  restoreGroup: CommandReceipt;
  /** Bring a role back as it was before it was deleted. What it refers to must still exist, and what is unique must be free. */
  restoreRole: CommandReceipt;
  /** Bring a user back as it was before it was deleted. What it refers to must still exist, and what is unique must be free. */
  restoreUser: CommandReceipt;
  /** Take one authorization from a role, whatever others do to the role at the same time. */
  revokeAuthorization: CommandReceipt;
  /** User application: create the own user, at first log-in. Role and group stay empty until an admin assigns them. */
  signUp: CommandReceipt;
  /** Suspend a user: the user is kept, has no authorizations, and may change nothing. */
  suspendUser: CommandReceipt;
  /** Change an authorization. */
  updateAuthorization: CommandReceipt;
  /** Change a group. */
  updateGroup: CommandReceipt;
  /** User application: change the own user. */
  updateProfile: CommandReceipt;
  /** Change a role. */
  updateRole: CommandReceipt;
  /** Change a user. */
  updateUser: CommandReceipt;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationCancelRecoveryArgs = {
  recoveryId: Scalars['ID']['input'];
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationCorrectEventArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: CorrectEventInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationCreateAuthorizationArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: CreateAuthorizationInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationCreateGroupArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: CreateGroupInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationCreateRoleArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: CreateRoleInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationCreateUserArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: CreateUserInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationDeleteAuthorizationArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: DeleteAuthorizationInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationDeleteGroupArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: DeleteGroupInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationDeleteRoleArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: DeleteRoleInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationDeleteUserArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: DeleteUserInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationEraseMeArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationEraseUserArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: EraseUserInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationGrantAuthorizationArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: GrantAuthorizationInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationPublishCommandOutcomeArgs = {
  outcome: Scalars['AWSJSON']['input'];
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationPublishProjectionUpdateArgs = {
  update: Scalars['AWSJSON']['input'];
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationPublishRecoveryProgressArgs = {
  recovery: Scalars['AWSJSON']['input'];
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationRecoverFromArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  timestamp: Scalars['AWSDateTime']['input'];
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationRedriveArgs = {
  queue: Scalars['String']['input'];
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationReinstateUserArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: ReinstateUserInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationRestoreAuthorizationArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: RestoreAuthorizationInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationRestoreGroupArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: RestoreGroupInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationRestoreRoleArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: RestoreRoleInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationRestoreUserArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: RestoreUserInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationRevokeAuthorizationArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: RevokeAuthorizationInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationSignUpArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: SignUpInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationSuspendUserArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: SuspendUserInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationUpdateAuthorizationArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: UpdateAuthorizationInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationUpdateGroupArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: UpdateGroupInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationUpdateProfileArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: UpdateProfileInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationUpdateRoleArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: UpdateRoleInput;
};


/** Commands. Each goes to its operation's own queue; the answer is a receipt. */
export type MutationUpdateUserArgs = {
  commandId?: InputMaybe<Scalars['ID']['input']>;
  input: UpdateUserInput;
};

/** Narrows a list of roles, groups or authorizations. */
export type NamedFilter = {
  /** The beginning of the name, compared without case, accents and surplus white space. */
  text?: InputMaybe<Scalars['String']['input']>;
};

/** The order of a list of roles, groups or authorizations. */
export type NamedOrder = {
  /** What they are ordered by. */
  by: NamedOrderBy;
  /** Ascending if left out. */
  direction?: InputMaybe<Direction>;
};

/** What roles, groups and authorizations are ordered by. */
export type NamedOrderBy =
  /** The moment of creation. */
  | 'CREATED'
  /** The name, without case and accents. */
  | 'NAME'
  /** The moment of the last change. */
  | 'UPDATED';

/** The way of commands and events as it stands at the moment. Numbers of messages are estimates of SQS. */
export type Pipeline = {
  /** Seconds from a command's receipt to its decision, of the slowest of twenty in the latest minute measured; null if none was, and on a single machine. */
  commandLag?: Maybe<Scalars['Float']['output']>;
  /** Messages in all dead-letter queues. */
  deadLetters: Scalars['Int']['output'];
  /** Seconds from an event to its view, likewise. */
  projectionLag?: Maybe<Scalars['Float']['output']>;
  /** Every queue on the way: of commands, of events to execute, of recoveries, and of what the mediator set aside. */
  queues: Array<QueueState>;
};

/** What a projection update did to the view. */
export type ProjectionChange =
  /** The aggregate came into being. */
  | 'CREATED'
  /** The aggregate was deleted. */
  | 'DELETED'
  /** Attributes changed. */
  | 'UPDATED';

/** A view row changed, or was confirmed by a repeat. */
export type ProjectionUpdate = {
  /** Kind of the aggregate. */
  aggregate: AggregateType;
  /** Id of the aggregate. */
  aggregateId: Scalars['ID']['output'];
  /** The authorization as it now is, likewise. */
  authorization?: Maybe<Authorization>;
  /** What happened to the row. */
  change: ProjectionChange;
  /** The command that caused it; null when a recovery did. */
  commandId?: Maybe<Scalars['ID']['output']>;
  /** The event that caused it; null when a recovery did. */
  eventId?: Maybe<Scalars['ID']['output']>;
  /** The group as it now is, likewise. */
  group?: Maybe<Group>;
  /** What it is called now, a person by the display name, also where the update was too large to carry the row; null after a deletion. */
  name?: Maybe<Scalars['String']['output']>;
  /** The role as it now is, likewise. */
  role?: Maybe<Role>;
  /** When the event was stored. */
  timestamp?: Maybe<Scalars['AWSDateTime']['output']>;
  /** The user as it now is; null for other aggregates, after a deletion, and when the update was too large to carry it. */
  user?: Maybe<User>;
  /** Version of the row that this update carries. A lower one than already seen is old news. */
  version: Scalars['Int']['output'];
};

/** Reads. Views are read directly; nothing is stored. */
export type Query = {
  /** An authorization by id; null if there is none. */
  authorization?: Maybe<Authorization>;
  /** An authorization as it was at a moment; null if there was none. */
  authorizationAt?: Maybe<Authorization>;
  /** All authorizations, page by page. */
  authorizations: AuthorizationPage;
  /** The authorizations that there were at a moment, page by page, each with what it referred to at that moment. In the order in which they were created; those that are there by a later correction come last. */
  authorizationsAt: AuthorizationPage;
  /** Whether a user may do what each of these authorizations is for, now or at a moment. For both applications; in the user application, of the caller alone. */
  can: Array<Decision>;
  /** What differs between two moments, aggregate by aggregate and attribute by attribute, as it is known now. */
  changesBetween: ChangePage;
  /** How a command ended; null while undecided or unknown. For both applications: of the caller's own commands; for admins, of anybody's. */
  command?: Maybe<CommandOutcome>;
  /** Some of a queue's dead letters, the oldest first: all of them where they are few. Looking changes nothing. */
  deadLetters: Array<DeadLetter>;
  /** The history of one aggregate, in order of version. */
  events: EventPage;
  /** All events stored at or after a moment, in order of time; narrowed by what is given, of which all must hold. */
  eventsSince: EventPage;
  /** A group by id; null if there is none. */
  group?: Maybe<Group>;
  /** A group as it was at a moment; null if there was none. */
  groupAt?: Maybe<Group>;
  /** All groups, page by page. */
  groups: GroupPage;
  /** The groups that there were at a moment, page by page, each with what it referred to at that moment. In the order in which they were created; those that are there by a later correction come last. */
  groupsAt: GroupPage;
  /** The caller's own user; null before sign-up. For both applications. */
  me?: Maybe<User>;
  /** Everything held of the caller, as `personalData` gives it, but for the names of admins. For the user application. */
  myData?: Maybe<Scalars['AWSJSON']['output']>;
  /**
   * Everything held of a person, as JSON: `status` (LIVE, DELETED, ERASED or ABSENT), `state` (null unless live; of a deleted person,
   * `last`), `suspensions`, `history` (each event with its payload; of erased ones, without), `outcomes` (kept for 30 days), `claims`, and
   * what was `leftOut` because it is too much for one answer. Null if nothing is held.
   */
  personalData?: Maybe<Scalars['AWSJSON']['output']>;
  /** Where commands and events are now: the queues with their ages and dead letters, and how far views are behind. */
  pipeline: Pipeline;
  /** All recoveries, the latest first. */
  recoveries: RecoveryPage;
  /** A recovery by id. */
  recovery?: Maybe<Recovery>;
  /** A role by id; null if there is none. */
  role?: Maybe<Role>;
  /** A role as it was at a moment; null if there was none. */
  roleAt?: Maybe<Role>;
  /** All roles, page by page. */
  roles: RolePage;
  /** The roles that there were at a moment, page by page, each with what it referred to at that moment. In the order in which they were created; those that are there by a later correction come last. */
  rolesAt: RolePage;
  /** A user by id; null if there is none. */
  user?: Maybe<User>;
  /** A user as it was at a moment; null if there was none. */
  userAt?: Maybe<User>;
  /** A user by e-mail, compared without case; null if there is none. */
  userByEmail?: Maybe<User>;
  /** All users, page by page. */
  users: UserPage;
  /** The users that there were at a moment, page by page, each with what it referred to at that moment. In the order in which they were created; those that are there by a later correction come last. */
  usersAt: UserPage;
  /** The users in a group. */
  usersByGroup: UserPage;
  /** The users who have a role. */
  usersByRole: UserPage;
  /** The users who may do what an authorization is for: who have a role that grants it, and are not suspended. */
  usersWithAuthorization: UserPage;
  /** What would be, had it been otherwise: computed and not stored, and nobody is told. One correction alone is its dry run. */
  whatIf: WhatIf;
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryAuthorizationArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryAuthorizationAtArgs = {
  id: Scalars['ID']['input'];
  knownAt?: InputMaybe<Scalars['AWSDateTime']['input']>;
  timestamp: Scalars['AWSDateTime']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryAuthorizationsArgs = {
  filter?: InputMaybe<NamedFilter>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  orderBy?: InputMaybe<NamedOrder>;
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryAuthorizationsAtArgs = {
  knownAt?: InputMaybe<Scalars['AWSDateTime']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  timestamp: Scalars['AWSDateTime']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryCanArgs = {
  at?: InputMaybe<Scalars['AWSDateTime']['input']>;
  authorizations: Array<Scalars['String']['input']>;
  userId: Scalars['ID']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryChangesBetweenArgs = {
  aggregate?: InputMaybe<AggregateType>;
  aggregateId?: InputMaybe<Scalars['ID']['input']>;
  from: Scalars['AWSDateTime']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  to: Scalars['AWSDateTime']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryCommandArgs = {
  actor?: InputMaybe<Scalars['String']['input']>;
  commandId: Scalars['ID']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryDeadLettersArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  queue: Scalars['String']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryEventsArgs = {
  aggregate: AggregateType;
  aggregateId: Scalars['ID']['input'];
  direction?: InputMaybe<Direction>;
  fromVersion?: InputMaybe<Scalars['Int']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryEventsSinceArgs = {
  actor?: InputMaybe<Scalars['String']['input']>;
  aggregate?: InputMaybe<AggregateType>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  timestamp: Scalars['AWSDateTime']['input'];
  types?: InputMaybe<Array<Scalars['String']['input']>>;
  until?: InputMaybe<Scalars['AWSDateTime']['input']>;
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryGroupArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryGroupAtArgs = {
  id: Scalars['ID']['input'];
  knownAt?: InputMaybe<Scalars['AWSDateTime']['input']>;
  timestamp: Scalars['AWSDateTime']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryGroupsArgs = {
  filter?: InputMaybe<NamedFilter>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  orderBy?: InputMaybe<NamedOrder>;
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryGroupsAtArgs = {
  knownAt?: InputMaybe<Scalars['AWSDateTime']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  timestamp: Scalars['AWSDateTime']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryPersonalDataArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryRecoveriesArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryRecoveryArgs = {
  recoveryId: Scalars['ID']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryRoleArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryRoleAtArgs = {
  id: Scalars['ID']['input'];
  knownAt?: InputMaybe<Scalars['AWSDateTime']['input']>;
  timestamp: Scalars['AWSDateTime']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryRolesArgs = {
  filter?: InputMaybe<NamedFilter>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  orderBy?: InputMaybe<NamedOrder>;
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryRolesAtArgs = {
  knownAt?: InputMaybe<Scalars['AWSDateTime']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  timestamp: Scalars['AWSDateTime']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryUserArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryUserAtArgs = {
  id: Scalars['ID']['input'];
  knownAt?: InputMaybe<Scalars['AWSDateTime']['input']>;
  timestamp: Scalars['AWSDateTime']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryUserByEmailArgs = {
  email: Scalars['AWSEmail']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryUsersArgs = {
  filter?: InputMaybe<UserFilter>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  orderBy?: InputMaybe<UserOrder>;
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryUsersAtArgs = {
  knownAt?: InputMaybe<Scalars['AWSDateTime']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  timestamp: Scalars['AWSDateTime']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryUsersByGroupArgs = {
  filter?: InputMaybe<UserFilter>;
  groupId: Scalars['ID']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  orderBy?: InputMaybe<UserOrder>;
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryUsersByRoleArgs = {
  filter?: InputMaybe<UserFilter>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  orderBy?: InputMaybe<UserOrder>;
  roleId: Scalars['ID']['input'];
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryUsersWithAuthorizationArgs = {
  authorizationId: Scalars['ID']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  orderBy?: InputMaybe<UserOrder>;
};


/** Reads. Views are read directly; nothing is stored. */
export type QueryWhatIfArgs = {
  input: WhatIfInput;
};

/** One queue and its dead-letter queue. */
export type QueueState = {
  /** Messages that could not be handled. */
  deadLetters: Scalars['Int']['output'];
  /** Messages that a function works on, or that wait for their next try. */
  inFlight: Scalars['Int']['output'];
  /** Such as `createUserQueue`. */
  name: Scalars['String']['output'];
  /** How long the oldest message has waited; null if nothing was measured, and on a single machine. */
  oldestSeconds?: Maybe<Scalars['Float']['output']>;
  /** How its dead letters were last brought back, or are; null without dead letters, or if none were lately. */
  redrive?: Maybe<Redrive>;
  /** Messages that wait for a function. */
  waiting: Scalars['Int']['output'];
};

/** A run of `recoverFrom`, with its progress. */
export type Recovery = {
  /** Who asked for it: application and subject. */
  actor?: Maybe<Scalars['String']['output']>;
  /** Streams whose row or unique values were wrong, and rows and unique values removed, so far. */
  changed: Scalars['Int']['output'];
  /** When it ended; null while it runs. */
  completedAt?: Maybe<Scalars['AWSDateTime']['output']>;
  /** Where the search for streams stands. */
  cursor?: Maybe<Scalars['String']['output']>;
  /** Streams found so far. */
  discovered: Scalars['Int']['output'];
  /** Streams that could not be rebuilt so far. */
  failed: Scalars['Int']['output'];
  /** The last error, if any. */
  lastError?: Maybe<Scalars['String']['output']>;
  /** Streams rebuilt so far. */
  rebuilt: Scalars['Int']['output'];
  /** UUID of the recovery. */
  recoveryId: Scalars['ID']['output'];
  /** When it was asked for. */
  startedAt: Scalars['AWSDateTime']['output'];
  /** Where it stands. */
  status: RecoveryStatus;
  /** The moment that it recovers from. */
  timestamp: Scalars['AWSDateTime']['output'];
  /** How many streams there are to rebuild; null until all are found. */
  total?: Maybe<Scalars['Int']['output']>;
  /** When its progress was last written. */
  updatedAt: Scalars['AWSDateTime']['output'];
};

/** One page of recoveries, the latest first. */
export type RecoveryPage = {
  /** The recoveries of this page. */
  items: Array<Recovery>;
  /** Pass it as `nextToken` to get the next page; null when there is none. The page behind the last full one may be empty. */
  nextToken?: Maybe<Scalars['String']['output']>;
};

/** Where a recovery stands. */
export type RecoveryStatus =
  /** Ended by `cancelRecovery`. */
  | 'CANCELLED'
  /** All streams found were rebuilt. */
  | 'COMPLETED'
  /** Ended with an error; see `lastError`. */
  | 'FAILED'
  /** Under way; goes on by itself after a crash. */
  | 'RUNNING';

/** Dead letters on their way back to their queue. Numbers are estimates of SQS. */
export type Redrive = {
  /** Why it ended before its time, in SQS's words; null otherwise. */
  failure?: Maybe<Scalars['String']['output']>;
  /** Messages that are back. */
  moved: Scalars['Int']['output'];
  /** When it began. */
  startedAt: Scalars['AWSDateTime']['output'];
  /** Whether it goes on, or how it ended. */
  status: RedriveStatus;
  /** Messages that were there when it began. */
  total: Scalars['Int']['output'];
};

/** Where the bringing back of dead letters stands. */
export type RedriveStatus =
  /** Ended by an operator, with the AWS CLI. */
  | 'CANCELLED'
  /** All were brought back that were there when it began. */
  | 'COMPLETED'
  /** Ended with an error; see `failure`. */
  | 'FAILED'
  /** Under way. */
  | 'RUNNING';

/** Something that an event refers to. */
export type Reference = {
  /** Its kind. */
  aggregate: AggregateType;
  /** Its id. */
  id: Scalars['ID']['output'];
  /** What it is called now; null when it is there no more. */
  name?: Maybe<Scalars['String']['output']>;
};

/** Which user to reinstate. */
export type ReinstateUserInput = {
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The user's id. */
  id: Scalars['ID']['input'];
};

/** Why a command was rejected. Stable: clients may rely on them. */
export type RejectionCode =
  /** The id is in use, or was when the command was sent. */
  | 'ALREADY_EXISTS'
  /** There is no such authorization. */
  | 'AUTHORIZATION_NOT_FOUND'
  /** The e-mail address is not the one that the token proves. */
  | 'EMAIL_NOT_VERIFIED'
  /** Another user has the e-mail address. */
  | 'EMAIL_TAKEN'
  /** The user was erased, or what was to be corrected was before an erasure. */
  | 'ERASED'
  /** There is no such group. */
  | 'GROUP_NOT_FOUND'
  /** A rule is broken; the message names the field and the rule. */
  | 'INVALID'
  /** Something still refers to what was to be deleted. */
  | 'IN_USE'
  /** Another role, authorization or group has the name, or one that looks the same. */
  | 'NAME_TAKEN'
  /** There is no such aggregate, or no such version of it; or it was deleted. */
  | 'NOT_FOUND'
  /** There is no such role. */
  | 'ROLE_NOT_FOUND'
  /** The user has sent as many changes as a day may hold. */
  | 'STREAM_FULL'
  /** The user is suspended, and the command was the user's own. */
  | 'SUSPENDED'
  /** `expectedVersion` is not the current version. */
  | 'VERSION_CONFLICT';

/** Which authorization to bring back. */
export type RestoreAuthorizationInput = {
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The authorization's id. */
  id: Scalars['ID']['input'];
};

/** Which group to bring back. */
export type RestoreGroupInput = {
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The group's id. */
  id: Scalars['ID']['input'];
};

/** Which role to bring back. */
export type RestoreRoleInput = {
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The role's id. */
  id: Scalars['ID']['input'];
};

/** Which user to bring back. */
export type RestoreUserInput = {
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The user's id. */
  id: Scalars['ID']['input'];
};

/** One authorization to take from a role. */
export type RevokeAuthorizationInput = {
  /** The authorization's id. */
  authorizationId: Scalars['ID']['input'];
  /** If given and not the current version of the role, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The role's id. */
  roleId: Scalars['ID']['input'];
};

/** A role: a named set of authorizations. */
export type Role = {
  /** Ids of the authorizations that the role grants. */
  authorizationIds: Array<Scalars['ID']['output']>;
  /** The authorizations that the role grants; those that no longer exist are left out. */
  authorizations: Array<Authorization>;
  /** When the first event was stored. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** What the role is for. */
  description: Scalars['String']['output'];
  /** UUID made by the system. */
  id: Scalars['ID']['output'];
  /** Name, unique among roles. */
  name: Scalars['String']['output'];
  /** When the last event was stored. */
  updatedAt: Scalars['AWSDateTime']['output'];
  /** How many events made this state: the version of the last one. Use it as `expectedVersion`. */
  version: Scalars['Int']['output'];
};

/** One page of roles. */
export type RolePage = {
  /** The roles of this page. */
  items: Array<Role>;
  /** Pass it as `nextToken` to get the next page; null when there is none. The page behind the last full one may be empty. */
  nextToken?: Maybe<Scalars['String']['output']>;
};

/** The form at first log-in of the user application: creates the caller's own user. */
export type SignUpInput = {
  /** Date of birth, `YYYY-MM-DD`, from 1900-01-01 to today, wherever on earth it is today; an offset behind it is left out. */
  birthDate: Scalars['AWSDate']['input'];
  /** E-mail address; unique among users, compared without case. */
  email: Scalars['AWSEmail']['input'];
  /** Given name, at most 100 characters. */
  firstName: Scalars['String']['input'];
  /** Family name, at most 100 characters; empty for a person with one name. */
  lastName: Scalars['String']['input'];
};

/** Live notifications. Subscribe before sending the command, with a command id of your own. */
export type Subscription = {
  /** The outcome of one of the caller's own commands. For both applications. */
  onCommandCompleted?: Maybe<CommandOutcome>;
  /** View rows that changed. For both applications; a user hears only of the own user. */
  onProjectionUpdated?: Maybe<ProjectionUpdate>;
  /** Progress of a recovery. */
  onRecoveryProgress?: Maybe<Recovery>;
};


/** Live notifications. Subscribe before sending the command, with a command id of your own. */
export type SubscriptionOnCommandCompletedArgs = {
  commandId: Scalars['ID']['input'];
};


/** Live notifications. Subscribe before sending the command, with a command id of your own. */
export type SubscriptionOnProjectionUpdatedArgs = {
  aggregate?: InputMaybe<AggregateType>;
  aggregateId?: InputMaybe<Scalars['ID']['input']>;
};


/** Live notifications. Subscribe before sending the command, with a command id of your own. */
export type SubscriptionOnRecoveryProgressArgs = {
  recoveryId: Scalars['ID']['input'];
};

/** Which user to suspend, why, and until when. */
export type SuspendUserInput = {
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The user's id. */
  id: Scalars['ID']['input'];
  /** Why, at most 500 characters. */
  reason: Scalars['String']['input'];
  /** When the suspension ends by itself, in the future; it does not if left out. */
  until?: InputMaybe<Scalars['AWSDateTime']['input']>;
};

/** Changes to an authorization. What is left out stays as it is. */
export type UpdateAuthorizationInput = {
  /** What the authorization is for; at most 1,000 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The authorization's id. */
  id: Scalars['ID']['input'];
  /** Name, unique among authorizations; at most 100 characters. */
  name?: InputMaybe<Scalars['String']['input']>;
};

/** Changes to a group. What is left out stays as it is. */
export type UpdateGroupInput = {
  /** What the group is for; at most 1,000 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The group's id. */
  id: Scalars['ID']['input'];
  /** Name, unique among groups; at most 100 characters. */
  name?: InputMaybe<Scalars['String']['input']>;
};

/** Changes to the caller's own user. What is left out stays as it is. */
export type UpdateProfileInput = {
  /** Date of birth, `YYYY-MM-DD`, from 1900-01-01 to today, wherever on earth it is today; an offset behind it is left out. */
  birthDate?: InputMaybe<Scalars['AWSDate']['input']>;
  /** E-mail address; unique among users, compared without case. */
  email?: InputMaybe<Scalars['AWSEmail']['input']>;
  /** Given name, at most 100 characters. */
  firstName?: InputMaybe<Scalars['String']['input']>;
  /** Family name, at most 100 characters; empty for a person with one name. */
  lastName?: InputMaybe<Scalars['String']['input']>;
};

/** Changes to a role. What is left out stays as it is. */
export type UpdateRoleInput = {
  /** Ids of existing authorizations, replacing those before; at most 100. */
  authorizationIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** What the role is for; at most 1,000 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The role's id. */
  id: Scalars['ID']['input'];
  /** Name, unique among roles; at most 100 characters. */
  name?: InputMaybe<Scalars['String']['input']>;
};

/** Changes to a user. What is left out stays as it is. */
export type UpdateUserInput = {
  /** Date of birth, `YYYY-MM-DD`, from 1900-01-01 to today, wherever on earth it is today; an offset behind it is left out. */
  birthDate?: InputMaybe<Scalars['AWSDate']['input']>;
  /** E-mail address; unique among users, compared without case. */
  email?: InputMaybe<Scalars['AWSEmail']['input']>;
  /** If given and not the current version, the command is rejected with `VERSION_CONFLICT`. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** Given name, at most 100 characters. */
  firstName?: InputMaybe<Scalars['String']['input']>;
  /** Id of an existing group; null takes the user out of the group. */
  groupId?: InputMaybe<Scalars['ID']['input']>;
  /** The user's id. */
  id: Scalars['ID']['input'];
  /** Family name, at most 100 characters; empty for a person with one name. */
  lastName?: InputMaybe<Scalars['String']['input']>;
  /** Id of an existing role; null takes the role away. */
  roleId?: InputMaybe<Scalars['ID']['input']>;
};

/** A person who signs in with one of the two applications. */
export type User = {
  /** Effective authorizations: those of the user's role; none while the user is suspended. */
  authorizations: Array<Authorization>;
  /** Date of birth, `YYYY-MM-DD`. */
  birthDate: Scalars['AWSDate']['output'];
  /** When the first event was stored. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** First and last name. */
  displayName: Scalars['String']['output'];
  /** E-mail address; unique among users, compared without case. */
  email: Scalars['AWSEmail']['output'];
  /**
   * Whether it was proved that the address is the user's own: by the token with which the user signed up, or last said it. What an admin
   * writes is not proved, until the user says the same.
   */
  emailVerified?: Maybe<Scalars['Boolean']['output']>;
  /** Given name, at most 100 characters. */
  firstName: Scalars['String']['output'];
  /** The user's group; null when none is assigned or it no longer exists. */
  group?: Maybe<Group>;
  /** Id of the user's group; null until one is assigned. */
  groupId?: Maybe<Scalars['ID']['output']>;
  /** The identity provider's user id, without its `auth0|` prefix; other providers keep theirs. */
  id: Scalars['ID']['output'];
  /** Family name, at most 100 characters; empty for a person with one name. */
  lastName: Scalars['String']['output'];
  /** The user's role; null when none is assigned or it no longer exists. */
  role?: Maybe<Role>;
  /** Id of the user's role; null until one is assigned. */
  roleId?: Maybe<Scalars['ID']['output']>;
  /** Whether the user may act. A suspension with an end is over by itself. */
  status: UserStatus;
  /** When the suspension ends by itself; null if it does not, or there is none. */
  suspendedUntil?: Maybe<Scalars['AWSDateTime']['output']>;
  /** Why the user is suspended; null if not. */
  suspensionReason?: Maybe<Scalars['String']['output']>;
  /** When the last event was stored. */
  updatedAt: Scalars['AWSDateTime']['output'];
  /** How many events made this state: the version of the last one. Use it as `expectedVersion`. */
  version: Scalars['Int']['output'];
};

/** Narrows a list of users. Text is compared without case, accents and surplus white space. */
export type UserFilter = {
  /** Created at this moment or later. */
  createdFrom?: InputMaybe<Scalars['AWSDateTime']['input']>;
  /** Created at this moment or before. */
  createdTo?: InputMaybe<Scalars['AWSDateTime']['input']>;
  /** The group that they are in. */
  groupId?: InputMaybe<Scalars['ID']['input']>;
  /** The role that they have. */
  roleId?: InputMaybe<Scalars['ID']['input']>;
  /** Whether they are suspended, at the moment of asking. */
  status?: InputMaybe<UserStatus>;
  /** The beginning of a first name, a last name, a full name in either order, or an address. */
  text?: InputMaybe<Scalars['String']['input']>;
};

/** The order of a list of users. */
export type UserOrder = {
  /** What they are ordered by. */
  by: UserOrderBy;
  /** Ascending if left out. */
  direction?: InputMaybe<Direction>;
};

/** What users are ordered by. */
export type UserOrderBy =
  /** The moment of creation. */
  | 'CREATED'
  /** The address, without case. */
  | 'EMAIL'
  /** The last name, then the first, without case and accents. */
  | 'NAME'
  /** The moment of the last change. */
  | 'UPDATED';

/** One page of users. */
export type UserPage = {
  /** The users of this page. */
  items: Array<User>;
  /** Pass it as `nextToken` to get the next page; null when there is none. The page behind the last full one may be empty. */
  nextToken?: Maybe<Scalars['String']['output']>;
};

/** Whether a user may act. */
export type UserStatus =
  /** The user may do what the role grants. */
  | 'ACTIVE'
  /** The user is kept, and may do nothing. */
  | 'SUSPENDED';

/** What would be, had it been otherwise. */
export type WhatIf = {
  /** What would be otherwise: `before` is what is now, `after` what would be now. */
  changes: Array<Change>;
  /** What would become of each correction, then of each command, in their order. Versions are as of the moment; ids of what would be made are new, unless the command has an id. */
  outcomes: Array<CommandOutcome>;
};

/** A command that would have been sent. */
export type WhatIfCommand = {
  /** A UUID: what the command makes gets it as its id, so that later commands can name it. */
  commandId?: InputMaybe<Scalars['ID']['input']>;
  /** What its mutation takes as `input`, as JSON. Of the user application's operations, `id` besides: whose own it would be. */
  input: Scalars['AWSJSON']['input'];
  /** Name of the operation, such as `updateUser`. Any that there is; those of the user application too. */
  operation: Scalars['String']['input'];
};

/** What is supposed: from a moment, without some events, with some corrections, and with some commands. At most a hundred of each. */
export type WhatIfInput = {
  /** When the commands would have been sent; all that really happened later comes after them. The present, or a moment to come, if nothing did. */
  at: Scalars['AWSDateTime']['input'];
  /** Commands that would have been sent, one after the other. */
  commands?: InputMaybe<Array<WhatIfCommand>>;
  /** Corrections that would have been made, after that. */
  corrections?: InputMaybe<Array<CorrectEventInput>>;
  /** Events that would not have happened. All that happened later must still have been possible. */
  without?: InputMaybe<Array<EventRef>>;
};

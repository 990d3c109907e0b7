/**
 * The ready-made operations, in the order that tells the story. Each has an operation name of its own: it names the
 * tab.
 */
import { parse, print } from 'graphql';

/** Commands whose ids one step has to know of another. */
export type CommandName =
  | 'createUser'
  | 'updateUser'
  | 'duplicateUser'
  | 'staleUpdate'
  | 'deleteUsedRole'
  | 'correctEvent'
  | 'moveEvent'
  | 'signUp'
  | 'updateProfile';

/** What the steps of one story share. */
export interface StoryFacts {
  /** A role, authorization or group takes the id of the command that creates it. */
  authorizationId: string;
  roleId: string;
  groupId: string;
  userId: string;
  recoveryId: string;
  startedAt: string;
  /** The id of the command sent last. */
  lastCommandId: string;
  /** A moment when the user existed and had not been updated. */
  beforeUpdate: string;
  /** A moment when the first event had not been corrected. */
  beforeCorrection: string;
  /** Makes names and e-mail addresses unique among the stories played on one stack. */
  suffix: string;
  /** The id of a command that is going to be sent; a new one once it has been. */
  commandId(name: CommandName): string;
  /** The id of a command as it was sent, or is going to be. */
  sameCommandId(name: CommandName): string;
}

export interface Step {
  title: string;
  /** What to expect, in a line. */
  hint: string;
  query: string;
  /** `ownId`, `ownEmail`: the id and the address of whoever is logged in. */
  variables?: (story: StoryFacts, ownId: string, ownEmail?: string) => Record<string, unknown>;
}

export interface Chapter {
  title: string;
  steps: Step[];
}

const receiptFields = '{ commandId operation aggregate aggregateId }';
const outcomeFields = '{ commandId status operation aggregate aggregateId version code message }';
const userFields = `{
    id firstName lastName birthDate email
    role { id name } group { id name } authorizations { id name }
    version createdAt updatedAt
  }`;
const updateFields = `{
    aggregate aggregateId version change commandId timestamp
    user { firstName lastName birthDate email roleId groupId }
    role { name description authorizationIds }
    authorization { name description }
    group { name description }
  }`;
const recoveryFields =
  '{ recoveryId status timestamp total discovered rebuilt changed failed lastError startedAt updatedAt completedAt }';
const eventFields = '{ version type payload timestamp commandId actor executionQueue eventId }';

const createUser = (operation: string) => `mutation ${operation}($input: CreateUserInput!, $commandId: ID) {
  createUser(input: $input, commandId: $commandId) ${receiptFields}
}`;
const updateUser = (operation: string) => `mutation ${operation}($input: UpdateUserInput!, $commandId: ID) {
  updateUser(input: $input, commandId: $commandId) ${receiptFields}
}`;
const deleteOne = (
  kind: string,
  operation = `Delete${kind}`,
) => `mutation ${operation}($input: Delete${kind}Input!, $commandId: ID) {
  delete${kind}(input: $input, commandId: $commandId) ${receiptFields}
}`;
const outcomeOf = (operation: string) => `query ${operation}($commandId: ID!) {
  command(commandId: $commandId) ${outcomeFields}
}`;
const ada = (story: StoryFacts) => ({
  firstName: 'Ada',
  lastName: 'Lovelace',
  birthDate: '1990-12-10',
  email: `ada.${story.suffix}@example.com`,
  roleId: story.roleId,
  groupId: story.groupId,
});

const build: Chapter = {
  title: 'Build an organisation',
  steps: [
    {
      title: 'Create an authorization',
      hint: 'Answers at once with a receipt; the outcome follows.',
      query: `mutation CreateAuthorization($input: CreateAuthorizationInput!, $commandId: ID) {
  createAuthorization(input: $input, commandId: $commandId) ${receiptFields}
}`,
      variables: (story) => ({
        input: { name: `Read reports ${story.suffix}`, description: 'May read every report' },
        commandId: story.authorizationId,
      }),
    },
    {
      title: 'How did the last command end?',
      hint: 'The command sent last: APPLIED or REJECTED, null while undecided.',
      query: outcomeOf('LastOutcome'),
      variables: (story) => ({ commandId: story.lastCommandId }),
    },
    {
      title: 'Create a role that grants it',
      hint: "What is created takes its command's id.",
      query: `mutation CreateRole($input: CreateRoleInput!, $commandId: ID) {
  createRole(input: $input, commandId: $commandId) ${receiptFields}
}`,
      variables: (story) => ({
        input: {
          name: `Analyst ${story.suffix}`,
          description: 'Looks into things',
          authorizationIds: [story.authorizationId],
        },
        commandId: story.roleId,
      }),
    },
    {
      title: 'Create a group',
      hint: 'Run it twice: the same command id has one effect.',
      query: `mutation CreateGroup($input: CreateGroupInput!, $commandId: ID) {
  createGroup(input: $input, commandId: $commandId) ${receiptFields}
}`,
      variables: (story) => ({
        input: { name: `Research ${story.suffix}`, description: 'Second floor' },
        commandId: story.groupId,
      }),
    },
    {
      title: 'Create a user with both',
      hint: 'The id is the one at the identity provider.',
      query: createUser('CreateUser'),
      variables: (story) => ({ input: { id: story.userId, ...ada(story) }, commandId: story.commandId('createUser') }),
    },
    {
      title: 'Read the user',
      hint: 'With role, group and effective authorizations.',
      query: `query ReadUser($id: ID!) {
  user(id: $id) ${userFields}
}`,
      variables: (story) => ({ id: story.userId }),
    },
  ],
};

const watch: Chapter = {
  title: 'Watch it change',
  steps: [
    {
      title: 'Watch every change',
      hint: 'A subscription: messages appear in the panel below.',
      query: `subscription WatchEverything {
  onProjectionUpdated ${updateFields}
}`,
    },
    {
      title: 'Watch one command',
      hint: 'The update that comes next, by its command id.',
      query: `subscription WatchCommand($commandId: ID!) {
  onCommandCompleted(commandId: $commandId) ${outcomeFields}
}`,
      variables: (story) => ({ commandId: story.commandId('updateUser') }),
    },
    {
      title: 'Update the user',
      hint: 'What is left out stays as it is.',
      query: updateUser('UpdateUser'),
      variables: (story) => ({
        input: { id: story.userId, firstName: 'Augusta Ada' },
        commandId: story.commandId('updateUser'),
      }),
    },
    {
      title: 'Update the role',
      hint: 'Only if it is still at version 1.',
      query: `mutation UpdateRole($input: UpdateRoleInput!, $commandId: ID) {
  updateRole(input: $input, commandId: $commandId) ${receiptFields}
}`,
      variables: (story) => ({
        input: { id: story.roleId, description: 'Looks into things and reports', expectedVersion: 1 },
      }),
    },
    {
      title: 'Update the authorization',
      hint: '',
      query: `mutation UpdateAuthorization($input: UpdateAuthorizationInput!, $commandId: ID) {
  updateAuthorization(input: $input, commandId: $commandId) ${receiptFields}
}`,
      variables: (story) => ({
        input: { id: story.authorizationId, description: "May read every report but the board's" },
      }),
    },
    {
      title: 'Update the group',
      hint: '',
      query: `mutation UpdateGroup($input: UpdateGroupInput!, $commandId: ID) {
  updateGroup(input: $input, commandId: $commandId) ${receiptFields}
}`,
      variables: (story) => ({ input: { id: story.groupId, description: 'Third floor' } }),
    },
  ],
};

const refusedText: Chapter = {
  title: 'Be refused',
  steps: [
    {
      title: 'An e-mail address that is taken',
      hint: 'A receipt all the same; the outcome is a rejection.',
      query: createUser('DuplicateUser'),
      variables: (story) => ({
        input: { id: `${story.userId}-2`, ...ada(story) },
        commandId: story.commandId('duplicateUser'),
      }),
    },
    {
      title: 'Its outcome: EMAIL_TAKEN',
      hint: 'Rejection codes are stable, for programs; messages are for people.',
      query: outcomeOf('DuplicateUserOutcome'),
      variables: (story) => ({ commandId: story.sameCommandId('duplicateUser') }),
    },
    {
      title: 'A stale version',
      hint: 'Somebody else was quicker.',
      query: updateUser('StaleUpdate'),
      variables: (story) => ({
        input: { id: story.userId, firstName: 'Countess', expectedVersion: 1 },
        commandId: story.commandId('staleUpdate'),
      }),
    },
    {
      title: 'Its outcome: VERSION_CONFLICT',
      hint: '',
      query: outcomeOf('StaleUpdateOutcome'),
      variables: (story) => ({ commandId: story.sameCommandId('staleUpdate') }),
    },
    {
      title: 'Delete a role in use',
      hint: 'Not while a user has it.',
      query: deleteOne('Role', 'DeleteUsedRole'),
      variables: (story) => ({ input: { id: story.roleId }, commandId: story.commandId('deleteUsedRole') }),
    },
    {
      title: 'Its outcome: IN_USE',
      hint: '',
      query: outcomeOf('DeleteUsedRoleOutcome'),
      variables: (story) => ({ commandId: story.sameCommandId('deleteUsedRole') }),
    },
    {
      title: 'Input that cannot be right',
      hint: 'INVALID, and no command at all.',
      query: updateUser('InvalidUpdate'),
      variables: (story) => ({ input: { id: story.userId, firstName: '   ' } }),
    },
  ],
};

const lookBack: Chapter = {
  title: 'Look back',
  steps: [
    {
      title: "The user's history",
      hint: 'Every event: who did what, and when.',
      query: `query History($aggregate: AggregateType!, $aggregateId: ID!) {
  events(aggregate: $aggregate, aggregateId: $aggregateId, limit: 100) { items ${eventFields} nextToken }
}`,
      variables: (story) => ({ aggregate: 'USER', aggregateId: story.userId }),
    },
    {
      title: 'Everything held of the user',
      hint: 'What a person who asks is given, as JSON.',
      query: `query PersonalData($id: ID!) {
  personalData(id: $id)
}`,
      variables: (story) => ({ id: story.userId }),
    },
    {
      title: 'Everything since the story began',
      hint: "All aggregates' events, in order of time.",
      query: `query EventsSince($timestamp: AWSDateTime!, $limit: Int, $nextToken: String) {
  eventsSince(timestamp: $timestamp, limit: $limit, nextToken: $nextToken) {
    items { timestamp aggregate aggregateId version type payload actor }
    nextToken
  }
}`,
      variables: (story) => ({ timestamp: story.startedAt, limit: 50 }),
    },
    {
      title: 'The user before the update',
      hint: 'The state at any moment: change the timestamp.',
      query: `query UserAt($id: ID!, $timestamp: AWSDateTime!) {
  userAt(id: $id, timestamp: $timestamp) ${userFields}
}`,
      variables: (story) => ({ id: story.userId, timestamp: story.beforeUpdate }),
    },
    {
      title: 'Correct the first event',
      hint: 'Her birth year was wrong from the start. The wrong event stays on record.',
      query: `mutation CorrectEvent($input: CorrectEventInput!, $commandId: ID) {
  correctEvent(input: $input, commandId: $commandId) ${receiptFields}
}`,
      variables: (story) => ({
        input: {
          aggregate: 'USER',
          aggregateId: story.userId,
          version: 1,
          payload: JSON.stringify({ ...ada(story), birthDate: '1985-12-10' }),
        },
        commandId: story.commandId('correctEvent'),
      }),
    },
    {
      title: 'Then and now known',
      hint: 'The same moment, with the correction and as it was known then.',
      query: `query ThenAndNowKnown($id: ID!, $timestamp: AWSDateTime!, $knownAt: AWSDateTime!) {
  now: userAt(id: $id, timestamp: $timestamp) { firstName birthDate version }
  then: userAt(id: $id, timestamp: $timestamp, knownAt: $knownAt) { firstName birthDate version }
}`,
      variables: (story) => ({ id: story.userId, timestamp: story.beforeUpdate, knownAt: story.beforeCorrection }),
    },
    {
      title: 'Role, authorization, group as they were',
      hint: '',
      query: `query OthersAt($roleId: ID!, $authorizationId: ID!, $groupId: ID!, $timestamp: AWSDateTime!) {
  roleAt(id: $roleId, timestamp: $timestamp) { name description version }
  authorizationAt(id: $authorizationId, timestamp: $timestamp) { name description version }
  groupAt(id: $groupId, timestamp: $timestamp) { name description version }
}`,
      variables: ({ roleId, authorizationId, groupId, beforeUpdate }) => ({
        roleId,
        authorizationId,
        groupId,
        timestamp: beforeUpdate,
      }),
    },
    {
      title: 'Everybody as of a moment',
      hint: 'Users, roles, authorizations and groups that there were, each with what it referred to then.',
      query: `query ListsAt($timestamp: AWSDateTime!, $limit: Int) {
  usersAt(timestamp: $timestamp, limit: $limit) { items { id displayName role { name } } nextToken }
  rolesAt(timestamp: $timestamp, limit: $limit) { items { id name authorizations { name } } nextToken }
  authorizationsAt(timestamp: $timestamp, limit: $limit) { items { id name } nextToken }
  groupsAt(timestamp: $timestamp, limit: $limit) { items { id name } nextToken }
}`,
      variables: (story) => ({ timestamp: story.beforeUpdate, limit: 10 }),
    },
    {
      title: 'What changed since the story began',
      hint: 'Attribute by attribute, before and after, and by whom.',
      query: `query ChangesBetween($from: AWSDateTime!, $to: AWSDateTime!, $limit: Int) {
  changesBetween(from: $from, to: $to, limit: $limit) {
    items { aggregate aggregateId attribute before after actor }
    nextToken
  }
}`,
      variables: (story) => ({ from: story.startedAt, to: story.beforeCorrection, limit: 50 }),
    },
    {
      title: 'What if the group had been deleted?',
      hint: 'Computed, and not stored: how each command would end, and what would differ.',
      query: `query WhatIf($input: WhatIfInput!) {
  whatIf(input: $input) {
    outcomes { operation status code message version }
    changes { aggregate aggregateId attribute before after }
  }
}`,
      variables: (story) => ({
        input: {
          at: story.beforeUpdate,
          commands: [{ operation: 'deleteGroup', input: JSON.stringify({ id: story.groupId }) }],
        },
      }),
    },
    {
      title: 'Move the update to when it happened',
      hint: 'It was recorded late: it takes effect before, and what came after it is replayed.',
      query: `mutation MoveEvent($input: CorrectEventInput!, $commandId: ID) {
  correctEvent(input: $input, commandId: $commandId) ${receiptFields}
}`,
      variables: (story) => ({
        input: {
          aggregate: 'USER',
          aggregateId: story.userId,
          kind: 'MOVE',
          version: 2,
          effectiveAt: story.beforeUpdate,
        },
        commandId: story.commandId('moveEvent'),
      }),
    },
    {
      title: 'In the right order, and as it was recorded',
      hint: 'Updated at that moment already, which nobody knew then.',
      query: `query OrderSetRight($id: ID!, $timestamp: AWSDateTime!, $knownAt: AWSDateTime!) {
  now: userAt(id: $id, timestamp: $timestamp) { firstName version }
  then: userAt(id: $id, timestamp: $timestamp, knownAt: $knownAt) { firstName version }
}`,
      variables: (story) => ({ id: story.userId, timestamp: story.beforeUpdate, knownAt: story.beforeCorrection }),
    },
  ],
};

const rebuild: Chapter = {
  title: 'Rebuild',
  steps: [
    {
      title: 'Recover from a moment',
      hint: 'Rebuilds what has changed since the story began. From 1970 on: everything.',
      query: `mutation Recover($timestamp: AWSDateTime!) {
  recoverFrom(timestamp: $timestamp) ${recoveryFields}
}`,
      variables: (story) => ({ timestamp: story.startedAt }),
    },
    {
      title: 'Its progress',
      hint: 'Every view row is compared with its stream, and changed only if it differs.',
      query: `query Progress($recoveryId: ID!) {
  recovery(recoveryId: $recoveryId) ${recoveryFields}
}`,
      variables: (story) => ({ recoveryId: story.recoveryId }),
    },
    {
      title: 'Watch its progress',
      hint: 'A subscription. Nothing is heard of a recovery that has ended.',
      query: `subscription WatchRecovery($recoveryId: ID!) {
  onRecoveryProgress(recoveryId: $recoveryId) ${recoveryFields}
}`,
      variables: (story) => ({ recoveryId: story.recoveryId }),
    },
    {
      title: 'Stop it',
      hint: 'What is rebuilt stays rebuilt.',
      query: `mutation CancelRecovery($recoveryId: ID!) {
  cancelRecovery(recoveryId: $recoveryId) ${recoveryFields}
}`,
      variables: (story) => ({ recoveryId: story.recoveryId }),
    },
    {
      title: 'All recoveries',
      hint: '',
      query: `query Recoveries {
  recoveries(limit: 10) { items ${recoveryFields} nextToken }
}`,
    },
  ],
};

const readChapter: Chapter = {
  title: 'Read more',
  steps: [
    {
      title: 'Where commands are now',
      hint: 'Queues with their ages, dead letters, and how far views are behind.',
      query: `query Pipeline {
  pipeline { commandLag projectionLag deadLetters queues { name waiting inFlight oldestSeconds deadLetters } }
}`,
    },
    {
      title: 'What could not be handled, and why',
      hint: 'Of one queue; no value is shown.',
      query: `query DeadLetters($queue: String!) {
  deadLetters(queue: $queue) { commandId operation aggregate aggregateId sentAt receives failedAt reason }
}`,
      variables: () => ({ queue: 'createUserQueue' }),
    },
    {
      title: 'Bring it back',
      hint: 'Once what made it fail is mended; pipeline tells how far it is. Without dead letters nothing moves.',
      query: `mutation Redrive($queue: String!) {
  redrive(queue: $queue) { status moved total startedAt failure }
}`,
      variables: () => ({ queue: 'createUserQueue' }),
    },
    {
      title: 'All users',
      hint: 'Page by page: pass nextToken.',
      query: `query Users($limit: Int, $nextToken: String) {
  users(limit: $limit, nextToken: $nextToken) {
    items { id firstName lastName email role { name } group { name } version }
    nextToken
  }
}`,
      variables: () => ({ limit: 10 }),
    },
    {
      title: 'All roles, authorizations, groups',
      hint: '',
      query: `query Organisation($limit: Int) {
  roles(limit: $limit) { items { id name description authorizations { name } version } nextToken }
  authorizations(limit: $limit) { items { id name description version } nextToken }
  groups(limit: $limit) { items { id name description version } nextToken }
}`,
      variables: () => ({ limit: 10 }),
    },
    {
      title: 'One role, authorization, group',
      hint: '',
      query: `query OneOfEach($roleId: ID!, $authorizationId: ID!, $groupId: ID!) {
  role(id: $roleId) { id name description authorizations { id name } version createdAt updatedAt }
  authorization(id: $authorizationId) { id name description version createdAt updatedAt }
  group(id: $groupId) { id name description version createdAt updatedAt }
}`,
      variables: ({ roleId, authorizationId, groupId }) => ({ roleId, authorizationId, groupId }),
    },
    {
      title: 'Users by e-mail, role, group',
      hint: 'Each from an index.',
      query: `query FindUsers($email: AWSEmail!, $roleId: ID!, $groupId: ID!) {
  userByEmail(email: $email) { id firstName lastName }
  usersByRole(roleId: $roleId) { items { id firstName lastName } nextToken }
  usersByGroup(groupId: $groupId) { items { id firstName lastName } nextToken }
}`,
      variables: (story) => ({ email: ada(story).email.toUpperCase(), roleId: story.roleId, groupId: story.groupId }),
    },
    {
      title: 'Who may do it, and may she?',
      hint: 'Through their roles; an authorization is named by its name.',
      query: `query WhoMay($authorizationId: ID!, $userId: ID!, $authorizations: [String!]!) {
  usersWithAuthorization(authorizationId: $authorizationId) { items { id displayName } nextToken }
  can(userId: $userId, authorizations: $authorizations) { authorization allowed because }
}`,
      variables: (story) => ({
        authorizationId: story.authorizationId,
        userId: story.userId,
        authorizations: [`Read reports ${story.suffix}`],
      }),
    },
  ],
};

const deleteChapter: Chapter = {
  title: 'Take it down',
  steps: [
    {
      title: 'Delete the user',
      hint: 'A deletion can be undone: restoreUser brings the user back as before.',
      query: deleteOne('User'),
      variables: (story) => ({ input: { id: story.userId } }),
    },
    {
      title: 'Delete the role',
      hint: 'Now that nobody has it.',
      query: deleteOne('Role'),
      variables: (story) => ({ input: { id: story.roleId } }),
    },
    {
      title: 'Delete the authorization',
      hint: '',
      query: deleteOne('Authorization'),
      variables: (story) => ({ input: { id: story.authorizationId } }),
    },
    {
      title: 'Delete the group',
      hint: '',
      query: deleteOne('Group'),
      variables: (story) => ({ input: { id: story.groupId } }),
    },
  ],
};

const commandOf = (
  name: string,
  kind = name.charAt(0).toUpperCase() + name.slice(1),
) => `mutation ${kind}($input: ${kind}Input!, $commandId: ID) {
  ${name}(input: $input, commandId: $commandId) ${receiptFields}
}`;

const restore: Chapter = {
  title: 'Bring it back',
  steps: [
    {
      title: 'Restore the authorization',
      hint: 'As it was before it was deleted.',
      query: commandOf('restoreAuthorization'),
      variables: (story) => ({ input: { id: story.authorizationId } }),
    },
    {
      title: 'Restore the role',
      hint: 'What it grants must be there again.',
      query: commandOf('restoreRole'),
      variables: (story) => ({ input: { id: story.roleId } }),
    },
    {
      title: 'Restore the group',
      hint: '',
      query: commandOf('restoreGroup'),
      variables: (story) => ({ input: { id: story.groupId } }),
    },
    {
      title: 'Restore the user',
      hint: 'With role and group.',
      query: commandOf('restoreUser'),
      variables: (story) => ({ input: { id: story.userId } }),
    },
    {
      title: 'Suspend the user',
      hint: 'Kept, without authorizations; own commands are refused.',
      query: commandOf('suspendUser'),
      variables: (story) => ({ input: { id: story.userId, reason: 'On leave' } }),
    },
    {
      title: 'Reinstate the user',
      hint: '',
      query: commandOf('reinstateUser'),
      variables: (story) => ({ input: { id: story.userId } }),
    },
    {
      title: 'Revoke the authorization',
      hint: 'One of them, whatever others do to the role at the same time.',
      query: commandOf('revokeAuthorization'),
      variables: (story) => ({ input: { roleId: story.roleId, authorizationId: story.authorizationId } }),
    },
    {
      title: 'Grant it again',
      hint: '',
      query: commandOf('grantAuthorization'),
      variables: (story) => ({ input: { roleId: story.roleId, authorizationId: story.authorizationId } }),
    },
    {
      title: 'Erase the user',
      hint: 'For good: what is stored of the person can never be read again.',
      query: commandOf('eraseUser'),
      variables: (story) => ({ input: { id: story.userId } }),
    },
  ],
};

const asUser: Chapter = {
  title: 'As a user',
  steps: [
    {
      title: 'My profile',
      hint: 'Log in to the user application first. Null before sign-up.',
      query: `query Me {
  me ${userFields}
}`,
    },
    {
      title: 'Watch my changes',
      hint: 'A user hears only of the own user.',
      query: `subscription WatchMe($id: ID!) {
  onProjectionUpdated(aggregate: USER, aggregateId: $id) ${updateFields}
}`,
      variables: (_, ownId) => ({ id: ownId }),
    },
    {
      title: 'Sign up',
      hint: 'The form at first log-in: creates the own user, with the address that is verified where you log in.',
      query: `mutation SignUp($input: SignUpInput!, $commandId: ID) {
  signUp(input: $input, commandId: $commandId) ${receiptFields}
}`,
      variables: (story, _, ownEmail = `grace.${story.suffix}@example.com`) => ({
        input: { firstName: 'Grace', lastName: 'Hopper', birthDate: '1992-12-09', email: ownEmail },
        commandId: story.commandId('signUp'),
      }),
    },
    {
      title: 'How did it end?',
      hint: "One's own commands only.",
      query: outcomeOf('SignUpOutcome'),
      variables: (story) => ({ commandId: story.sameCommandId('signUp') }),
    },
    {
      title: 'Watch my next command',
      hint: 'How the update ends, by its command id.',
      query: `subscription WatchMyCommand($commandId: ID!) {
  onCommandCompleted(commandId: $commandId) ${outcomeFields}
}`,
      variables: (story) => ({ commandId: story.commandId('updateProfile') }),
    },
    {
      title: 'Update my profile',
      hint: '',
      query: `mutation UpdateProfile($input: UpdateProfileInput!, $commandId: ID) {
  updateProfile(input: $input, commandId: $commandId) ${receiptFields}
}`,
      variables: (story) => ({ input: { lastName: 'Murray Hopper' }, commandId: story.commandId('updateProfile') }),
    },
    {
      title: 'What may I do?',
      hint: 'And because of what.',
      query: `query MayI($userId: ID!, $authorizations: [String!]!) {
  can(userId: $userId, authorizations: $authorizations) { authorization allowed because }
}`,
      variables: (story, ownId) => ({ userId: ownId, authorizations: [`Read reports ${story.suffix}`] }),
    },
    {
      title: 'Everything held of me',
      hint: 'State, history, refused commands: all of it, as JSON.',
      query: `query MyData {
  myData
}`,
    },
    {
      title: 'Erase me',
      hint: 'For good.',
      query: `mutation EraseMe {
  eraseMe ${receiptFields}
}`,
    },
    {
      title: 'What a user may not see',
      hint: 'The API refuses: for administrators only.',
      query: `query NotForUsers {
  users(limit: 10) { items { id email } }
}`,
    },
  ],
};

/** All of it, in order. */
export const allChapters: Chapter[] = [
  build,
  watch,
  refusedText,
  lookBack,
  rebuild,
  readChapter,
  deleteChapter,
  restore,
  asUser,
].map(({ title, steps }) => ({
  title,
  steps: steps.map((step) => ({ ...step, query: layOut(step.query) })),
}));

/** One field, and one of several variables, to a line. */
function layOut(query: string): string {
  return print(parse(query)).replace(
    /^(\w+ \w+)\((.+, .+)\) \{/,
    (_, head: string, variables: string) => `${head}(\n  ${variables.replaceAll(', ', '\n  ')}\n) {`,
  );
}

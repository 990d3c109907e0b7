import { afterAll, beforeAll } from 'vitest';
import { appSyncNotifier } from '../../../functions/ports/notifier/appsync.ts';
import { memoryNotifier } from '../../../functions/ports/notifier/memory.ts';
import { notifierSuite } from '../../support/conformance/notifier.ts';
import type { CommandOutcome, Recovery } from '../../../generated/schema.ts';
import { type OwnStack, ownStack } from '../../support/stack/ownStack.ts';
import { onCommandCompleted, RawSubscriber, type Stream } from '../../support/clients/rawSubscriber.ts';

const onRecoveryProgress = `subscription ($recoveryId: ID!) {
  onRecoveryProgress(recoveryId: $recoveryId) { recoveryId timestamp status total discovered rebuilt changed failed cursor lastError actor startedAt updatedAt completedAt } }`;

/**
 * The twin in memory, and the adapter with the execute function's rights against the API, as its subscribers hear it.
 */
let own: OwnStack;
beforeAll(async () => {
  own = await ownStack();
});
afterAll(() => own?.stop());

notifierSuite('in memory', async () => {
  const notifier = memoryNotifier();
  const of = <Kind extends 'update' | 'outcome' | 'recovery'>(kind: Kind) =>
    notifier.published.flatMap((publication) => publication[kind] ?? []) as NonNullable<
      (typeof notifier.published)[number][Kind]
    >[];
  return {
    notifier,
    ofRecovery: notifier,
    listen: async () => undefined,
    told: () => ({ updates: of('update'), outcomes: of('outcome'), recoveries: of('recovery') }),
  };
});

notifierSuite('on AppSync', async () => {
  const { stack, outputs, admin } = own;
  const notifierOf = (name: string) => {
    const { roleArn } = stack.model.functions.find((each) => each.name.endsWith(`-${name}`))!;
    const { accessKeyId, secretAccessKey, sessionToken } = stack.iam.credentialsFor(roleArn);
    return appSyncNotifier(outputs.GraphQLUrl, {
      credentials: async () => ({ accessKeyId, secretAccessKey, sessionToken }),
      region: async () => outputs.Region,
    });
  };
  const socket = await RawSubscriber.connect(outputs, admin.token!);
  const updates = await socket.subscribe(
    'subscription { onProjectionUpdated { aggregate aggregateId version change commandId eventId timestamp user { id } role { id } authorization { id } group { id name description version createdAt updatedAt } } }',
  );
  const outcomes: Stream<CommandOutcome>[] = [];
  const recoveries: Stream<Recovery>[] = [];
  return {
    notifier: notifierOf('execute'),
    ofRecovery: notifierOf('recovery'),
    async listen({ commandId, recoveryId }) {
      if (commandId) outcomes.push(await socket.subscribe(onCommandCompleted, { commandId }));
      if (recoveryId) recoveries.push(await socket.subscribe(onRecoveryProgress, { recoveryId }));
    },
    told: () => ({
      updates: updates.heard,
      outcomes: outcomes.flatMap(({ heard }) => heard),
      recoveries: recoveries.flatMap(({ heard }) => heard),
    }),
  };
});

import { everyOutcome, everythingHeard, oneEffect } from './commands.ts';
import { count, type Examined, type Verdict } from './examined.ts';
import { listedRows, rowsAsStreams, wholeStreams } from './rows.ts';
import { sealedSnapshots, snapshotsAsStreams } from './snapshots.ts';
import { deadIn, queuedIn } from './stored.ts';
import { claimsOfTheLive, sealedPersons } from './values.ts';

/** I7: recoveries have ended, and their sums add up. */
export const recoveriesAddUp = ({ stored }: Examined): Verdict => {
  const recoveries = stored.recovery.filter(({ item }) => item === 'ledger');
  return {
    invariant: 'I7',
    says: 'recoveries have ended, and each stream was counted once',
    looked: count(recoveries.length, 'recoveries'),
    wrong: recoveries.flatMap(({ recoveryId, status, total, rebuilt, failed }) => {
      if (status === 'RUNNING') return [`recovery ${String(recoveryId)} is still running`];
      return status === 'COMPLETED' && Number(rebuilt) + Number(failed) !== Number(total)
        ? [
            `recovery ${String(recoveryId)} rebuilt ${String(rebuilt)} and gave up ${String(failed)} of ${String(total)}`,
          ]
        : [];
    }),
  };
};

/** I8, as far as tables show it: what users did, they did to themselves. */
export const ownAffairs = ({ stored }: Examined): Verdict => {
  const ofUsers = stored.eventStore.filter(({ actor }) => String(actor).startsWith('user:'));
  return {
    invariant: 'I8',
    says: 'what users did concerns themselves',
    looked: count(ofUsers.length, 'events of users'),
    wrong: ofUsers
      .filter(({ actor, streamId }) => {
        const subject = String(actor).slice('user:'.length);
        return streamId !== `user#${subject.replace(/^auth0\|([^|]+)$/, '$1')}`;
      })
      .map(({ actor, streamId, version }) => `${String(actor)} made version ${String(version)} of ${String(streamId)}`),
  };
};

/** I9: nothing waits, and nothing was given up. */
export const emptyQueues = ({ stored }: Examined): Verdict => ({
  invariant: 'I9',
  says: 'queues are empty, and there are no dead letters',
  looked: count(Object.keys(stored.queues).length, 'queues'),
  wrong: [
    ...queuedIn(stored).map(([name, messages]) => `${name} holds ${count(messages, 'messages')}`),
    ...deadIn(stored).map(([name, messages]) => `${name} holds ${count(messages, 'dead letters')}`),
  ],
});

/** All of it. */
export const examine = (all: Examined): Verdict[] => [
  oneEffect(all),
  everyOutcome(all),
  everythingHeard(all),
  claimsOfTheLive(all),
  wholeStreams(all),
  ...rowsAsStreams(all),
  listedRows(all),
  snapshotsAsStreams(all),
  recoveriesAddUp(all),
  ownAffairs(all),
  emptyQueues(all),
  sealedPersons(all),
  sealedSnapshots(all),
];

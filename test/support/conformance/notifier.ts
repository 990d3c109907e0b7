import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Notifier, Publication } from '../../../functions/ports/notifier/port.ts';
import type { CommandOutcome, Group, ProjectionUpdate, Recovery } from '../../../generated/schema.ts';
import { eventually } from '../clients/client.ts';

export interface OpenNotifier {
  /** With the rights of the execute function, which tells of rows and outcomes. */
  notifier: Notifier;
  /** With those of the recovery function, which tells of recoveries. */
  ofRecovery: Notifier;
  /** To be called before something is published of this command or recovery, for which subscribers have to ask. */
  listen(to: { commandId?: string; recoveryId?: string }): Promise<void>;
  /** What was told so far, kind by kind, in order; as subscribers hear it. */
  told(): { updates: ProjectionUpdate[]; outcomes: CommandOutcome[]; recoveries: Recovery[] };
}

const at = '2026-01-02T03:04:05.678Z';

/** Whoever subscribes is the one who sent the commands. */
export const actor = 'admin:auth0|admin';

const updateOf = (aggregateId: string, description: string): ProjectionUpdate => {
  const group: Group = {
    id: aggregateId,
    name: `Group ${aggregateId}`,
    description,
    version: 3,
    createdAt: at,
    updatedAt: at,
  };
  return {
    aggregate: 'GROUP',
    aggregateId,
    version: 3,
    change: 'UPDATED',
    commandId: randomUUID(),
    eventId: randomUUID(),
    timestamp: at,
    user: null,
    role: null,
    authorization: null,
    group,
  };
};

const outcomeOf = (aggregateId: string): CommandOutcome => ({
  commandId: randomUUID(),
  status: 'REJECTED',
  operation: 'updateGroup',
  aggregate: 'GROUP',
  aggregateId,
  version: null,
  code: 'NAME_TAKEN',
  message: 'ä "quoted" \u{1F600}',
  actor,
});

const recoveryOf = (recoveryId: string, rebuilt: number): Recovery => ({
  recoveryId,
  timestamp: at,
  status: 'RUNNING',
  total: 5,
  discovered: 5,
  rebuilt,
  changed: 1,
  failed: 0,
  cursor: null,
  lastError: null,
  actor,
  startedAt: at,
  updatedAt: at,
  completedAt: null,
});

/** What everything that tells subscribers must do. */
export const notifierSuite = (name: string, open: () => Promise<OpenNotifier>): void => {
  describe(`notifier ${name}`, () => {
    let opened: OpenNotifier;
    beforeAll(async () => {
      opened = await open();
    });

    /** What was told of this id, once that many have come. */
    const heardOf = async (id: string, counts: { updates?: number; outcomes?: number; recoveries?: number }) => {
      const heard = () => {
        const { updates, outcomes, recoveries } = opened.told();
        return {
          updates: updates.filter(({ aggregateId }) => aggregateId === id),
          outcomes: outcomes.filter(({ aggregateId }) => aggregateId === id),
          recoveries: recoveries.filter(({ recoveryId }) => recoveryId === id),
        };
      };
      await eventually(`all of ${id} is heard`, async () => {
        const { updates, outcomes, recoveries } = heard();
        return (
          updates.length >= (counts.updates ?? 0) &&
          outcomes.length >= (counts.outcomes ?? 0) &&
          recoveries.length >= (counts.recoveries ?? 0)
        );
      });
      return heard();
    };

    it('tells of rows, outcomes and recoveries, each whole', async () => {
      const id = randomUUID();
      const [update, outcome, recovery] = [updateOf(id, 'All'), outcomeOf(id), recoveryOf(id, 1)];
      await opened.listen({ commandId: outcome.commandId, recoveryId: id });
      expect(await opened.notifier.publish([{ update, outcome }])).toEqual([]);
      expect(await opened.ofRecovery.publish([{ recovery }])).toEqual([]);
      expect(await heardOf(id, { updates: 1, outcomes: 1, recoveries: 1 })).toEqual({
        updates: [update],
        outcomes: [outcome],
        recoveries: [recovery],
      });
    });

    it('tells more than one request takes, in order', async () => {
      const id = randomUUID();
      const publications: Publication[] = Array.from({ length: 35 }, (_, n) => ({ recovery: recoveryOf(id, n) }));
      await opened.listen({ recoveryId: id });
      expect(await opened.ofRecovery.publish(publications)).toEqual([]);
      expect((await heardOf(id, { recoveries: 35 })).recoveries.map(({ rebuilt }) => rebuilt)).toEqual(
        publications.map((_, n) => n),
      );
    });

    it('tells again what is published again', async () => {
      const id = randomUUID();
      const outcome = outcomeOf(id);
      await opened.listen({ commandId: outcome.commandId });
      for (let n = 0; n < 2; n += 1) expect(await opened.notifier.publish([{ outcome }])).toEqual([]);
      expect((await heardOf(id, { outcomes: 2 })).outcomes).toEqual([outcome, outcome]);
    });

    it('cuts a row that is too large down to ids and version, and leaves the next whole', async () => {
      const id = randomUUID();
      const [large, small] = [updateOf(id, 'd'.repeat(300_000)), updateOf(id, 'small')];
      expect(await opened.notifier.publish([{ update: large }, { update: small }])).toEqual([]);
      expect((await heardOf(id, { updates: 2 })).updates).toEqual([{ ...large, group: null }, small]);
    });

    it('has nothing to tell of nothing', async () => {
      expect(await opened.notifier.publish([])).toEqual([]);
    });
  });
};

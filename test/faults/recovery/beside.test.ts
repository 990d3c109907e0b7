import { describe, expect, it } from 'vitest';
import { person } from '../../e2e/organisation.ts';
import { unique } from '../../support/clients/client.ts';
import { beginning } from '../../support/models/recovering.ts';
import { recoverySetting } from './setting.ts';

const at = recoverySetting();

/**
 * Live commands go on what is there: rows may be wrong meanwhile, but a lost claim would let another take the value.
 */
const corruptRowsOnly = async () => {
  const claims = await at.to.claims();
  await at.corrupt();
  const now = await at.to.claims();
  await Promise.all(
    [...now.keys()].filter((key) => !claims.has(key)).map((uniqueKey) => at.to.remove('uniqueValue', { uniqueKey })),
  );
  await Promise.all([...claims.values()].map((claim) => at.to.put('uniqueValue', claim)));
};

const corruptClaims = async () => {
  const claims = [...(await at.to.claims()).values()];
  await Promise.all(
    claims.filter((_, index) => index % 3 === 0).map(({ uniqueKey }) => at.to.remove('uniqueValue', { uniqueKey })),
  );
  await Promise.all(
    claims
      .filter((_, index) => index % 3 === 1)
      .map((claim) => at.to.put('uniqueValue', { ...claim, streamId: 'user#invented' })),
  );
};

describe('beside others', () => {
  it('a recovery under live traffic leaves everything right, and every command its effect', async () => {
    await corruptRowsOnly();
    let running = true;
    const outcomes: Promise<{ status: string }>[] = [];
    const people = at.there.people.filter((_, index) => index !== 4);
    const groupIds: string[] = [];
    /** One of several clients that send one command after the other, until recovering is over. */
    const busy = async (client: number) => {
      for (let n = 0; running; n += 1) {
        const { id } = people[(client * 5 + n) % people.length]!;
        const kind = n % 4;
        const outcome =
          kind === 0
            ? at.own.admin.run('createUser', person({ roleId: at.there.roleId, groupId: at.there.groupId }))
            : kind === 1
              ? at.own.admin.run('updateUser', { id, firstName: `Busy ${client} ${n}` })
              : kind === 2
                ? at.own.admin.run('updateUser', { id, email: `${unique('busy')}@example.com` })
                : at.own.admin.run('createGroup', { name: unique('busy'), description: 'Busy' });
        outcomes.push(outcome);
        const { aggregate, aggregateId } = await outcome;
        if (aggregate === 'GROUP') groupIds.push(aggregateId);
        if (groupIds.length > 5) outcomes.push(at.own.admin.run('deleteGroup', { id: groupIds.shift() }));
      }
    };
    const clients = Promise.all(Array.from({ length: 4 }, (_, client) => busy(client)));
    const during: { from: number; to: number }[] = [];
    const eventsDuring = async () =>
      [...(await at.own.inspection.streams()).values()]
        .flat()
        .filter(({ timestamp }) => during.some(({ from, to: end }) => timestamp >= from && timestamp <= end)).length;
    // One recovery after the other, until the live traffic that they met is what a second brings.
    do {
      const { startedAt, completedAt } = await at.to.recovered(beginning);
      during.push({ from: Date.parse(startedAt), to: Date.parse(completedAt!) });
    } while ((await eventsDuring()) < 50 && during.length < 20);
    running = false;
    await clients;
    for (const { status } of await Promise.all(outcomes)) expect(status).toBe('APPLIED');
    expect(await eventsDuring()).toBeGreaterThanOrEqual(50);
  });

  it('two recoveries at once both come to a good end', async () => {
    const before = await at.state();
    await at.to.emptyViews();
    await corruptClaims();
    const moment = new Date(Date.now() - 60 * 60_000).toISOString();
    const ids = [
      await at.to.recoverFrom(beginning),
      await at.to.recoverFrom(moment),
      await at.to.recoverFrom(beginning),
    ];
    const total = await at.streamCount();
    for (const id of ids)
      expect(await at.to.ended(id)).toMatchObject({ status: 'COMPLETED', total, rebuilt: total, failed: 0 });
    expect(await at.state()).toEqual(before);
  });
});

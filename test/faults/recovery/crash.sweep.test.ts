import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GatewayCall } from 'appsync-local/parts';
import { expectInvariants } from '../../support/models/invariants.ts';
import { type OwnStack, ownStack } from '../../support/stack/ownStack.ts';
import { beginning, type Recovering, recovering } from '../../support/models/recovering.ts';
import { soak } from '../../support/runs.ts';

/**
 * The recovery and execute functions are killed at their calls of AWS, before the call is made and after it was
 * answered: at each one with SOAK=1, at points spread evenly over all of them otherwise.
 * (test/unit/functions/recovery/recovery.test.ts goes through each and every point over the twins in memory.)
 */
const spread = 3;

let own: OwnStack;
let to: Recovering;
let whole: { views: Awaited<ReturnType<Recovering['views']>>; claims: Awaited<ReturnType<Recovering['claims']>> };

beforeAll(async () => {
  // Redelivered soon, for each kill costs this much; but not so soon that a step is often still under way.
  own = await ownStack({ queueVisibilityOverrideSeconds: 3 });
  to = recovering(own);
  await to.populate(1);
  await expectInvariants(own.inspection);
  whole = { views: await to.views(), claims: await to.claims() };
});
afterAll(() => own?.stop());

const functions = ['recovery', 'execute'] as const;
type Phase = GatewayCall['phase'];
interface Point {
  call: number;
  phase: Phase;
}

/** Looking for the first occupied partition is hundreds of reads alike: one point is as good as all. */
const counts = (call: GatewayCall) => call.workerId !== undefined && call.input['Limit'] !== 1;

const streams = () => Object.values(whole.views).reduce((sum, rows) => sum + rows.size, 0);

/** Everything is lost, and there is something that should not be. */
const ruin = async () => {
  await to.emptyViews();
  await Promise.all([...(await to.claims()).keys()].map((uniqueKey) => to.remove('uniqueValue', { uniqueKey })));
  await to.put('role', { id: 'invented', version: 3, name: 'Nobody', nameKey: 'nobody' });
  await to.put('uniqueValue', {
    uniqueKey: 'group#name#ghost',
    streamId: 'group#ghost',
    aggregate: 'group',
    attribute: 'name',
  });
};

/**
 * Recovers what is ruined, with each function killed at the point given. @returns how many calls each made, and how
 * many died
 */
const recoverWith = async (deaths: Record<(typeof functions)[number], Point | undefined>) => {
  await ruin();
  const calls = { recovery: 0, execute: 0 };
  let died = 0;
  const unhook = functions.map((name) => {
    const death = deaths[name];
    let doomed: number | undefined;
    return to.onCallOf(name, (call) => {
      if (!counts(call)) return undefined;
      if (call.phase === 'before') calls[name] += 1;
      // The call of that number: its answer comes when others may have been made.
      if (call.phase === 'before' && calls[name] === death?.call) doomed = call.id;
      if (doomed !== call.id || call.phase !== death?.phase) return undefined;
      own.stack.lambda.killWorker(call.workerId!);
      died += 1;
      return { dropConnection: true };
    });
  });
  const where = `killed at ${JSON.stringify(deaths)}`;
  const result = await to.recovered(beginning).catch((cause: unknown) => {
    throw new Error(`${where}: ${String(cause)}`);
  });
  await own.stack.mappings.idle();
  for (const each of unhook) each();
  expect(result.total, where).toBe(streams());
  expect({ views: await to.views(), claims: await to.claims() }, where).toEqual(whole);
  return { calls, died };
};

const pointsOf = (calls: number): Point[] =>
  Array.from({ length: 2 * calls }, (_, index) => ({
    call: Math.floor(index / 2) + 1,
    phase: index % 2 === 0 ? 'before' : 'after',
  }));

/** Evenly spread over all, first and last included; with both phases, as the steps are odd. */
const some = (points: Point[]): Point[] =>
  Array.from({ length: spread }, (_, index) => points[Math.round((index * (points.length - 1)) / (spread - 1))]!);

it(
  'a recovery comes to the same end, wherever its functions are killed',
  { timeout: soak ? 3_600_000 : 600_000 },
  async () => {
    // How messages meet in batches differs from run to run, and with it the number of calls: the least of several
    // counts.
    const unharmed: { recovery: number; execute: number }[] = [];
    for (let n = 0; n < 2; n += 1)
      unharmed.push((await recoverWith({ recovery: undefined, execute: undefined })).calls);
    const calls = {
      recovery: Math.min(...unharmed.map(({ recovery }) => recovery)),
      execute: Math.min(...unharmed.map(({ execute }) => execute)),
    };
    // Each stream is read and each row written at the least; how many calls come to that depends on how messages met in
    // batches.
    expect(calls.execute).toBeGreaterThan(2 * streams());
    expect(calls.recovery).toBeGreaterThan(2 * streams());
    const [recovery, execute] = functions.map((name) => (soak ? pointsOf(calls[name]) : some(pointsOf(calls[name]))));
    let killed = 0;
    const rounds = Math.max(recovery!.length, execute!.length);
    for (let round = 0; round < rounds; round += 1)
      killed += (await recoverWith({ recovery: recovery![round], execute: execute![round] })).died;
    // How often the recovery function looks whether all is rebuilt differs from run to run: the last points may not
    // come.
    expect(killed).toBeGreaterThanOrEqual((soak ? 0.9 : 0.75) * (recovery!.length + execute!.length));
    await expectInvariants(own.inspection);
    expect(await own.inspection.waiting(true)).toEqual([]);
  },
);

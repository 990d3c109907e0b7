import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { eventually } from '../../support/clients/client.ts';
import { expectInvariants } from '../../support/models/invariants.ts';
import { type OwnStack, ownStack } from '../../support/stack/ownStack.ts';
import { type Recovering, recovering } from '../../support/models/recovering.ts';

type There = Awaited<ReturnType<Recovering['populate']>>;

/**
 * A stack of the file's own with twelve users, set up before its tests. After each of them nothing may be wrong any
 * more (I3–I6), and all that recovery made must be what the live path had made (I7).
 * @param seconds after which a message comes again; on a busy machine a recovery's own may be worked on for longer, and
 * a chunk that is then sent twice may count as not changed
 */
export const recoverySetting = (seconds = 5) => {
  let own: OwnStack;
  let to: Recovering;
  let there: There;
  let hooks: (() => void)[] = [];

  beforeAll(async () => {
    own = await ownStack({ queueVisibilityOverrideSeconds: seconds });
    to = recovering(own);
    there = await to.populate(12);
  });
  afterAll(() => own?.stop());

  const unhook = () => {
    for (const takeAway of hooks) takeAway();
    hooks = [];
  };
  afterEach(async () => {
    unhook();
    await expectInvariants(own.inspection);
    expect(await own.inspection.waiting(true)).toEqual([]);
  });

  /** Until the test ends, or the hooks are taken away. */
  const hook = (...given: Parameters<Recovering['onCallOf']>) => hooks.push(to.onCallOf(...given));

  /**
   * Lets execution queues give nothing out, until the hooks are taken away; resolves when no receive is under way any
   * more.
   */
  const close = async (queues: string[]): Promise<void> => {
    const refused = new Set<string>();
    hook('execute', ({ phase, operation, input }) => {
      const queue = queues.find((name) => own.outputs.Queues[name] === input['QueueUrl']);
      if (operation !== 'ReceiveMessage' || phase !== 'before' || queue === undefined) return undefined;
      refused.add(queue);
      return { fail: { status: 400, type: 'AccessDenied', message: 'closed' } };
    });
    await eventually('the queues are closed', async () => refused.size === queues.length);
  };

  const purge = async (queues: string[]): Promise<void> => {
    for (const queue of queues)
      await own.inspection.sqs.send(new PurgeQueueCommand({ QueueUrl: own.outputs.Queues[queue] }));
  };

  const streamCount = async () => (await own.inspection.streams()).size;
  const state = async () => ({ views: await to.views(), claims: await to.claims() });

  /** Corrupts rows and claims in every way there is. */
  const corrupt = async () => {
    const [dropped, altered, raised, lowered, stripped, retyped, buried, renamed] = there.people.map(({ id }) => ({
      id,
    }));
    const { user, role, group } = await to.views();
    const rowOf = ({ id }: { id: string }) => user.get(id)!;
    await to.remove('user', dropped!);
    await to.put('user', {
      ...rowOf(altered!),
      firstName: 'Altered',
      role: 'superuser',
      email: 'altered@example.com',
      emailKey: 'altered@example.com',
      groupId: 'nowhere',
    });
    await to.change('user', raised!, 'version', 999);
    await to.change('user', lowered!, 'version', 1);
    await to.put('user', stripped!);
    await to.put('user', { ...rowOf(retyped!), version: 'two', firstName: ['not', 'text'] });
    await to.put('user', {
      ...buried,
      version: 9,
      deletedAt: new Date().toISOString(),
      expiresAt: Math.floor(Date.now() / 1000) + 1_000_000,
    });
    await to.put('user', { ...rowOf(renamed!), firstName: 'Altered' });
    await to.put('user', {
      ...there.goneUser,
      version: 2,
      createdAt: 'then',
      updatedAt: 'now',
      emailKey: there.goneUser['email'],
    });
    await to.put('group', {
      id: there.gone.groupId,
      version: 1,
      name: 'Undead',
      nameKey: 'undead',
      description: 'Back again',
    });
    await to.put('role', { ...role.get(there.roleId)!, authorizationIds: [], name: 'Altered' });
    await to.remove('group', { id: there.groupId });
    for (const view of ['user', 'role', 'authorization', 'group'])
      await to.put(view, {
        id: `invented-${view}`,
        version: 3,
        name: 'Nobody',
        nameKey: 'nobody',
        emailKey: 'nobody@example.com',
      });
    expect(group.has(there.groupId)).toBe(true);

    const claims = [...(await to.claims()).values()].filter(({ aggregate }) => aggregate === 'user') as {
      uniqueKey: string;
      streamId: string;
    }[];
    await to.remove('uniqueValue', { uniqueKey: claims[0]!.uniqueKey });
    await to.put('uniqueValue', { ...claims[1], streamId: claims[2]!.streamId });
    await to.put('uniqueValue', { ...claims[3], streamId: 'user#invented' });
    await to.put('uniqueValue', { uniqueKey: claims[4]!.uniqueKey });
    await to.put('uniqueValue', { ...claims[5], attribute: 'name' });
    await to.put('uniqueValue', {
      uniqueKey: 'user#email#ghost@example.com',
      streamId: claims[5]!.streamId,
      aggregate: 'user',
      attribute: 'email',
    });
    await to.put('uniqueValue', {
      uniqueKey: 'group#name#ghost',
      streamId: 'group#ghost',
      aggregate: 'group',
      attribute: 'name',
    });
    await to.put('uniqueValue', { uniqueKey: 'planet#name#mars', streamId: 'mars' });
  };

  return {
    get own() {
      return own;
    },
    get to() {
      return to;
    },
    get there() {
      return there;
    },
    hook,
    unhook,
    close,
    purge,
    streamCount,
    state,
    corrupt,
  };
};

import { describe, expect, it } from 'vitest';
import { fold } from '../../../../domain/kernel/stream/fold.ts';
import { restoreClaims } from '../../../../functions/rebuild/claims.ts';
import { memoryClaims } from '../../../../functions/ports/claims/memory.ts';
import type { Claims } from '../../../../functions/ports/claims/port.ts';
import { sweepClaims } from '../../../../functions/recovery/sweep.ts';
import { recoveryModel, type RecoveryModel, uuid } from '../../../support/models/recoveryModel.ts';

const ann = { aggregate: 'user' as const, aggregateId: 'ann' };
const person = {
  firstName: 'Ann',
  lastName: 'Lee',
  birthDate: '1990-01-01',
  email: 'ann@example.com',
  roleId: uuid(2),
  groupId: uuid(3),
};

const withAnn = async (): Promise<RecoveryModel> => {
  const model = recoveryModel();
  await model.command('createUser', 'ann', person);
  return model;
};

/** The key under which an address is claimed. */
const mail = async ({ store }: RecoveryModel, address = 'ann@example.com'): Promise<string> => {
  const [claim] = await memoryClaims(store).stored([
    { aggregate: 'user', attribute: 'email', key: `user#email#${address}` },
  ]);
  return claim!.key;
};

const annsState = async ({ store }: RecoveryModel) => fold(await store.load('user', 'ann'));

/** The claims, with something that happens just before each of the first changes. */
const interrupted = ({ store }: RecoveryModel, ...happenings: (() => Promise<unknown>)[]): Claims => {
  const claims = memoryClaims(store);
  return {
    ...claims,
    restore: async (...given) => {
      await happenings.shift()?.();
      return claims.restore(...given);
    },
    remove: async (...given) => {
      await happenings.shift()?.();
      return claims.remove(...given);
    },
  };
};

describe('a lost claim', () => {
  const restoring = async (model: RecoveryModel, ...happenings: (() => Promise<unknown>)[]) =>
    restoreClaims(ann, await annsState(model), await memoryClaims(model.store).find([await mail(model)]), {
      eventStore: model.store,
      claims: interrupted(model, ...happenings),
    });

  it('comes back although its owner changes in another respect meanwhile, more than once', async () => {
    const model = await withAnn();
    model.store.claims.clear();
    const rename = (firstName: string) => () => model.command('updateUser', 'ann', { firstName });
    expect(await restoring(model, rename('A'), rename('B'))).toBe(1);
    expect(model.store.claims).toEqual(new Map([[await mail(model), 'user#ann']]));
  });

  it('does not come back when its owner gives the value up meanwhile', async () => {
    const model = await withAnn();
    model.store.claims.clear();
    expect(await restoring(model, () => model.command('updateUser', 'ann', { email: 'new@example.com' }))).toBe(0);
    expect(model.store.claims).toEqual(new Map([[await mail(model, 'new@example.com'), 'user#ann']]));
  });

  it('in the hands of no stream at all comes right', async () => {
    for (const streamId of ['', 'users', 'user#', 'planet#mars', 'user#nobody']) {
      const model = await withAnn();
      model.store.claims.set(await mail(model), streamId);
      expect(await restoring(model), streamId).toBe(1);
      expect(model.store.claims).toEqual(new Map([[await mail(model), 'user#ann']]));
    }
  });

  it('that two streams rightly hold is named', async () => {
    const model = await withAnn();
    model.store.claims.clear();
    await model.command('createUser', 'eve', person);
    await expect(restoring(model)).rejects.toThrow('user#ann and user#eve both hold one email');
  });

  it('that another stream rightly holds counts its stream as failed, and not as changed too, though its row was mended', async () => {
    const model = await withAnn();
    model.store.claims.clear();
    await model.command('createUser', 'eve', person);
    for (const place of ['user#ann', 'user#eve'])
      model.rows.table.set(place, { ...model.rows.table.get(place), firstName: 'Wrong' });
    model.start(uuid(1), 0);
    await model.run();
    expect(await model.ledger.find(uuid(1))).toMatchObject({ total: 2, rebuilt: 1, changed: 1, failed: 1 });
  });
});

describe('a claim that its owner does not hold', () => {
  const sweeping = (model: RecoveryModel, ...happenings: (() => Promise<unknown>)[]) =>
    sweepClaims(undefined, {
      eventStore: model.store,
      claims: interrupted(model, ...happenings),
      views: { getMany: async () => [] },
    } as unknown as Parameters<typeof sweepClaims>[1]);

  it('goes although its owner changes in another respect meanwhile', async () => {
    const model = await withAnn();
    model.store.claims.set(await mail(model, 'never@example.com'), 'user#ann');
    expect(await sweeping(model, () => model.command('updateUser', 'ann', { firstName: 'A' }))).toEqual({ removed: 1 });
    expect(model.store.claims).toEqual(new Map([[await mail(model), 'user#ann']]));
  });

  it('stays when its owner takes the value meanwhile', async () => {
    const model = await withAnn();
    model.store.claims.set(await mail(model, 'soon@example.com'), 'user#ann');
    expect(await sweeping(model, () => model.command('updateUser', 'ann', { email: 'soon@example.com' }))).toEqual({
      removed: 0,
    });
    expect(model.store.claims).toEqual(new Map([[await mail(model, 'soon@example.com'), 'user#ann']]));
  });

  it('is not judged where the owner’s stream is damaged, and goes where there is no owner', async () => {
    const model = await withAnn();
    model.store.items[0] = { ...model.store.items[0], type: 'UserTeleported' };
    model.store.claims.set('group#name#x', '');
    expect(await sweeping(model)).toEqual({ removed: 1 });
    expect(model.store.claims).toEqual(new Map([[await mail(model), 'user#ann']]));
  });
});

it('a damaged stream without a row is counted as failed, and the rest comes right', async () => {
  const model = await withAnn();
  await model.command('createGroup', uuid(7), { name: 'g', description: 'd' });
  model.store.items[0] = { ...model.store.items[0], type: 'UserTeleported' };
  model.rows.table.clear();
  model.store.claims.delete('group#name#g');
  model.start(uuid(1), 0);
  await model.run();
  expect(await model.ledger.find(uuid(1))).toMatchObject({
    status: 'COMPLETED',
    total: 2,
    rebuilt: 1,
    failed: 1,
    lastError: expect.stringContaining('user#ann'),
  });
  expect([...model.rows.table.keys()]).toEqual([`group#${uuid(7)}`]);
  expect(model.store.claims).toEqual(
    new Map([
      [await mail(model), 'user#ann'],
      ['group#name#g', `group#${uuid(7)}`],
    ]),
  );
});

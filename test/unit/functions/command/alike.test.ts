import { describe, expect, it } from 'vitest';
import { fold } from '../../../../domain/kernel/stream/fold.ts';
import { restoreClaims } from '../../../../functions/rebuild/claims.ts';
import { memoryClaims } from '../../../../functions/ports/claims/memory.ts';
import {
  command,
  type CommandMessage,
  correctEvent,
  createGroup,
  createRole,
} from '../../../support/clients/commands.ts';
import { recoveryModel, uuid } from '../../../support/models/recoveryModel.ts';
import { whatIs, whatShouldBe, writePath } from '../../../support/models/writePath.ts';

const settling = () => {
  const path = writePath();
  return {
    path,
    /** How a command ends: APPLIED, or the code of its rejection. */
    ends: async (message: CommandMessage): Promise<string | undefined> => {
      await path.settle(message);
      const outcome = path.outcomesOf(message).at(-1);
      return outcome?.code ?? outcome?.status;
    },
  };
};

describe('names that look alike, by the write path', () => {
  it('are one name: for a create, a change, a correction and a restoration', async () => {
    const { path, ends } = settling();
    const [admin, editor] = [createRole('Admin'), createRole('editor')];
    const name = (name: string) => ({ name, description: 'A role.', authorizationIds: [] });
    expect([await ends(admin), await ends(editor)]).toEqual(['APPLIED', 'APPLIED']);
    expect(await ends(createRole('Ａd\u200bMIN'))).toBe('NAME_TAKEN');
    expect(await ends(command('updateRole', editor.aggregateId, { name: 'ADMIN' }))).toBe('NAME_TAKEN');
    expect(await ends(correctEvent(editor, 1, name('admin')))).toBe('NAME_TAKEN');
    expect(await ends(createGroup('ADMIN'))).toBe('APPLIED');

    expect(await ends(command('updateRole', admin.aggregateId, { name: 'ADMIN' }))).toBe('APPLIED');
    expect(await ends(createRole('Admin'))).toBe('NAME_TAKEN');

    expect(await ends(command('deleteRole', admin.aggregateId, {}))).toBe('APPLIED');
    const heir = createRole('admin');
    expect(await ends(heir)).toBe('APPLIED');
    expect(await ends(command('restoreRole', admin.aggregateId, {}))).toBe('NAME_TAKEN');
    expect(await ends(correctEvent(heir, 1, name('Heir')))).toBe('APPLIED');
    expect(await ends(command('restoreRole', admin.aggregateId, {}))).toBe('APPLIED');
    expect(await whatIs(path)).toEqual(await whatShouldBe(path));
  });

  it('of which one gets the name when both are sent at once', async () => {
    const { path } = settling();
    await path.settle(...['North', 'NORTH', 'north', 'ｎｏｒｔｈ'].map((name) => createGroup(name)));
    expect(path.notifier.published.map(({ outcome }) => outcome?.code ?? outcome?.status).sort()).toEqual([
      'APPLIED',
      ...Array<string>(3).fill('NAME_TAKEN'),
    ]);
  });
});

describe('names from before looks counted', () => {
  const withGroups = async (...names: string[]) => {
    const model = recoveryModel();
    for (const [index, name] of names.entries()) {
      await model.command('createGroup', uuid(index + 1), { name, description: 'd' });
      for (const key of model.store.claims.keys())
        if (!names.some((each) => key === `group#name#${each}`)) model.store.claims.delete(key);
    }
    return model;
  };

  it('claim their looks in a complete rebuild', async () => {
    const model = await withGroups('North', 'South');
    model.start(uuid(100), 0);
    await model.run();
    expect(await model.ledger.find(uuid(100))).toMatchObject({ status: 'COMPLETED', rebuilt: 2, failed: 0 });
    expect([...model.store.claims.keys()].sort()).toEqual(
      ['North', 'South', 'north', 'south'].map((name) => `group#name#${name}`),
    );
  });

  it('keep what they are where two look alike: the rebuild names the second, and holds nothing else up', async () => {
    const model = await withGroups('North', 'NORTH', 'South');
    model.start(uuid(100), 0);
    await model.run();
    expect(await model.ledger.find(uuid(100))).toMatchObject({
      status: 'COMPLETED',
      rebuilt: 2,
      failed: 1,
      lastError: expect.stringMatching(/both hold one name/),
    });
    expect(model.rows.table.size).toBe(3);
    expect([...model.store.claims.keys()].sort()).toEqual(
      ['NORTH', 'North', 'South', 'north', 'south'].map((name) => `group#name#${name}`),
    );
    const [held] = [...model.store.claims].filter(([key]) => key === 'group#name#north').map(([, owner]) => owner);
    const loser = held === `group#${uuid(1)}` ? uuid(2) : uuid(1);
    // Renamed, it is whole again.
    await model.command('updateGroup', loser, { name: 'West' });
    const stream = { aggregate: 'group' as const, aggregateId: loser };
    const state = fold(await model.store.load('group', loser));
    const claims = memoryClaims(model.store);
    expect(await restoreClaims(stream, state, new Map(), { eventStore: model.store, claims })).toBe(0);
  });
});

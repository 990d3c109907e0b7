import { describe, expect, it } from 'vitest';
import {
  createAuthorization,
  createGroup,
  createRole,
  createUser,
  deleteUser,
  command,
  updateUser,
} from '../clients/commands.ts';
import { type Backend, writePath } from '../models/writePath.ts';

/** What every answer about references must be. @param open gives a backend whose other parts are of the same kind */
export const referencesSuite = (name: string, open: () => Backend): void => {
  describe(`references ${name}`, () => {
    it('misses what has no stream, or was deleted, by the streams alone', async () => {
      const path = writePath(open());
      const [kept, gone] = [createRole('kept'), createRole('gone')];
      // Nothing has reached the views yet.
      await path.command(kept, gone);
      await path.command(command('deleteRole', gone.aggregateId, {}));
      const references = [kept.aggregateId, gone.aggregateId, 'never'].map((id) => ({
        attribute: 'roleId',
        aggregate: 'role' as const,
        id,
      }));
      expect(await path.backend.references.missing(references)).toEqual(references.slice(1));
      expect(await path.backend.references.missing([])).toEqual([]);
    });

    it('knows a role or group in use while a user has it', async () => {
      const path = writePath(open());
      const { references } = path.backend;
      const [role, other, group] = [createRole('role'), createRole('other'), createGroup('group')];
      await path.settle(role, other, group);
      expect(await references.inUse('role', role.aggregateId)).toBe(false);
      await path.settle(createUser('references-1', 'references-1@example.com', role.aggregateId, group.aggregateId));
      expect(await references.inUse('role', role.aggregateId)).toBe(true);
      expect(await references.inUse('group', group.aggregateId)).toBe(true);
      expect(await references.inUse('user', 'references-1')).toBe(false);
      await path.settle(updateUser('references-1', { roleId: other.aggregateId }));
      expect(await references.inUse('role', role.aggregateId)).toBe(false);
      await path.settle(deleteUser('references-1'));
      expect(await references.inUse('role', other.aggregateId)).toBe(false);
      expect(await references.inUse('group', group.aggregateId)).toBe(false);
    });

    it('sees that a reference was given up before the views do, and that another holds it all the same', async () => {
      const path = writePath(open());
      const { references } = path.backend;
      const [role, group] = [createRole('given up'), createGroup('kept')];
      await path.settle(role, group);
      const users = ['given-up-1', 'given-up-2'];
      const create = (id: string) => createUser(id, `${id}@example.com`, role.aggregateId, group.aggregateId);
      await path.settle(...users.map(create));
      // Nothing of this reaches the views.
      await path.command(updateUser(users[0]!, { roleId: null }));
      expect(await references.inUse('role', role.aggregateId)).toBe(true);
      await path.command(deleteUser(users[1]!));
      expect(await references.inUse('role', role.aggregateId)).toBe(false);
      expect(await references.inUse('group', group.aggregateId)).toBe(true);
    });

    it('does not read the streams of many who have one', async () => {
      const path = writePath(open());
      const role = createRole('many');
      const group = createGroup('of many');
      await path.settle(role, group);
      const ids = Array.from({ length: 11 }, (_, n) => `many-${n}`);
      await path.settle(...ids.map((id) => createUser(id, `${id}@example.com`, role.aggregateId, group.aggregateId)));
      await path.command(...ids.map((id) => updateUser(id, { roleId: null })));
      expect(await path.backend.references.inUse('role', role.aggregateId)).toBe(true);
      await path.settle(updateUser(ids[0]!, { roleId: null }), updateUser(ids[0]!, { firstName: 'Bo' }));
      expect(await path.backend.references.inUse('role', role.aggregateId)).toBe(false);
    });

    it('knows an authorization in use while any role grants it, past many pages of roles', async () => {
      const path = writePath(open());
      const { references, views } = path.backend;
      const [read, write] = [createAuthorization('read'), createAuthorization('write')];
      await path.settle(read, write);
      const padding = 'x'.repeat(200_000);
      for (let n = 0; n < 12; n += 1) {
        const id = `padding-${n}`;
        await views.put(
          { aggregate: 'role', id },
          {
            id,
            version: 1,
            name: id,
            nameKey: id,
            description: padding,
            authorizationIds: [],
            createdAt: 'c',
            updatedAt: 'u',
          },
          undefined,
        );
      }
      const role = createRole('reader', [read.aggregateId]);
      await path.settle(role);
      expect(await references.inUse('authorization', read.aggregateId)).toBe(true);
      expect(await references.inUse('authorization', write.aggregateId)).toBe(false);
      await path.settle(command('deleteRole', role.aggregateId, {}));
      expect(await references.inUse('authorization', read.aggregateId)).toBe(false);
    });
  });
};

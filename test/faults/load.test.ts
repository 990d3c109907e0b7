import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshotEvery } from '../../domain/kernel/stream/snapshot.ts';
import { load } from '../../load/load.ts';
import { examine } from '../../load/oracle/examine.ts';
import { examined } from '../../load/oracle/examined.ts';
import type { Item } from '../../load/oracle/stored.ts';
import { type LoadRecord, writeRecord } from '../../load/record.ts';
import { fateOf } from '../../load/report.ts';
import { settled } from '../../load/settled.ts';
import { stackIn } from '../../load/stack.ts';
import { organisation, person } from '../e2e/organisation.ts';
import { ownStack, type OwnStack } from '../support/stack/ownStack.ts';

let own: OwnStack;
beforeAll(async () => {
  own = await ownStack();
});
afterAll(() => own?.stop());

const wrong = async (): Promise<string[]> => {
  const { stored } = await settled(own.stateDir, 120);
  return examine(examined(stored, Date.now())).flatMap((verdict) =>
    verdict.wrong.map((words) => `${verdict.invariant}: ${words}`),
  );
};

describe('after a load', () => {
  let record: LoadRecord;

  /** Streams that are long enough to have snapshots: of a group, and of a person. */
  const makeLong = async () => {
    const { roleId, groupId } = await organisation(own.admin);
    const someone = person({ roleId, groupId }) as { id: string };
    await own.admin.apply('createUser', someone);
    for (const [operation, id] of [
      ['updateGroup', groupId],
      ['updateUser', someone.id],
    ] as const)
      for (let n = 0; n <= snapshotEvery; n += 1) {
        const change = operation === 'updateGroup' ? { description: `${n}` } : { firstName: `N${n}` };
        expect(await own.admin.run(operation, { id, ...change })).toMatchObject({ status: 'APPLIED' });
      }
  };

  it('every command has an outcome, and an oracle that knows nothing of the code finds nothing', async () => {
    await makeLong();
    const options = { state: own.stateDir, commands: 200, rate: 50, seed: 7, chaos: false };
    record = await load(options, stackIn(own.stateDir), () => undefined);
    writeRecord(own.stateDir, record);
    expect(record.commands.filter((each) => fateOf(each) === 'no outcome')).toEqual([]);
    expect(record.commands.filter((each) => fateOf(each) === 'applied').length).toBeGreaterThan(50);
    expect(record.listened.every(({ versions }) => Object.keys(versions).length > 20)).toBe(true);
    expect(await wrong()).toEqual([]);
    const kept = new Set((await own.inspection.scan('snapshot')).map(({ streamId }) => String(streamId).split('#')[0]));
    expect(kept).toEqual(new Set(['group', 'user']));
  });

  const table = (name: string) => ({ TableName: own.outputs.Tables[name] });
  const put = (name: string, item: Item) =>
    own.inspection.dynamoDb.send(new PutCommand({ ...table(name), Item: item }));
  const remove = (name: string, key: Item) =>
    own.inspection.dynamoDb.send(new DeleteCommand({ ...table(name), Key: key }));
  /** The row of some live group that was changed. */
  const someRow = async () =>
    (await own.inspection.scan('group')).find(
      ({ deletedAt, version }) => deletedAt === undefined && Number(version) > 1,
    )!;

  it.each<[string, RegExp, (row: Item) => Promise<() => Promise<unknown>>]>([
    [
      'a row that is lost',
      /^I5: group#.* has no row$/m,
      async (row) => {
        await remove('group', { id: row['id'] });
        return () => put('group', row);
      },
    ],
    [
      'a row that says something else',
      /^I5: group#.*: description is "Planted"/m,
      async (row) => {
        await put('group', { ...row, description: 'Planted' });
        return () => put('group', row);
      },
    ],
    [
      'a claim of nobody',
      /^I3: group#name#planted is claimed by group#nobody/m,
      async () => {
        await put('uniqueValue', { uniqueKey: 'group#name#planted', streamId: 'group#nobody' });
        return () => remove('uniqueValue', { uniqueKey: 'group#name#planted' });
      },
    ],
    [
      'an entry of nobody',
      /^I5: group#nobody is listed under group#all#0, and has no row/m,
      async () => {
        await put('directory', { rowKey: 'group#nobody', entry: 'group#all#0', facet: 'group#all#0', byName: 'x' });
        return () => remove('directory', { rowKey: 'group#nobody', entry: 'group#all#0' });
      },
    ],
    [
      'a snapshot that says something else',
      /^I5: the snapshot of group#.* its values is .*Planted/m,
      async () => {
        const item = (await own.inspection.scan('snapshot')).find(({ state }) => typeof state === 'string')!;
        const state = { ...(JSON.parse(String(item['state'])) as Item), attributes: { name: 'Planted' } };
        await put('snapshot', { ...item, state: JSON.stringify(state) });
        return () => put('snapshot', item);
      },
    ],
    [
      'a snapshot of a person in clear',
      /^I10: the snapshot of user#.* stands in clear/m,
      async () => {
        const item = (await own.inspection.scan('snapshot')).find(({ sealed }) => sealed !== undefined)!;
        const { sealed: _sealed, life: _life, ...rest } = item;
        const state = { status: 'live', attributes: { firstName: 'Planted' } };
        await put('snapshot', { ...rest, state: JSON.stringify(state) });
        return () => put('snapshot', item);
      },
    ],
    [
      'an event that is lost',
      /^I4: /m,
      async (row) => {
        const key = { streamId: `group#${String(row['id'])}`, version: 1 };
        const items = await own.inspection.scan('eventStore');
        const item = items.find(({ streamId, version }) => streamId === key.streamId && version === 1)!;
        await remove('eventStore', key);
        return () => put('eventStore', item);
      },
    ],
    [
      'an outcome that is lost',
      /^I2: .* has no outcome/m,
      async () => {
        const sent = record.commands.find(({ outcome }) => outcome?.status === 'REJECTED')!;
        const commandKey = `${sent.actor}#${sent.commandId}`;
        const item = (await own.inspection.scan('commandOutcome')).find((each) => each['commandKey'] === commandKey)!;
        await remove('commandOutcome', { commandKey });
        return () => put('commandOutcome', item);
      },
    ],
  ])('the oracle finds %s', async (_, words, plant) => {
    const mend = await plant(await someRow());
    try {
      expect((await wrong()).join('\n')).toMatch(words);
    } finally {
      await mend();
    }
  });
});

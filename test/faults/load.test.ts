import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { load } from '../../load/load.ts';
import { examine } from '../../load/oracle/examine.ts';
import { examined } from '../../load/oracle/examined.ts';
import type { Item } from '../../load/oracle/stored.ts';
import { type LoadRecord, writeRecord } from '../../load/record.ts';
import { fateOf } from '../../load/report.ts';
import { settled } from '../../load/settled.ts';
import { stackIn } from '../../load/stack.ts';
import { ownStack, type OwnStack } from '../support/ownStack.ts';

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

  it('every command has an outcome, and an oracle that knows nothing of the code finds nothing', async () => {
    const options = { state: own.stateDir, commands: 200, rate: 50, seed: 7, chaos: false };
    record = await load(options, stackIn(own.stateDir), () => undefined);
    writeRecord(own.stateDir, record);
    expect(record.commands.filter((each) => fateOf(each) === 'no outcome')).toEqual([]);
    expect(record.commands.filter((each) => fateOf(each) === 'applied').length).toBeGreaterThan(50);
    expect(record.listened.every(({ versions }) => Object.keys(versions).length > 20)).toBe(true);
    expect(await wrong()).toEqual([]);
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

import { grouped, percentiles, percentilesHead, sum, tally } from '../report.ts';
import { outcomesIn } from './commands.ts';
import type { Examined } from './examined.ts';

/** What there is, in parts that add up; and how long commands took. */
export const sumsOf = (all: Examined): string => {
  const { stored, streams, fates, rows } = all;
  const sent = stored.loads.flatMap(({ commands }) => commands);
  const outcomes = outcomesIn(all);
  const fate = ({ actor, commandId, receiptAt }: (typeof sent)[number]): string => {
    const found = outcomes.get(`${actor}#${commandId}`);
    if (found) return found.code ? `rejected: ${String(found.code)}` : 'applied';
    return receiptAt === undefined ? 'not taken by the API' : 'without an outcome';
  };
  const recorded = new Map(
    stored.eventStore.map(({ commandKey, timestamp }) => [String(commandKey), Number(timestamp)]),
  );
  const since = (moment: (each: (typeof sent)[number]) => number | undefined) =>
    sent.flatMap((each) => {
      const at = moment(each);
      return at === undefined ? [] : [Math.max(0, at - each.sentAt)];
    });
  const isGone = (row: Record<string, unknown>) => row['deletedAt'] !== undefined;
  return [
    sum('events', stored.eventStore.length, tally(stored.eventStore.map(({ type }) => String(type)))),
    sum('streams', streams.size, tally([...fates.values()].map(({ state }) => state))),
    sum('rows', rows.size, tally([...rows.values()].map((row) => (isGone(row) ? 'tombstones' : 'live')))),
    ...(sent.length > 0
      ? [
          sum(`commands of ${grouped(stored.loads.length)} loads`, sent.length, tally(sent.map(fate))),
          [
            percentilesHead,
            percentiles(
              'the receipt',
              since(({ receiptAt }) => receiptAt),
            ),
            percentiles(
              'its event in the store',
              since(({ actor, commandId }) => recorded.get(`${actor}#${commandId}`)),
            ),
            percentiles(
              'its event heard by subscribers',
              since(({ heardAt }) => heardAt),
            ),
          ].join('\n'),
        ]
      : []),
  ].join('\n\n');
};

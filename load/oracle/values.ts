import { aggregateOf, count, type Examined, type Verdict } from './examined.ts';
import type { Item } from './stored.ts';

/** I3: the claims are those of the live, one for each value. */
export const claimsOfTheLive = ({ stored, fates, rows }: Examined): Verdict => {
  const wrong: string[] = [];
  const byStream = new Map<string, Item[]>();
  for (const claim of stored.uniqueValue) {
    const owner = String(claim['streamId']);
    byStream.set(owner, [...(byStream.get(owner) ?? []), claim]);
    if (fates.get(owner)?.state !== 'live')
      wrong.push(`${String(claim['uniqueKey'])} is claimed by ${owner}, which is not live`);
  }
  const values = new Map<string, string>();
  for (const [streamId, { state }] of fates) {
    if (state !== 'live') continue;
    const aggregate = aggregateOf(streamId);
    const attribute = aggregate === 'user' ? 'email' : 'name';
    const value = `${aggregate} ${attribute} ${String(rows.get(streamId)?.[`${attribute}Key`])}`;
    if (values.has(value)) wrong.push(`${streamId} and ${values.get(value)} both have ${value}`);
    values.set(value, streamId);
    const claims = (byStream.get(streamId) ?? []).map((claim) => String(claim['uniqueKey']));
    // A name is claimed as it stands, and in the form that it has in common with what looks like it. An address is
    // claimed as a hash.
    const held =
      aggregate === 'user'
        ? claims.length === 1 && !/@/.test(claims[0]!)
        : claims.length <= 2 && claims.includes(`${aggregate}#name#${String(rows.get(streamId)?.['nameKey'])}`);
    if (!held) wrong.push(`${streamId} has the claims ${claims.join(', ') || 'none'}`);
  }
  return {
    invariant: 'I3',
    says: 'a unique value is held by one live aggregate, which has it',
    looked: `${count(stored.uniqueValue.length, 'claims')}, ${count(values.size, 'values')}`,
    wrong,
  };
};

const personal = ['firstName', 'lastName', 'birthDate', 'email', 'reason'];

/** I10: what is said of people is sealed; the keys of the erased are gone, and those of the others are there. */
export const sealedPersons = ({ stored, streams }: Examined): Verdict => {
  const keys = new Map(stored.subjectKey.map((item) => [String(item['subject']), item]));
  const wrong: string[] = [];
  let sealed = 0;
  for (const [streamId, events] of streams) {
    if (aggregateOf(streamId) !== 'user') continue;
    const erasedAt = events.findLast(({ type }) => type === 'UserErased')?.version ?? 0;
    const lives = Object.keys(keys.get(streamId) ?? {})
      .flatMap((name) => /^life(\d+)$/.exec(name)?.[1] ?? [])
      .map(Number);
    const left = lives.filter((life) => life <= erasedAt);
    if (left.length > 0) wrong.push(`${streamId} was erased, and the keys of its lives ${left.join(', ')} are there`);
    for (const { version, payload, life, sealed: value } of events) {
      if (value !== undefined) sealed += 1;
      const said = Object.keys(payload).filter((name) => personal.includes(name));
      // What was stored before there were keys stands in clear until it is sealed.
      if (life !== undefined && said.length > 0)
        wrong.push(`version ${version} of ${streamId} says ${said.join(', ')} in clear`);
      if (value !== undefined && version > erasedAt && !lives.includes(life!))
        wrong.push(`version ${version} of ${streamId} is sealed, its key is gone, and nobody erased it`);
    }
  }
  return {
    invariant: 'I10',
    says: 'what is said of people is sealed, by keys that an erasure destroys',
    looked: count(sealed, 'sealed events'),
    wrong,
  };
};

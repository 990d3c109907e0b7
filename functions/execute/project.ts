import { isDeepStrictEqual } from 'node:util';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import type { State } from '../../domain/kernel/stream/state.ts';
import { evolve } from '../../domain/kernel/stream/fold.ts';
import { rowOf, rowStepOf, stateOf, type ViewRow } from '../../domain/kernel/view/view.ts';
import { list } from '../ports/directory/list.ts';
import type { Directory } from '../ports/directory/port.ts';
import { rowKeyOf, type Views } from '../ports/views/port.ts';
import { again, conflictPolicy, retry } from '../runtime/retry.ts';
import { loadStream, type StreamPorts } from '../streams/load.ts';
import { orUnrebuildable } from '../streams/unrebuildable.ts';
import { isSound } from './sound.ts';
import { writeOne } from './write.ts';
import { Failure, Hopeless } from '../runtime/failure.ts';

export interface ProjectPorts extends StreamPorts {
  views: Views;
  directory: Directory;
}

/** The row with the event in it. `how`: by one write; with events from the store; or nothing was to write. */
export interface Projected {
  row: ViewRow;
  how: 'applied' | 'caughtUp' | 'repeat';
}

/**
 * Brings a view row to an event's version or beyond, whatever order events arrive in, and the directory in line with
 * it. In order, the row costs one conditional write and no read. A row never goes back. What is on no row that this
 * system wrote is not built on: such a row is made anew from its stream.
 * @throws when the row did not hold still, or the store does not have the event
 */
export const project = async (event: DomainEvent, ports: ProjectPorts): Promise<Projected> => {
  const projected = await projectRow(event, ports);
  const key = rowKeyOf(event);
  // What its first event makes is nowhere yet: that saves a look at each create.
  const isNew = event.version === 1 && projected.how === 'applied';
  await list({ key, row: projected.row, isNew }, ports.directory, () => ports.views.get(key));
  return projected;
};

const projectRow = async (event: DomainEvent, ports: ProjectPorts): Promise<Projected> => {
  const result = await writeOne(event, ports.views);
  if (result?.kind !== 'written')
    return catchUp(event, result ? result.row : await ports.views.get(rowKeyOf(event)), ports);
  const { row } = result;
  if (isSound(event.aggregate, row)) return { row, how: 'applied' };
  const mended = await unlessHopeless(catchUp(event, row, ports));
  return mended && mended.how !== 'repeat' ? mended : { row, how: 'applied' };
};

/** Undefined where the stream cannot be read either: the row is then what there is. */
const unlessHopeless = <Result>(work: Promise<Result>): Promise<Result | undefined> =>
  work.catch((error: unknown) => {
    if (error instanceof Hopeless) return undefined;
    throw error;
  });

/** Reads what the row lacks from the store, rather than wait for it to come. */
const catchUp = (event: DomainEvent, found: ViewRow | undefined, ports: ProjectPorts): Promise<Projected> => {
  let row = found;
  return retry(
    conflictPolicy,
    async () => {
      const base = row && isSound(event.aggregate, row) ? row : undefined;
      if (base && base.version >= event.version) return { row: base, how: 'repeat' };
      const target = rowOf(event.aggregate, event.aggregateId, await stateBeyond(event, base, ports));
      if (!target) throw new Failure(`The stream of ${event.aggregate} ${event.aggregateId} leaves nothing to show`);
      if (isDeepStrictEqual(target, row)) return { row: target, how: 'repeat' };
      const result = await ports.views.put(rowKeyOf(event), target, row);
      if (result.kind === 'written') return { row: result.row, how: 'caughtUp' };
      row = result.row;
      return again;
    },
    () => new Failure(`The row of ${event.aggregate} ${event.aggregateId} did not hold still`),
  );
};

/**
 * The state after all that is stored: the missing events on top of the row, or the stream where they have to be seen
 * with it.
 * @throws when the store does not have the event
 */
const stateBeyond = async (event: DomainEvent, row: ViewRow | undefined, ports: ProjectPorts): Promise<State> => {
  const { aggregate, aggregateId, version } = event;
  const stepsOn = (each: DomainEvent) => rowStepOf(each).kind !== 'fold';
  const unlessLost = (last: number) => {
    if (last < version) throw new Failure(`The event store has no version ${version} of ${aggregate} ${aggregateId}`);
  };
  if (row && stepsOn(event)) {
    const before = stateOf(aggregate, row);
    // The next event of a row is all that is missing of it, as far as its message knows.
    if (row.version === version - 1) return orUnrebuildable(() => evolve(before, event));
    const missing = await ports.eventStore.loadAfter(aggregate, aggregateId, row.version);
    unlessLost(missing.at(-1)?.version ?? 0);
    if (missing.every(stepsOn)) return orUnrebuildable(() => missing.reduce(evolve, before));
  }
  const { state } = (await loadStream(ports, aggregate, aggregateId)).stream;
  unlessLost(state.version);
  return state;
};

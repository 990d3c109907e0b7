import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { Reference } from '../../../domain/kernel/command/command.ts';
import { valueFacet } from '../../../domain/kernel/view/directory.ts';
import { type DomainEvent, streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { foldAt } from '../../../domain/kernel/stream/fold.ts';
import { type Stream, streamOf } from '../../../domain/kernel/stream/stream.ts';
import type { State } from '../../../domain/kernel/stream/state.ts';
import { type Claim, claimsOf } from '../../../domain/kernel/stream/unique.ts';
import { referrersOf } from '../../../domain/operations.ts';
import { apiNameOf } from '../../api.ts';
import type { ClaimReader } from '../../ports/claims/port.ts';
import type { FoundName } from '../../ports/ledger/port.ts';
import type { Directory } from '../../ports/directory/port.ts';
import type { EventIndex } from '../../ports/eventIndex/port.ts';
import type { EventReader, SealReader } from '../../ports/eventStore/port.ts';
import { mapBounded } from '../../runtime/concurrency.ts';
import { InvalidArgument } from '../arguments.ts';
import { typesOf } from '../audit.ts';
import { concurrentLoads } from '../shown.ts';

export interface WorldPorts {
  eventStore: EventReader & SealReader;
  eventIndex: EventIndex;
  claims: ClaimReader;
  directory: Pick<Directory, 'owners'>;
  now(): number;
}

/** A stream as it is, and as it is supposed to be. */
export interface Line {
  aggregate: AggregateName;
  aggregateId: string;
  events: DomainEvent[];
  is: State;
  supposed: Stream;
  /** How many commands added an event at the moment of the question. */
  added: number;
}

/**
 * Streams of a kind that may have changed since the moment of the question, at the most; and events of all streams that
 * were loaded.
 */
const mostChanged = 1_000;
const mostEvents = 100_000;

/** The time line that is supposed: streams as they would be, and all others as they are. */
export class World {
  /** By stream id; those that were looked at. */
  private readonly lines = new Map<string, Promise<Line>>();
  private readonly changed = new Map<AggregateName, Promise<string[]>>();
  private readonly holders = new Map<string, FoundName | undefined>();
  private events = 0;

  constructor(
    private readonly ports: WorldPorts,
    /** The moment of the question. */
    private readonly at: number,
  ) {}

  line(aggregate: AggregateName, aggregateId: string): Promise<Line> {
    const streamId = streamIdOf(aggregate, aggregateId);
    const line = this.lines.get(streamId) ?? this.load(aggregate, aggregateId);
    this.lines.set(streamId, line);
    return line;
  }

  private async load(aggregate: AggregateName, aggregateId: string): Promise<Line> {
    const events = await this.ports.eventStore.load(aggregate, aggregateId);
    this.events += events.length;
    if (this.events > mostEvents)
      throw new InvalidArgument('input', `must be about streams of ${mostEvents} events together at the most`);
    const supposed = streamOf(events);
    return { aggregate, aggregateId, events, is: supposed.state, supposed, added: 0 };
  }

  suppose(line: Line, supposed: Stream, added = 0): void {
    const { aggregate, aggregateId } = line;
    this.lines.set(
      streamIdOf(aggregate, aggregateId),
      Promise.resolve({ ...line, supposed, added: line.added + added }),
    );
  }

  /** Every stream that differs from what it is, or was looked at. */
  all(): Promise<Line[]> {
    return Promise.all(this.lines.values());
  }

  /** @param moment milliseconds since the epoch; without end: as it is in the end */
  stateAt({ events, supposed, added }: Line, moment: number): State {
    const past = moment < supposed.state.updatedAt;
    if (!past) return supposed.state;
    const state = foldAt(supposed.events, moment, Infinity, supposed.without);
    return { ...state, version: foldAt(events, moment).version + added };
  }

  /** Those of references that point to nothing live. */
  async missing(references: Reference[], moment: number): Promise<Reference[]> {
    const missing = await mapBounded(references, concurrentLoads, async (reference) => {
      const state = this.stateAt(await this.line(reference.aggregate, reference.id), moment);
      return state.status === 'live' ? [] : [reference];
    });
    return missing.flat();
  }

  /** Whether a live aggregate refers to this one. */
  async inUse(aggregate: AggregateName, id: string, moment: number): Promise<boolean> {
    for (const { aggregate: referring, attribute } of referrersOf(aggregate)) {
      const uncertain = await this.uncertain(referring, moment);
      const owners = await this.ports.directory.owners(valueFacet(referring, attribute, id), uncertain.length + 1);
      const known = new Set(uncertain.map((each) => streamIdOf(referring, each)));
      if (owners.some((owner) => !known.has(owner))) return true;
      const uses = await mapBounded(uncertain, concurrentLoads, async (each) => {
        const state = this.stateAt(await this.line(referring, each), moment);
        return state.status === 'live' && [state.attributes[attribute]].flat().includes(id);
      });
      if (uses.includes(true)) return true;
    }
    return false;
  }

  /** Who holds claims at present, asked for together and once. */
  async lookUp(claims: Claim[]): Promise<void> {
    const unknown = [...new Map(claims.map((claim) => [claim.key, claim])).values()].filter(
      ({ key }) => !this.holders.has(key),
    );
    if (unknown.length === 0) return;
    const holders = await this.ports.claims.holders(unknown);
    for (const [index, { key }] of unknown.entries()) this.holders.set(key, holders[index]);
  }

  /** The first of claims that another live aggregate holds. */
  async taken(claims: Claim[], { aggregate, aggregateId }: Line, moment: number): Promise<Claim | undefined> {
    if (claims.length === 0) return undefined;
    await this.lookUp(claims);
    const ofHolders = claims.flatMap(({ key }) => {
      const holder = this.holders.get(key);
      return holder?.aggregate === aggregate ? [holder.aggregateId] : [];
    });
    const others = new Set([...ofHolders, ...(await this.uncertain(aggregate, moment))]);
    others.delete(aggregateId);
    const held = await mapBounded([...others], concurrentLoads, async (each) =>
      claimsOf(aggregate, this.stateAt(await this.line(aggregate, each), moment)).map(({ key }) => key),
    );
    return claims.find(({ key }) => held.flat().includes(key));
  }

  /** The ids of those of a kind that are not, or were not at the moment, what views and claims say. */
  private async uncertain(aggregate: AggregateName, moment: number): Promise<string[]> {
    const seen = (await this.all())
      .filter((line) => line.aggregate === aggregate)
      .map(({ aggregateId }) => aggregateId);
    return [...new Set([...seen, ...(moment < this.ports.now() ? await this.changedSince(aggregate) : [])])];
  }

  private changedSince(aggregate: AggregateName): Promise<string[]> {
    const changed = this.changed.get(aggregate) ?? this.findChanged(aggregate);
    this.changed.set(aggregate, changed);
    return changed;
  }

  private async findChanged(aggregate: AggregateName): Promise<string[]> {
    const found = new Set<string>();
    for (const type of typesOf(aggregate)) {
      let after: string | undefined;
      do {
        const range = { from: this.at + 1, to: this.ports.now(), limit: mostChanged, after };
        const { entries, next } = await this.ports.eventIndex.page({ type }, range);
        for (const { aggregateId } of entries) found.add(aggregateId);
        if (found.size > mostChanged)
          throw new InvalidArgument(
            'at',
            `must be a moment since which no more than ${mostChanged} of ${apiNameOf(aggregate)} have changed`,
          );
        after = next;
      } while (after !== undefined);
    }
    return [...found];
  }
}

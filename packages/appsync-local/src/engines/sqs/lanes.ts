import type { Message } from './message.ts';

interface Lane {
  waiting: Message[];
  /** How many of its messages somebody has. */
  inFlight: number;
}

const laneOf = ({ group, id }: Message): string => group ?? ` ${id}`;

/**
 * The messages that wait in a queue, by message group; each without one is a lane of its own, as SQS treats it. The
 * lane with the fewest messages in flight comes first, and among equals the one that was served longest ago: a group
 * with a long backlog holds up itself.
 */
export class FairLanes {
  /** Those with messages that wait, the one served longest ago first. */
  readonly #lanes = new Map<string, Lane>();
  readonly #inFlight = new Map<string, number>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(message: Message): void {
    const group = laneOf(message);
    let lane = this.#lanes.get(group);
    if (!lane) this.#lanes.set(group, (lane = { waiting: [], inFlight: this.#inFlight.get(group) ?? 0 }));
    lane.waiting.push(message);
    this.#length += 1;
  }

  /** The next message, which is in flight from now on. */
  take(): Message | undefined {
    let group: string | undefined;
    let chosen: Lane | undefined;
    for (const [name, lane] of this.#lanes) {
      if (chosen && lane.inFlight >= chosen.inFlight) continue;
      group = name;
      chosen = lane;
      if (lane.inFlight === 0) break;
    }
    const message = chosen?.waiting.shift();
    if (!message || !chosen || group === undefined) return undefined;
    this.#length -= 1;
    this.#lanes.delete(group);
    if (chosen.waiting.length > 0) this.#lanes.set(group, chosen);
    this.#count(message, 1);
    return message;
  }

  /** Nobody has the message any more. */
  release(message: Message): void {
    this.#count(message, -1);
  }

  /** Takes out those that wait and fit. */
  remove(fits: (message: Message) => boolean): Message[] {
    const removed: Message[] = [];
    for (const [group, lane] of this.#lanes) {
      const kept = lane.waiting.filter((message) => !(fits(message) && removed.push(message)));
      if (kept.length === 0) this.#lanes.delete(group);
      lane.waiting = kept;
    }
    this.#length -= removed.length;
    return removed;
  }

  #count(message: Message, by: 1 | -1): void {
    const group = laneOf(message);
    const inFlight = (this.#inFlight.get(group) ?? 0) + by;
    if (inFlight > 0) this.#inFlight.set(group, inFlight);
    else this.#inFlight.delete(group);
    const lane = this.#lanes.get(group);
    if (lane) lane.inFlight = inFlight;
  }
}

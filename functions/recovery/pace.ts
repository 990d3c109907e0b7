/**
 * How many chunks a recovery has under way at once, so that live commands keep their share, and a slow engine is not
 * flooded.
 */
export interface Pace {
  /** More chunks are sent only while fewer than this are unfinished. */
  window: number;
  /** Chunks done when it was last set, and when that was (milliseconds since the epoch). */
  done: number;
  since: number;
  /** When one came back last, and how often those that did not were sent again since. */
  moved: number;
  resent: number;
}

/** With the chunks of one page of the index beyond it, about fifty at the most. */
const widest = 30;
const narrowest = 2;
const widthAtFirst = 10;

/** How long none may come back before there are too many. */
const patienceMs = 5_000;

export const firstPace = (now: number): Pace => ({
  window: widthAtFirst,
  done: 0,
  since: now,
  moved: now,
  resent: 0,
});

/**
 * The pace when so many chunks are done: wider after each window of them that came back in time, half after none did.
 */
export const paceAfter = (pace: Pace, done: number, now: number): Pace => {
  const cameBack = done - pace.done;
  const late = now - pace.since > patienceMs;
  if (cameBack < pace.window && !late) return pace;
  if (cameBack === 0) return { ...pace, window: Math.max(narrowest, Math.floor(pace.window / 2)), since: now };
  const window = late ? pace.window : Math.min(widest, 2 * pace.window);
  return { window, done, since: now, moved: now, resent: 0 };
};

/** How long to wait for chunks to come back: longer, the fewer may be under way. */
export const pauseOf = ({ window }: Pace): number => Math.round(100 + 2_000 / window);

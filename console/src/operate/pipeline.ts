/** Where commands and events are now, put together for the picture. */
import { useEffect, useRef, useState } from 'react';
import type { Pipeline, QueueState } from 'user-management-client';
import { useClient } from '../session/context.ts';

/** Of what the mediator could not pass on. */
export const failureQueue = 'mediatorFailureQueue';

export interface Stretch {
  waiting: number;
  inFlight: number;
  /** Seconds; null where that is not measured. */
  oldest: number | null;
}

export interface Picture {
  commands: Stretch;
  projections: Stretch;
  recoveries: Stretch;
}

/** Queues are named by their operation, as in `createUserQueue`; those of events `executeCreateUserQueue`. */
const partOf = ({ name }: QueueState): keyof Picture => {
  if (name === 'recoveryQueue') return 'recoveries';
  return /^execute[A-Z]/.test(name) ? 'projections' : 'commands';
};

export const pictureOf = ({ queues }: Pipeline): Picture => {
  const stretch = (part: keyof Picture): Stretch => {
    const own = queues.filter((queue) => queue.name !== failureQueue && partOf(queue) === part);
    const ages = own.flatMap(({ oldestSeconds }) => oldestSeconds ?? []);
    return {
      waiting: own.reduce((sum, { waiting }) => sum + waiting, 0),
      inFlight: own.reduce((sum, { inFlight }) => sum + inFlight, 0),
      oldest: ages.length === 0 ? null : Math.max(...ages),
    };
  };
  return {
    commands: stretch('commands'),
    projections: stretch('projections'),
    recoveries: stretch('recoveries'),
  };
};

export const underWay = ({ waiting, inFlight }: Stretch): number => waiting + inFlight;

/** Milliseconds of the past that are counted. */
const minute = 60_000;

export interface Heard {
  /** In the latest minute: notifications of rows, and the events that they were of. */
  notifications: number;
  events: number;
  /**
   * Seconds from the latest event to its notification here; null before there is one, and as exact as the clocks agree.
   */
  lag: number | null;
  /** When the latest one came, milliseconds since the epoch. */
  at: number;
  state: 'loading' | 'live' | 'lost' | 'ended';
}

/** What is heard of all rows, counted once a second. */
export function useHeard(): Heard {
  const client = useClient();
  const heard = useRef<{ at: number; eventId: string | null; lag: number | null }[]>([]);
  const [counted, setCounted] = useState<Heard>({ notifications: 0, events: 0, lag: null, at: 0, state: 'loading' });
  useEffect(() => {
    const state = (to: Heard['state']) => setCounted((before) => ({ ...before, state: to }));
    const stop = client.onProjectionUpdated(
      {},
      {
        ready: () => state('live'),
        lost: () => state('lost'),
        error: () => state('ended'),
        next: ({ eventId, timestamp }) => {
          const at = Date.now();
          heard.current.push({ at, eventId, lag: timestamp ? Math.max(0, at - Date.parse(timestamp)) / 1_000 : null });
        },
      },
    );
    const timer = setInterval(() => {
      const since = Date.now() - minute;
      const recent = (heard.current = heard.current.filter(({ at }) => at >= since));
      const events = new Set(recent.flatMap(({ eventId }) => eventId ?? [])).size;
      const lag = recent.findLast((each) => each.lag !== null)?.lag;
      setCounted((before) => ({
        ...before,
        notifications: recent.length,
        events,
        lag: lag ?? before.lag,
        at: recent.at(-1)?.at ?? before.at,
      }));
    }, 1_000);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [client]);
  return counted;
}

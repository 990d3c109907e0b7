/** Values that are kept for a while; of too many, those first that were kept first. */
export interface Cache<Value> {
  get(id: string): Value | undefined;
  set(id: string, value: Value): void;
  delete(id: string): void;
}

/** @param now milliseconds since the epoch */
export const expiringCache = <Value>(seconds: number, most: number, now: () => number): Cache<Value> => {
  const entries = new Map<string, { value: Value; until: number }>();
  return {
    get(id) {
      const entry = entries.get(id);
      if (!entry) return undefined;
      if (now() < entry.until) return entry.value;
      entries.delete(id);
      return undefined;
    },
    set(id, value) {
      entries.delete(id);
      entries.set(id, { value, until: now() + seconds * 1000 });
      // Expired ones are the eldest: they leave memory too, not only use.
      for (const [each, { until }] of entries) {
        if (until > now() && entries.size <= most) break;
        entries.delete(each);
      }
    },
    delete: (id) => void entries.delete(id),
  };
};

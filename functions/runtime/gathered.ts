/**
 * A look-up that asks once for all who ask in the same turn; a failure is everybody's.
 * @param find finds values by their ids, none of which is given twice
 */
export const gathered = <Value>(
  find: (ids: string[]) => Promise<Map<string, Value>>,
): ((ids: string[]) => Promise<Map<string, Value>>) => {
  let next: { ids: Set<string>; found: Promise<Map<string, Value>> } | undefined;
  const begin = () => {
    const ids = new Set<string>();
    const found = Promise.resolve().then(() => {
      next = undefined;
      return find([...ids]);
    });
    return { ids, found };
  };
  return async (ids) => {
    next ??= begin();
    for (const id of ids) next.ids.add(id);
    const found = await next.found;
    return new Map(ids.flatMap((id) => (found.has(id) ? [[id, found.get(id)!] as const] : [])));
  };
};

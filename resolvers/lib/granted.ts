import { isId, isList, type Row } from './batch.ts';

/** What roles grant, each once. Two loops, as the ids of a hundred roles are more than one loop may visit. */
export function authorizationIdsOf(roles: Row[]): string[] {
  const seen: Record<string, boolean> = {};
  for (const role of roles) {
    for (const id of idsOf(role)) {
      seen[id] = true;
    }
  }
  return Object.keys(seen);
}

function idsOf({ authorizationIds }: Row): string[] {
  return (isList(authorizationIds) ? (authorizationIds as unknown[]) : []).filter(isId) as string[];
}

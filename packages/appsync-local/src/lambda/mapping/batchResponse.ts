/**
 * What a function's answer says of its batch when the mapping has `ReportBatchItemFailures`: the identifiers of the
 * failed items, or `all`. An answer without failures, an empty list, or none at all, is a success; whatever cannot be
 * understood fails the whole batch.
 */
export function reportedFailures(response: unknown, identifiers: ReadonlySet<string>): Set<string> | 'all' {
  if (response === null || response === undefined) return new Set();
  if (Array.isArray(response) && response.length === 0) return new Set();
  if (typeof response !== 'object' || Array.isArray(response)) return 'all';
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === null || failures === undefined) return new Set();
  if (!Array.isArray(failures)) return 'all';

  const failed = new Set<string>();
  for (const failure of failures as unknown[]) {
    const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof identifier !== 'string' || !identifiers.has(identifier)) return 'all';
    failed.add(identifier);
  }
  return failed;
}

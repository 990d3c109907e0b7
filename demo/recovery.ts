/** A recovery, with its progress. */
import type { Client } from './client.ts';
import { clearProgress, showProgress } from './report.ts';

interface Recovery {
  recoveryId: string;
  status: 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  total: number | null;
  discovered: number;
  rebuilt: number;
  changed: number;
  failed: number;
  lastError: string | null;
}

const fields = 'recoveryId status total discovered rebuilt changed failed lastError';
const pauseMs = 300;

/** Without any progress for so long, it is given up. */
const patienceMs = 60_000;

/**
 * Rebuilds the views of all streams with an event since a moment. Resolves to the recovery's id when it has completed.
 */
export async function recover(client: Client, timestamp: string): Promise<string> {
  const started = await client.request(
    `mutation ($timestamp: AWSDateTime!) { recoverFrom(timestamp: $timestamp) { ${fields} } }`,
    { timestamp },
  );
  let recovery = started['recoverFrom'] as Recovery;
  let seen = '';
  let seenAt = Date.now();
  while (recovery.status === 'RUNNING') {
    if (describe(recovery) !== seen) {
      seen = describe(recovery);
      seenAt = Date.now();
    }
    if (Date.now() - seenAt > patienceMs) throw new Error(`Recovery ${recovery.recoveryId} makes no progress: ${seen}`);
    showProgress(`  ${seen}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const query = `query ($recoveryId: ID!) { recovery(recoveryId: $recoveryId) { ${fields} } }`;
    recovery = (await client.request(query, { recoveryId: recovery.recoveryId }))['recovery'] as Recovery;
  }
  clearProgress();
  console.log(`  ${describe(recovery)}`);
  if (recovery.status !== 'COMPLETED')
    throw new Error(`Recovery ${recovery.recoveryId}: ${recovery.lastError ?? recovery.status}`);
  return recovery.recoveryId;
}

function describe({ status, total, discovered, rebuilt, changed, failed }: Recovery): string {
  return `${status}: ${rebuilt} of ${total ?? `${discovered} or more`} streams rebuilt, ${changed} rows changed, ${failed} failed`;
}

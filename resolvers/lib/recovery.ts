import { util, type Context } from '@aws-appsync/utils';
import type { Recovery } from '../../generated/schema.ts';
import { unreadable } from './fail.ts';

/** The sort key of a recovery's own row; its other items are the recovery function's. */
export const ledgerItem = 'ledger';

export function ledgerKey(recoveryId: string): Record<string, unknown> {
  return util.dynamodb.toMapValues({ recoveryId, item: ledgerItem });
}

/** What the API's type takes of a recovery. */
export const ledgerColumns = {
  columns: {
    recoveryId: 'reference',
    timestamp: 'moment',
    status: 'choice',
    discovered: 'number',
    rebuilt: 'number',
    changed: 'number',
    failed: 'number',
    startedAt: 'moment',
    updatedAt: 'moment',
    completedAt: 'moment?',
    total: 'number?',
    cursor: 'text?',
    lastError: 'text?',
    actor: 'text?',
  },
  choices: { status: '^(RUNNING|COMPLETED|FAILED|CANCELLED)\\z' },
};

/** The row that a read found. */
export function readLedger(ctx: Context): Recovery | null {
  if (ctx.error) {
    unreadable(ctx.error);
  }
  return ctx.result;
}

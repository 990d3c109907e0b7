import type { Guard } from '../guard.ts';
import { accessGuards } from './access.ts';
import { commandGuards } from './commands.ts';
import { conditionGuards } from './conditions.ts';
import { deploymentGuards } from './deployment.ts';
import { doorGuards } from './doors.ts';
import { executionGuards } from './execution.ts';
import { readGuards } from './reads.ts';
import { recoveryGuards } from './recovery.ts';
import { sealingGuards } from './sealing.ts';
import { snapshotGuards } from './snapshots.ts';

/** By kind. */
export const guardsByKind: Record<string, Guard[]> = {
  commands: commandGuards,
  conditions: conditionGuards,
  execution: executionGuards,
  reads: readGuards,
  recovery: recoveryGuards,
  access: accessGuards,
  doors: doorGuards,
  sealing: sealingGuards,
  snapshots: snapshotGuards,
  deployment: deploymentGuards,
};

export const guards: Guard[] = Object.values(guardsByKind).flat();

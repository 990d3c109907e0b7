/** What the rules say of resolver code. */
import type { AnyNode } from '../code/ast.ts';
import { positionOf } from '../code/ast.ts';

/**
 * `error`: AppSync refuses the code, or runs it otherwise than it reads. `warning`: reports of the service conflict.
 * `local`: AppSync takes it, and the local AppSync does not have it.
 */
export type Severity = 'error' | 'warning' | 'local';

export interface Finding {
  /** Both count from 1. */
  line: number;
  column: number;
  /** Which check found it: `syntax`, `name`, `TS2339` and the like. */
  rule: string;
  severity: Severity;
  message: string;
}

/** Says that something is wrong with a node. */
export type Report = (node: AnyNode, rule: string, message: string, severity?: Severity) => void;

/** A list, and the way to add to it. */
export function collect(): { findings: Finding[]; report: Report } {
  const findings: Finding[] = [];
  const report: Report = (node, rule, message, severity = 'error') =>
    void findings.push({ ...positionOf(node), rule, severity, message });
  return { findings, report };
}

export function inOrder(findings: Finding[]): Finding[] {
  return [...findings].sort((one, other) => one.line - other.line || one.column - other.column);
}

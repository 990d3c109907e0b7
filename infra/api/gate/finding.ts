/** Something in a bundle that AppSync would refuse, or run otherwise than it reads. */
export interface Finding {
  /** Both count from 1. */
  line: number;
  column: number;
  /** Which check found it: `TS2339`, `no-regex`, `method` and the like. */
  rule: string;
  message: string;
}

export const inOrder = (findings: Finding[]): Finding[] =>
  [...findings].sort((one, other) => one.line - other.line || one.column - other.column);

import { dayOf, timeOf } from './words.ts';

/** A moment in a narrow column: where it is broken in two, it is between day and time. */
export function Moment({ of }: { of: string | null | undefined }) {
  if (!of) return '–';
  return (
    <>
      <span style={{ whiteSpace: 'nowrap' }}>{dayOf(of)}</span>{' '}
      <span style={{ whiteSpace: 'nowrap' }}>{timeOf(of)}</span>
    </>
  );
}

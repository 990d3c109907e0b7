/** SOAK=1: the long sweeps as well; which there are says docs/guarantees.md. */
export const soak = process.env['SOAK'] === '1';

/** How often a property is tried. */
export const runs = (usually: number, inALongRun: number): number => (soak ? inALongRun : usually);

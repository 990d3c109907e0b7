/** SOAK=1: everything to its very end, for hours; what that means for which test says docs/guarantees.md. */
export const soak = process.env['SOAK'] === '1';

/** SWEEPS=1, as in CI: the files `*.sweep.test.ts` as well, and more places in some others. */
export const sweeps = soak || process.env['SWEEPS'] === '1';

/** How often a property is tried. */
export const runs = (usually: number, inALongRun: number): number => (soak ? inALongRun : usually);

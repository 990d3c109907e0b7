import { Hopeless } from '../runtime/failure.ts';

/** A stream that no repetition will rebuild: it is damaged, or contradicts another. */
export class Unrebuildable extends Hopeless {
  override readonly name: string = 'Unrebuildable';
}

/** The domain's errors name events and places, which may stand in the log. */
export const orUnrebuildable = <Result>(fold: () => Result): Result => {
  try {
    return fold();
  } catch (error) {
    throw new Unrebuildable(error instanceof Error ? error.message : String(error), { cause: error });
  }
};

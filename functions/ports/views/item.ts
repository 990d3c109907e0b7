import type { ViewRow } from '../../../domain/kernel/view/view.ts';
import type { Item } from '../dynamodb/item.ts';

/**
 * A row as an item of a view table holds it, damaged or not: a damaged one has to be seen, to be made anew in its place.
 * So nothing is looked at here, for each command: who builds on a row asks whether it is sound (`execute/sound.ts`), who
 * shows one whether it can be shown (`domain/kernel/values/showable.ts`), and who replaces one goes by the version
 * that it has, whatever that is.
 */
export const viewRowIn = (item: Item): ViewRow => item as ViewRow;

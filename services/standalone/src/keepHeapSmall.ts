import { setFlagsFromString } from 'node:v8';

/** How far the heap may grow beyond what is alive before it is collected; left alone, V8 lets it more than double. */
const HEAP_GROWTH_PERCENT = 60;

/**
 * A batch lives just long enough to be taken for something that lasts. Under load the process would hold more than a hundred megabytes of
 * such batches that nobody needs any more.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
}

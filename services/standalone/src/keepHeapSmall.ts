import { constants, type NodeGCPerformanceDetail, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/** How far the heap may grow beyond what is alive before all of it is collected; left alone, V8 lets it more than double. */
const HEAP_GROWTH_PERCENT = 45;
/**
 * Up to here it may grow further, to twice what is alive at most: marking that takes a small machine for a tenth of a second, and little
 * is alive at a rate at which somebody waits for each event.
 */
const HEAP_BYTES_CALM = 180 * 2 ** 20;
const HEAP_GROWTH_PERCENT_CALM = 100;

/**
 * A batch lives just long enough to be taken for something that lasts. Under load the process would hold more than a hundred megabytes of
 * such batches that nobody needs any more.
 */
export function keepHeapSmall(): void {
  // What survived once is not put among what lasts from the start: of rows that wait for a commit, some always have when it is looked.
  setFlagsFromString('--no-allocation-site-pretenuring');
  setGrowth(getHeapStatistics().used_heap_size);
  new PerformanceObserver((list) => {
    if (list.getEntries().some(isMajor)) setGrowth(getHeapStatistics().used_heap_size);
  }).observe({ entryTypes: ['gc'] });
}

function isMajor(entry: PerformanceEntry): boolean {
  const { detail } = entry as PerformanceEntry & { detail: NodeGCPerformanceDetail };
  return detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}

/** V8 reads it at the end of each collection. */
function setGrowth(aliveBytes: number): void {
  const calm = Math.min(HEAP_GROWTH_PERCENT_CALM, Math.floor((HEAP_BYTES_CALM / aliveBytes - 1) * 100));
  setFlagsFromString(`--heap-growing-percent=${Math.max(HEAP_GROWTH_PERCENT, calm)}`);
}

import { constants, type NodeGCPerformanceDetail, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { growthPercent } from './growthPercent.js';

/**
 * A batch lives just long enough to be taken for something that lasts. Under load the process would hold more than a hundred megabytes of
 * such batches that nobody needs any more, as V8, left alone, lets the heap more than double before it collects all of it.
 */
export function keepHeapSmall(): void {
  // Else V8 would make rows of batches among what lasts from the start, as some of them are always alive when it collects what is young.
  setFlagsFromString('--no-allocation-site-pretenuring');
  bound();
  new PerformanceObserver((list) => {
    if (list.getEntries().some(isMajor)) bound();
  }).observe({ entryTypes: ['gc'] });
}

function isMajor(entry: PerformanceEntry): boolean {
  const { detail } = entry as PerformanceEntry & { detail: NodeGCPerformanceDetail };
  return detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}

/** V8 reads it at the end of a collection, so that it counts from the next one on. */
function bound(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent(getHeapStatistics().used_heap_size)}`);
}

import fc from 'fast-check';
import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Generated histories that the test tried. */
    histories?: number;
  }
}

/** Where the generation begins, and how many times as many histories; `npm run test:properties` sets both. */
const SEED = Number(process.env.PROPERTIES_SEED ?? 1);
const SCALE = Number(process.env.PROPERTIES_SCALE ?? 1);

/** Tries a property with many generated histories, and tells the test how many. A failure names the seed that brings it back. */
export function holdsForHistories<Given>(property: fc.IProperty<Given>, histories: number, { task }: TestContext): void {
  const numRuns = Math.max(1, Math.round(histories * SCALE));
  fc.assert(property, { numRuns, seed: SEED });
  task.meta.histories = numRuns;
}

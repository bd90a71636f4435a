import type { Rule } from '../catalogue/rule.js';
import { spanMinutes } from '../windows/span.js';

/** How long the rolling window of a rule is; null where it has none. */
export function rollingMinutes({ definition: { criteria } }: Rule): number | null {
  const window = 'window' in criteria ? criteria.window : null;
  return window !== null && 'rolling' in window ? spanMinutes(window.rolling) : null;
}

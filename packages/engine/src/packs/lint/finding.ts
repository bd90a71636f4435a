import type { Issue } from '../../result.js';

/** Errors keep a pack from being published, or from ever doing what it says; warnings are for a second look. */
type Severity = 'error' | 'warning';

export interface Finding extends Issue {
  severity: Severity;
  /** The index of the pack that it is about. */
  pack: number;
}

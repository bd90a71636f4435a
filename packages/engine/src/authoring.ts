/** What writing packs takes, and folding events does not: `@cairn/engine/authoring`. */
export {
  type AchievementDifference,
  type Difference,
  diffPacks,
  isDifferent,
  type PackDifference,
} from './packs/diff/diffPacks.js';
export type { Finding } from './packs/lint/finding.js';
export { type KnownByServer, lintPacks } from './packs/lint/lintPacks.js';
export { nearestName } from './packs/nearestName.js';
export { packJsonSchema } from './packs/schema/packJsonSchema.js';
export { parsePackTests } from './packs/tests/parsePackTests.js';
export { type PackTestFailure, type PackTestOutcome, runPackTest } from './packs/tests/runPackTest.js';

/** What writing packs takes, and folding events does not: `@cairn/engine/authoring`. */
export { packJsonSchema } from './packs/schema/packJsonSchema.js';
export { parsePackTests } from './packs/tests/parsePackTests.js';
export { type PackTestFailure, type PackTestOutcome, runPackTest } from './packs/tests/runPackTest.js';

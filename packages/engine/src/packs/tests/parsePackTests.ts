import type { Result } from '../../result.js';
import type { Pack } from '../pack.js';
import { readPack } from '../parsePack.js';
import type { PackTest } from './packTest.js';
import { readPackTests } from './readPackTests.js';

/** Checks a pack as it was written, and the cases that stand in it. All issues come at once. */
export function parsePackTests(input: unknown): Result<{ pack: Pack; tests: PackTest[] }> {
  return readPack(input, readPackTests);
}

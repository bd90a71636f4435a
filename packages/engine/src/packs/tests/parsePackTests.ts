import type { Issue, Result } from '../../result.js';
import { Fields } from '../fields.js';
import type { Pack } from '../pack.js';
import { parsePack } from '../parsePack.js';
import type { PackTest } from './packTest.js';
import { readPackTests } from './readPackTests.js';

/** A pack as it was written, and the cases that stand in it. */
export function parsePackTests(input: unknown): Result<{ pack: Pack; tests: PackTest[] }> {
  const parsed = parsePack(input);
  if (!parsed.ok) return parsed;
  const issues: Issue[] = [];
  const tests = readPackTests(new Fields(input, '', issues), parsed.value.achievements);
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value: { pack: parsed.value, tests } };
}

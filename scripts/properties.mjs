/**
 * npm run test:properties [-- --seed n --scale x]: the promises of the engine, with a hundred thousand generated
 * histories. The same seed and scale try the same histories again.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';
import { ROOT } from './lib/root.mjs';

const SEED_MAX = 2 ** 31 - 1;
const SCALE_MAX = 100;

/**
 * How many histories a test says that it tried.
 * @param {import('vitest/node').TestCase} test
 */
function historiesOf(test) {
  const { histories } = /** @type {{ histories?: number }} */ (test.meta());
  return histories ?? 0;
}

const { values } = parseArgs({ options: { seed: { type: 'string' }, scale: { type: 'string', default: '1' } } });
const seed = values.seed === undefined ? randomInt(SEED_MAX) : Number(values.seed);
const scale = Number(values.scale);
if (!Number.isInteger(seed) || Math.abs(seed) > SEED_MAX || !(scale > 0 && scale <= SCALE_MAX)) {
  console.error(`usage: npm run test:properties -- [--seed <whole number>] [--scale <times as many histories, up to ${SCALE_MAX}>]`);
  process.exit(2);
}

process.env.PROPERTIES_SEED = String(seed);
process.env.PROPERTIES_SCALE = String(scale);
const started = Date.now();
const vitest = await startVitest('test', [], { root: ROOT, project: ['properties'], run: true, watch: false });
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
const histories = tests.reduce((sum, test) => sum + historiesOf(test), 0);
await vitest.close();

const failed = tests.length === 0 || tests.some((test) => test.result().state !== 'passed');
console.log(`${histories.toLocaleString('en-US')} histories, seed ${seed}, ${((Date.now() - started) / 1000).toFixed(1)} s`);
if (failed) console.log(`FAILED; the same again: npm run test:properties -- --seed ${seed} --scale ${scale}`);
process.exit(failed ? 1 : 0);

import { chaosSmoke } from './chaos/chaosSmoke.js';

const SEED_DEFAULT = 1;
const seed = Number(process.argv[2] ?? SEED_DEFAULT);
if (!Number.isSafeInteger(seed)) {
  console.error('usage: npm run chaos:smoke -- [seed]   (an integer)');
  process.exit(2);
}
const startedMs = Date.now();
const good = await chaosSmoke(seed, (line) => {
  console.log(line);
});
console.log(`${good ? 'nothing lost, nothing twice' : 'FAILED'} after ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
process.exitCode = good ? 0 : 1;

import { parseArgs } from 'node:util';
import { fuzz } from './fuzz/fuzz.js';

const REQUESTS_DEFAULT = '100000';
const { values } = parseArgs({
  options: { requests: { type: 'string', default: REQUESTS_DEFAULT }, seed: { type: 'string', default: '1' } },
});
const [requests, seed] = [Number(values.requests), Number(values.seed)];
if (!Number.isSafeInteger(requests) || requests < 1 || !Number.isSafeInteger(seed)) {
  console.error('usage: npm run fuzz -- [--requests n] [--seed n]   (integers)');
  process.exit(2);
}
const startedMs = Date.now();
console.log(`seed ${seed}: ${requests} requests and messages over all doors`);
const good = await fuzz({
  seed,
  requests,
  print: (line) => {
    console.log(line);
  },
});
const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
console.log(
  good
    ? `nothing lost, nothing broken, after ${seconds} s`
    : `FAILED after ${seconds} s: npm run fuzz -- --requests ${requests} --seed ${seed}`,
);
process.exitCode = good ? 0 : 1;

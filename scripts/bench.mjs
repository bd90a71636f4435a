// npm run bench [-- group… --runs n --json]: measurements, with the machine and their spread.
import { bootstrap } from './bootstrap.mjs';

await bootstrap({ quiet: process.argv.includes('--json') });
await import('../bench/dist/benchMain.js');

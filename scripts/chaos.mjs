// npm run chaos [-- --minutes m --seed n --nats single|cluster --events n --json]: all of Cairn under load, with everything that can break breaking.
import { bootstrap } from './bootstrap.mjs';

await bootstrap({ quiet: process.argv.includes('--json') });
await import('../bench/dist/chaosMain.js');

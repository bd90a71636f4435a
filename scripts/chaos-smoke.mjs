// npm run chaos:smoke [-- seed]: two evaluators, one killed, NATS restarted, everything counted afterwards.
import { bootstrap } from './bootstrap.mjs';

await bootstrap();
await import('../bench/dist/chaosSmokeMain.js');

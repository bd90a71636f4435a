// npm run simulate -- --seeds n: the real code against servers in memory, with faults from a seed.
import { bootstrap } from './bootstrap.mjs';

await bootstrap();
await import('../simulation/dist/simulateMain.js');

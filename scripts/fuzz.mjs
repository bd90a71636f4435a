// npm run fuzz [-- --requests n --seed n]: what nobody should send, over all doors, and what became of it counted.
import { bootstrap } from './bootstrap.mjs';

await bootstrap();
await import('../bench/dist/fuzzMain.js');

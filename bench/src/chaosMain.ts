import { parseArgs } from 'node:util';
import { chaosRun } from './chaos/chaosRun.js';
import { formatChaosReport } from './chaos/formatChaosReport.js';
import { watchSignals } from './harness/stopOnSignal.js';

const USAGE = 'usage: npm run chaos -- [--minutes 3] [--seed n] [--nats single|cluster] [--events n] [--json]';
const EVENTS_A_MINUTE = 110_000;
const MINUTES_MAX = 24 * 60;
const EVENTS_MAX = 100_000_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    nats: { type: 'string', default: 'single' },
    events: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const { nats } = values;
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
const events = Number(values.events ?? Math.round(minutes * EVENTS_A_MINUTE));
const isUsable = minutes > 0 && minutes <= MINUTES_MAX && Number.isSafeInteger(seed) && Number.isSafeInteger(events) && events > 0;
if (!isUsable || events > EVENTS_MAX || (nats !== 'single' && nats !== 'cluster')) {
  console.error(USAGE);
  process.exit(2);
}

watchSignals();
const print = (line: string): void => {
  if (values.json) console.error(line);
  else console.log(line);
};
print(`seed ${String(seed)}: ${String(events)} events in ${String(minutes)} minutes, nats-server: ${nats}`);
const report = await chaosRun({ seed, minutes, nats, events, print });
if (values.json) console.log(JSON.stringify(report));
for (const line of formatChaosReport(report)) print(line);
print(
  report.good
    ? `nothing lost, nothing twice, after ${String(report.seconds)} s`
    : `FAILED after ${String(report.seconds)} s: npm run chaos -- --minutes ${String(minutes)} --seed ${String(seed)} --nats ${nats} --events ${String(events)}`,
);
process.exitCode = report.good ? 0 : 1;

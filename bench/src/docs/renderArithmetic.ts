import { formatNumber } from '../harness/formatReport.js';
import type { KeptGroup, KeptResult } from './keptResults.js';
import { table } from './table.js';

const RATES = [10_000, 100_000, 1_000_000];
/** A core that is to answer quickly, and to catch up after a pause, is not busy all the time. */
const BUSY_AT_MOST = 0.6;
/** Of one PostgreSQL server: beyond that the locks of its log are what it waits for. */
const CORES_A_DATABASE = 16;
const SECONDS_A_DAY = 86_400;
const [MB, GB] = [1e6, 1e9];
const REPLICAS = 3;

/** What rates of events come to by the measured cost of one, all rates with the same share of unlocks as in the standard work. */
export function renderArithmetic(kept: ReadonlyMap<string, KeptGroup>): string | null {
  const evaluator = find(kept, 'evaluator/full-log');
  const door = find(kept, 'doors/http-batch-100/committed');
  const [log, wal, database] = ['log', 'wal', 'database'].map((what) => find(kept, `evaluator/full-log/${what}-bytes`)?.median);
  if (evaluator === null || door === null || log === undefined || wal === undefined || database === undefined) return null;
  const micros = { ...evaluator.processor_micros_per_event };
  const ingest = door.processor_micros_per_event?.['ingest'] ?? 0;
  const coresFor = (rate: number, used: number): number => (rate * used) / 1e6 / BUSY_AT_MOST;
  const rows: [string, (rate: number) => string][] = [
    [`cores for ingest (${formatNumber(ingest)} µs an event in requests of 100)`, (rate) => formatNumber(coresFor(rate, ingest))],
    [`cores for evaluators (${formatNumber(micros['node'] ?? 0)} µs)`, (rate) => formatNumber(coresFor(rate, micros['node'] ?? 0))],
    [`cores for PostgreSQL (${formatNumber(micros['postgres'] ?? 0)} µs)`, (rate) => formatNumber(coresFor(rate, micros['postgres'] ?? 0))],
    [
      `PostgreSQL servers of ${String(CORES_A_DATABASE)} cores`,
      (rate) => String(Math.ceil(coresFor(rate, micros['postgres'] ?? 0) / CORES_A_DATABASE)),
    ],
    [`into the log (${formatNumber(log)} bytes an event)`, (rate) => `${formatNumber((rate * log) / MB)} MB/s`],
    [`between its ${String(REPLICAS)} replicas`, (rate) => `${formatNumber((rate * log * (REPLICAS - 1)) / MB)} MB/s`],
    [`write-ahead log of PostgreSQL (${formatNumber(wal)} bytes)`, (rate) => `${formatNumber((rate * wal) / MB)} MB/s`],
    [`log, in a day`, (rate) => `${formatNumber((rate * log * SECONDS_A_DAY) / GB)} GB`],
    [`PostgreSQL, in a day (${formatNumber(database)} bytes)`, (rate) => `${formatNumber((rate * database * SECONDS_A_DAY) / GB)} GB`],
  ];
  const head = ['', ...RATES.map((rate) => `${formatNumber(rate)} events/s`)];
  return table(
    head,
    rows.map(([what, of]) => [what, ...RATES.map(of)]),
  ).join('\n');
}

function find(kept: ReadonlyMap<string, KeptGroup>, name: string): KeptResult | null {
  const group = kept.get(name.split('/')[0] ?? '');
  return group?.results.find((result) => result.name === name) ?? null;
}

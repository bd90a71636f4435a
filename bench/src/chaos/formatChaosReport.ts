import type { ChaosReport } from './ChaosReport.js';
import { isGood } from './check/Check.js';

const NAME_CHARACTERS = 32;

/** What a person is told in the end. */
export function formatChaosReport(report: ChaosReport): string[] {
  const { sent, messages, faults } = report;
  const lines = report.checks.flatMap((check) => [
    `${isGood(check) ? 'ok  ' : 'BAD '} ${check.name.padEnd(NAME_CHARACTERS)} expected ${String(check.expected)}, found ${String(check.found)}`,
    ...check.differences.map((difference) => `       ${difference}`),
  ]);
  return [
    '',
    ...lines,
    '',
    `${String(sent.events)} events, ${String(sent.duplicates)} sent twice, ${String(sent.retries)} sent again for want of an answer, ${String(sent.to_be_refused)} to be refused`,
    `${String(report.unlocks)} unlocks; ${String(messages.nats)} messages over NATS, ${String(messages.sse)} over SSE, ${String(messages.reconnects)} reconnects`,
    `${String(report.kills)} kills; ${Object.entries(faults)
      .map(([name, count]) => `${name} ${String(count)}×`)
      .join(', ')}`,
    `the most that was left to do was ${String(report.peak_lag)} entries; a full disk was made with ${report.full_disk === 'file system' ? 'a file system of its own' : report.full_disk}`,
  ];
}

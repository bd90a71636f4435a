import { formatFields, formatNumber, formatSeconds, formatTable, printable } from '@cairn/cli';
import type { Difference, ReplayReport, TableReport } from '@cairn/rule-evaluator';

/** Characters of a digest, and of a value that differs. */
const DIGEST_SHOWN = 16;
const VALUE_SHOWN = 60;

const VERDICT = {
  equal: 'No difference: what is stored is what the log says.',
  different: 'What is stored is not what the log says.',
  nothing_to_compare: 'The database was empty: there was nothing to compare with.',
} as const;

const KIND = { missing: 'is missing', unfounded: 'comes from nothing in the log', changed: 'differs' } as const;

export function formatReplay(report: ReplayReport): string[] {
  return [
    VERDICT[report.verdict],
    ...(report.swapped ? ['The rebuilt state is in place; nobody was notified.'] : []),
    '',
    ...formatFields(fieldsOf(report)),
    ...(report.tables.length === 0 ? [] : ['', ...formatTable(COLUMNS, report.tables.map(rowOf))]),
    ...report.tables.filter(({ different }) => different > 0).flatMap((table) => ['', ...differencesOf(table)]),
  ];
}

const COLUMNS = [
  { title: 'TABLE' },
  { title: 'ROWS', align: 'right' as const },
  { title: 'REBUILT', align: 'right' as const },
  { title: 'DIFFERENT', align: 'right' as const },
];

function fieldsOf(report: ReplayReport): [string, string][] {
  const { sequence, digest, seconds, tenant, verdict } = report;
  return [
    ...(tenant === null ? [] : [['tenant', tenant] as [string, string]]),
    ['log', `up to ${formatNumber(sequence)}`],
    ...(verdict === 'nothing_to_compare' ? [] : digestsOf(digest)),
    ['took', formatSeconds(seconds)],
  ];
}

function digestsOf({ live, rebuilt }: ReplayReport['digest']): [string, string][] {
  const stored: [string, string] = ['digest', live.slice(0, DIGEST_SHOWN)];
  return live === rebuilt ? [stored] : [stored, ['rebuilt', rebuilt.slice(0, DIGEST_SHOWN)]];
}

function rowOf({ table, rows, different }: TableReport): string[] {
  return [table, formatNumber(rows.live), formatNumber(rows.rebuilt), formatNumber(different)];
}

function differencesOf({ table, different, differences }: TableReport): string[] {
  const more = different - differences.length;
  return [...differences.flatMap((difference) => lineOf(table, difference)), ...(more > 0 ? [`${table}: ${formatNumber(more)} more`] : [])];
}

function lineOf(table: string, { row, kind, columns }: Difference): string[] {
  const named = Object.entries(row)
    .filter(([column, value]) => value !== null && value !== '' && column !== 'kind')
    .map(([column, value]) => `${column}=${shown(value)}`);
  const changes = Object.entries(columns).map(
    ([column, { live, rebuilt }]) => `    ${column}: ${shown(live)}, by the log ${shown(rebuilt)}`,
  );
  return [`${table}: ${named.join(' ')} ${KIND[kind]}`, ...changes];
}

function shown(value: unknown): string {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > VALUE_SHOWN ? `${text.slice(0, VALUE_SHOWN)}…` : text;
}

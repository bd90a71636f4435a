import type { DeadLetter, DeadLetterDetail } from '@cairn/sdk';
import { countOf, formatNumber } from './numbers.js';
import { printable } from './printable.js';
import { type Column, formatFields, formatTable } from './table.js';

const COLUMNS: readonly Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'WHEN' },
  { title: 'CODE' },
  { title: 'TENANT' },
  { title: 'TRIES', align: 'right' },
  { title: 'CAME IN ON' },
  { title: 'REASON' },
];
/** Of a reason, as much as a table shows. */
const REASON_CHARACTERS = 80;

export function formatDeadLetters(letters: readonly DeadLetter[]): string[] {
  return formatTable(COLUMNS, letters.map(row));
}

function row({ id, at, code, tenant_id: tenant, redrives, subject, reason }: DeadLetter): string[] {
  const shown = reason.length > REASON_CHARACTERS ? `${reason.slice(0, REASON_CHARACTERS - 1)}…` : reason;
  return [String(id), at, printable(code), printable(tenant ?? '?'), formatNumber(redrives + 1), printable(subject), printable(shown)];
}

/** All that is known of a letter: JSON is laid out, and what is no text is shown in hex. */
export function formatDeadLetter(letter: DeadLetterDetail): string[] {
  const { headers, history } = letter;
  return [
    ...formatFields([
      ['letter', String(letter.id)],
      ['code', printable(letter.code)],
      ['reason', printable(letter.reason)],
      ['meaning', printable(letter.meaning)],
      ['to do', printable(letter.advice)],
      ['redrive', letter.not_redrivable === null ? 'possible' : `not possible: ${printable(letter.not_redrivable)}`],
      ['refused at', letter.at],
      ['came in on', `${printable(letter.subject)}${letter.origin_sequence === null ? '' : ` as ${letter.origin_sequence}`}`],
      ['tenant', printable(letter.tenant_id ?? 'not certain')],
      ['size', countOf(letter.bytes, 'byte')],
    ]),
    ...(headers === null || Object.keys(headers).length === 0 ? [] : ['', 'Headers:', ...formatHeaders(headers)]),
    ...(history.length === 0 ? [] : ['', `Tries before (${formatNumber(letter.redrives)}):`, ...formatHistory(history)]),
    '',
    ...formatBody(letter.body),
  ];
}

function formatHeaders(headers: Record<string, string[]>): string[] {
  return Object.entries(headers).flatMap(([name, values]) => values.map((value) => `  ${printable(name)}: ${printable(value)}`));
}

function formatHistory(history: DeadLetterDetail['history']): string[] {
  return history.map(({ id, at, code, reason, redriven_by: by }) =>
    printable(`  ${at}  letter ${id}, ${code}: ${reason} (redriven by ${by})`),
  );
}

function formatBody({ text, base64 }: DeadLetterDetail['body']): string[] {
  if (text === null) return hexDump(Buffer.from(base64, 'base64'));
  return (laidOut(text) ?? text).split('\n').map(printable);
}

/** null for what is no JSON. */
function laidOut(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

const BYTES_A_LINE = 16;

/** As `hexdump -C` has it. */
function hexDump(bytes: Buffer): string[] {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += BYTES_A_LINE) {
    const part = bytes.subarray(start, start + BYTES_A_LINE);
    const hex = [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = part.toString('latin1').replace(/[^\x20-\x7e]/g, '.');
    lines.push(`${start.toString(16).padStart(8, '0')}  ${hex.padEnd(BYTES_A_LINE * 3)} |${text}|`);
  }
  return lines;
}

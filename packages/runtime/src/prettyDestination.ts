import type { DestinationStream } from 'pino';

const LEVEL_NAMES: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const HIDDEN_FIELDS: ReadonlySet<string> = new Set(['level', 'time', 'name', 'msg', 'pid', 'hostname', 'err']);

/** Turns pino's lines of JSON into lines for people. */
export function prettyDestination(output: { write(text: string): unknown }): DestinationStream {
  return {
    write(line: string): void {
      output.write(`${formatLine(line)}\n`);
    },
  };
}

interface Entry {
  level: number;
  time: number;
  name?: string;
  msg?: string;
  err?: unknown;
}

function formatLine(line: string): string {
  const entry = JSON.parse(line) as Entry;
  const time = new Date(entry.time).toISOString().slice(11, 23);
  const level = (LEVEL_NAMES[entry.level] ?? String(entry.level)).padEnd(5);
  const fields = Object.entries(entry)
    .filter(([key]) => !HIDDEN_FIELDS.has(key))
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  return `${time} ${level} ${entry.name ?? ''}: ${entry.msg ?? ''}${fields}${formatError(entry.err)}`;
}

function formatError(error: unknown): string {
  if (error === null || typeof error !== 'object') return '';
  const { stack, message } = error as { stack?: unknown; message?: unknown };
  return `\n    ${String(stack ?? message).replaceAll('\n', '\n    ')}`;
}

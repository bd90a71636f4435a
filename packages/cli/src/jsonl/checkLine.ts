import { parseInstant } from '@cairn/contracts';

/** What the import itself has to know about a line; everything else is the server's to judge. */
export type CheckedLine = { text: string; occurredAt: number } | { skipped: LineErrorCode; what: string };

export type LineErrorCode = 'invalid_utf8' | 'invalid_json' | 'not_an_object' | 'no_occurred_at' | 'invalid_occurred_at' | 'line_too_long';

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a line as far as its time; null for a blank one. */
export function checkLine(bytes: Buffer): CheckedLine | null {
  let text: string;
  try {
    text = UTF_8.decode(bytes).trim();
  } catch {
    return { skipped: 'invalid_utf8', what: 'the line is not UTF-8: convert the file, with iconv for instance' };
  }
  if (text === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { skipped: 'invalid_json', what: `the line is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { skipped: 'not_an_object', what: 'the line is JSON, but no object: write one event a line' };
  }
  const occurredAt = 'occurred_at' in value ? value.occurred_at : undefined;
  if (occurredAt === undefined)
    return { skipped: 'no_occurred_at', what: 'occurred_at is missing: say when it happened, such as 2026-04-12T10:15:00Z' };
  const instant = typeof occurredAt === 'string' ? parseInstant(occurredAt) : null;
  if (instant === null)
    return { skipped: 'invalid_occurred_at', what: 'occurred_at must be an RFC 3339 instant such as 2026-04-12T10:15:00Z' };
  return { text, occurredAt: instant };
}

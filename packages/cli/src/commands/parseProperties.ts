import { UsageError } from '../errors.js';

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Properties out of `k=v` words. A value that is a JSON literal (number, true, false, null, "text", {…}, […]) is taken
 * as that, anything else as text. `--prop id='"42"'` forces text.
 * @throws UsageError
 */
export function parseProperties(words: readonly string[]): Record<string, unknown> {
  const properties = new Map<string, unknown>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at <= 0) throw new UsageError(`"${word}" is not a property: write it as name=value, such as --prop severity=sev2`);
    const name = word.slice(0, at);
    if (properties.has(name)) throw new UsageError(`the property "${name}" is given twice`);
    properties.set(name, parseValue(name, word.slice(at + 1)));
  }
  return Object.fromEntries(properties);
}

function parseValue(name: string, text: string): unknown {
  if (JSON_NUMBER.test(text)) return parseNumber(text);
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null') return null;
  if (!/^["{[]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`the value of the property "${name}" begins like JSON but is none: ${text}`);
  }
}

/** Digits that a double cannot hold are an id rather than a quantity, and stay as they are. */
function parseNumber(text: string): number | string {
  const value = Number(text);
  const whole = /^-?\d+$/.test(text);
  return Number.isFinite(value) && (!whole || Number.isSafeInteger(value)) ? value : text;
}

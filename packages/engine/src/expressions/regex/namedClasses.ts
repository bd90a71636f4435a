import type { Ranges } from './charClass.js';

const codes = (...texts: string[]): Ranges => texts.flatMap((text) => [text.charCodeAt(0), text.charCodeAt(text.length - 1)]);

/** `\d`, `\s` and `\w` of RE2 are ASCII. */
export const PERL_CLASSES: ReadonlyMap<string, Ranges> = new Map([
  ['d', codes('09')],
  ['s', codes('\t\n', '\f\r', ' ')],
  ['w', codes('09', 'AZ', '_', 'az')],
]);

/** `[[:alpha:]]` and the like. */
export const POSIX_CLASSES: ReadonlyMap<string, Ranges> = new Map([
  ['alnum', codes('09', 'AZ', 'az')],
  ['alpha', codes('AZ', 'az')],
  ['ascii', codes('\0\x7f')],
  ['blank', codes('\t', ' ')],
  ['cntrl', codes('\0\x1f', '\x7f')],
  ['digit', codes('09')],
  ['graph', codes('!~')],
  ['lower', codes('az')],
  ['print', codes(' ~')],
  ['punct', codes('!/', ':@', '[`', '{~')],
  ['space', codes('\t\r', ' ')],
  ['upper', codes('AZ')],
  ['word', codes('09', 'AZ', '_', 'az')],
  ['xdigit', codes('09', 'AF', 'af')],
]);

import { describe, expect, it } from 'vitest';
import { printable } from './printable.js';
import { formatFields, formatTable } from './table.js';

describe('a table', () => {
  it('has columns as wide as what stands in them, and no spaces at the end', () => {
    expect(
      formatTable(
        [{ title: 'NAME' }, { title: 'XP', align: 'right' }, { title: 'NOTE' }],
        [
          ['Ada', '5', ''],
          ['Grace Hopper', '1,200', 'x'],
        ],
      ),
    ).toEqual(['NAME             XP  NOTE', 'Ada               5', 'Grace Hopper  1,200  x']);
  });

  it('stays aligned with characters of double width and with marks', () => {
    expect(
      formatTable(
        [{ title: 'A' }, { title: 'B' }],
        [
          ['漢字', '1'],
          ['e\u0301xyz', '2'],
        ],
      ),
    ).toEqual(['A     B', '漢字  1', 'e\u0301xyz  2']);
  });

  it('of names and values is aligned as well', () => {
    expect(
      formatFields([
        ['a', '1'],
        ['long', ''],
      ]),
    ).toEqual(['a     1', 'long']);
  });
});

describe('text of others', () => {
  it('commands no terminal', () => {
    expect(printable('a\u001b[31m\u0007\u202e\u2028b\nc é漢')).toBe('a\\u{1b}[31m\\u{7}\\u{202e}\\u{2028}b\\u{a}c é漢');
  });
});

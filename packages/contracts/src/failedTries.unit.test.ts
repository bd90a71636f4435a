import { expect, it } from 'vitest';
import { type FailedTry, LETTER_ERROR_CHARACTERS_MAX, readTries, TRIES_KEPT_MAX, triesHeaders } from './failedTries.js';
import { HEADER } from './headers.js';

const aTry = (letter: number, error = 'ö "x"\n'): FailedTry => ({ letter, at: 1, code: 'invalid_json', error, redrivenBy: 'ci' });
const read = (headers: Record<string, string>) => readTries((name) => headers[name]);

it('comes back as it was written, in ASCII of one line', () => {
  const tries = { count: 2, kept: [aTry(1), aTry(2)] };
  const headers = triesHeaders(tries);
  expect(read(headers)).toEqual(tries);
  for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]*$/);
  expect(triesHeaders({ count: 0, kept: [] })).toEqual({});
});

it('keeps the newest tries, and bounded texts', () => {
  const kept = Array.from({ length: 30 }, (_, i) => aTry(i, 'x'.repeat(10_000)));
  const tries = read(triesHeaders({ count: 30, kept }));
  expect(tries.count).toBe(30);
  expect(tries.kept.map(({ letter }) => letter)).toEqual(Array.from({ length: TRIES_KEPT_MAX }, (_, i) => 20 + i));
  expect(tries.kept.every(({ error }) => error.length === LETTER_ERROR_CHARACTERS_MAX)).toBe(true);
});

it('takes nothing from headers that somebody else made up', () => {
  const { redrives, redriveHistory } = HEADER;
  for (const count of ['', '-1', '1.5', 'NaN', '1e9', 'x']) expect(read({ [redrives]: count })).toEqual({ count: 0, kept: [] });
  for (const history of ['', '{', '{}', '[1,null,{}]', '[{"letter":-1}]', `[${'0,'.repeat(20_000)}0]`])
    expect(read({ [redrives]: '1', [redriveHistory]: history })).toEqual({ count: 1, kept: [] });
});

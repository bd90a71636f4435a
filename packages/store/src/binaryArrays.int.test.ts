import { type FreshDatabase, freshDatabase } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boolArray, byteaArray, float8Array, int4Array, int8Array, textArray, timestamptzArray, uuidArray } from './binaryArrays.js';
import type { Database } from './Database.js';
import { openTestDatabase } from './testing/TestStore.js';

let fresh: FreshDatabase;
let database: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = openTestDatabase(fresh.url);
});

afterAll(async () => {
  await database.close();
  await fresh.drop();
});

/** What the server makes of a binary array: each element as text. */
async function elements(array: Buffer, type: string): Promise<(string | null)[]> {
  const { rows } = await database.pool.query<{ element: string | null }>(
    `SELECT element::text FROM unnest($1::${type}[]) WITH ORDINALITY AS u(element, place) ORDER BY place`,
    [array],
  );
  return rows.map((row) => row.element);
}

const ID = '0189f7a2-7c4e-7bbb-8a11-00ff10203040';

describe('a binary array is read by PostgreSQL as it was meant', () => {
  it.each([
    ['int4', int4Array([0, -1, 2 ** 31 - 1, -(2 ** 31), null]), ['0', '-1', '2147483647', '-2147483648', null]],
    [
      'int8',
      int8Array([0, -1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null]),
      ['0', '-1', '4294967296', '-4294967297', '9007199254740991', '-9007199254740991', null],
    ],
    ['float8', float8Array([0.1, -1e300, Number.MIN_VALUE, null, Infinity]), ['0.1', '-1e+300', '5e-324', null, 'Infinity']],
    ['bool', boolArray([true, null, false]), ['true', null, 'false']],
    ['text', textArray(['', 'é', '𝄞 "quoted" \\ {a,b}', null, 'NULL']), ['', 'é', '𝄞 "quoted" \\ {a,b}', null, 'NULL']],
    [
      'text',
      textArray(['a'.repeat(64), 'a'.repeat(65), 'é'.repeat(65), `${'a'.repeat(63)}é`]),
      ['a'.repeat(64), 'a'.repeat(65), 'é'.repeat(65), `${'a'.repeat(63)}é`],
    ],
    ['bytea', byteaArray([Buffer.from([0, 255]), null, new Uint8Array(0)]), ['\\x00ff', null, '\\x']],
    ['uuid', uuidArray([ID, Buffer.from(ID.replaceAll('-', ''), 'hex'), ID.toUpperCase(), null]), [ID, ID, ID, null]],
  ])('%s', async (type, array, expected) => {
    expect(await elements(array, type)).toEqual(expected);
  });

  it('timestamptz, of any century', async () => {
    const instants = [
      0,
      Date.parse('0001-01-01T00:00:00Z'),
      Date.UTC(1999, 11, 31, 23, 59, 59, 999),
      Date.UTC(1969, 6, 20, 20, 17, 40, 5),
      Date.UTC(2026, 3, 12),
      Date.UTC(9999, 11, 31, 23, 59, 59, 999),
    ];
    const { rows } = await database.pool.query<{ at: number | null }>('SELECT at FROM unnest($1::timestamptz[]) AS u(at)', [
      timestamptzArray([...instants, null]),
    ]);
    expect(rows.map((row) => row.at)).toEqual([...instants, null]);
  });

  it.each([
    ['int4', int4Array([])],
    ['text', textArray([])],
    ['uuid', uuidArray([])],
  ])('an empty array of %s', async (type, array) => {
    const { rows } = await database.pool.query<{ empty: boolean }>(`SELECT $1::${type}[] = '{}' AS empty`, [array]);
    expect(rows).toEqual([{ empty: true }]);
  });

  it('a slice of a larger buffer', async () => {
    const whole = Buffer.from('abcdef');
    expect(await elements(byteaArray([whole.subarray(2, 4)]), 'bytea')).toEqual(['\\x6364']);
  });
});

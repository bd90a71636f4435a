import pg from 'pg';
import { parseInstant } from './parseInstant.js';

type Parser = (text: string) => unknown;

const builtIn = pg.types as { getTypeParser(oid: number, format?: 'text' | 'binary'): Parser };

/** Counters and log sequences stay far below 2^53; one that does not is refused rather than rounded. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is not a safe integer`);
  return value;
}

function parserOf(oid: number): Parser | null {
  if (oid === pg.types.builtins.INT8) return parseInt8;
  if (oid === pg.types.builtins.TIMESTAMPTZ) return parseInstant;
  return null;
}

/** int8 as number, timestamptz as epoch milliseconds, on this package's connections only. */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): Parser =>
    (format === 'binary' ? null : parserOf(oid)) ?? builtIn.getTypeParser(oid, format),
};

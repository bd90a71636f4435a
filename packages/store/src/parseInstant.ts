import pg from 'pg';

const parseDate = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ, 'text') as (text: string) => Date;

/** PostgreSQL's text of a timestamptz as epoch milliseconds. */
export function parseInstant(text: string): number {
  return parseDate(text).getTime();
}

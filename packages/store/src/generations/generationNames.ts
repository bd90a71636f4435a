import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** The schemas of an installation, as identifiers to be put into a statement. */
export interface GenerationNames {
  /** Where the tables are that everybody reads. */
  live: string;
  /** Where all of them are rebuilt from the log. */
  generation: string;
  /** Where those go that a rebuilt generation took the place of, until they are dropped. */
  retired: string;
}

/** They are named after the live one, so that installations that share a database do not meet. */
export async function generationNames(live: Queryable): Promise<GenerationNames> {
  const [row] = await runQuery<{ schema: string }>(live, { text: 'SELECT current_schema() AS schema' });
  const schema = row?.schema ?? 'public';
  return { live: quoted(schema), generation: quoted(`${schema}_generation`), retired: quoted(`${schema}_retired`) };
}

/** The URL of the database whose unqualified names mean the tables of one schema. */
export function urlOfSchema(databaseUrl: string, schema: string): string {
  const url = new URL(databaseUrl);
  const before = url.searchParams.get('options');
  url.searchParams.set('options', `${before === null ? '' : `${before} `}-c search_path=${schema}`);
  return url.href;
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

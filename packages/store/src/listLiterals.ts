/**
 * Arrays of arrays, one literal a row: `unnest` would flatten a real two-dimensional array,
 * and PostgreSQL reads a short literal faster than it cuts slices out of a long array.
 */

export function intListLiteral(values: readonly number[] | null): string | null {
  return values === null ? null : `{${values.join(',')}}`;
}

export function textListLiteral(values: readonly string[] | null): string | null {
  return values === null ? null : `{${values.map(quoted).join(',')}}`;
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

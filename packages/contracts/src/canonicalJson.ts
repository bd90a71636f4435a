/**
 * JSON with its keys sorted, so that equal values have equal text: the JSON Canonicalization Scheme for what JSON.parse yields.
 * Source: RFC 8785, sections 3.2.2 and 3.2.3 (JSON.stringify of a primitive is already canonical; keys sort by UTF-16 code units).
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

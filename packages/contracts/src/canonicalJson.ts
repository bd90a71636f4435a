/**
 * JSON with its keys sorted, so that equal values have equal text: the JSON Canonicalization Scheme for what JSON.parse yields.
 * Source: RFC 8785, sections 3.2.2 and 3.2.3 (JSON.stringify of a primitive is already canonical; keys sort by UTF-16 code units).
 */
export function canonicalJson(value: unknown): string {
  // As JSON.stringify says them, without a call into it.
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  let text = '';
  // Without an order of its own, `sort` takes that of UTF-16 code units.
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** The instant of an RFC 3339 date-time; null for anything else, above all for what a host would read in its own zone. */
export function parseInstant(text: string): number | null {
  if (!RFC_3339.test(text)) return null;
  const instant = Date.parse(text.toUpperCase());
  return Number.isNaN(instant) ? null : instant;
}

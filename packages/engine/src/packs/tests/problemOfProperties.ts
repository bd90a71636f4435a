/** What the doors take of an event, so that a case tells of nothing that no server would ever see. */
const CHARS_MAX = 8_192;
const DEPTH_MAX = 4;
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Why no server would take these properties, in words; null where one would. */
export function problemOfProperties(properties: unknown): string | null {
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties))
    return 'has to be an object with named fields, such as { severity: sev2 }';
  const problem = problemOf(properties, 1);
  if (problem !== null) return problem;
  return JSON.stringify(properties).length > CHARS_MAX ? `is longer than ${String(CHARS_MAX)} characters: no server takes that` : null;
}

function problemOf(value: unknown, depth: number): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (depth > DEPTH_MAX) return `is nested more than ${String(DEPTH_MAX)} deep: no server takes that`;
  for (const [key, member] of Object.entries(value)) {
    if (REFUSED_KEYS.has(key)) return `has a field ${key}: no server takes that`;
    const below = problemOf(member, depth + 1);
    if (below !== null) return below;
  }
  return null;
}

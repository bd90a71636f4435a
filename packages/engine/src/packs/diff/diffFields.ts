import { canonicalJson } from '../../catalogue/canonicalJson.js';

/** A field that differs, by the name that authors write: `criteria.threshold`, `levels[gold].xp_reward`. */
export interface FieldDifference {
  field: string;
  /** null: there was none. */
  from: unknown;
  /** null: there is none any more. */
  to: unknown;
}

/** What differs between two objects, down to single values; elements of lists are told apart by their name or id. */
export function diffFields(before: unknown, after: unknown, path = ''): FieldDifference[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  const [from, to] = [membersOf(before, path), membersOf(after, path)];
  if (from === null || to === null) return [{ field: path, from: writtenValue(before), to: writtenValue(after) }];
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((name) => diffFields(from.get(name), to.get(name), name));
}

/** The members of an object or of a list with names, by their paths; null for what is compared as a whole. */
function membersOf(value: unknown, path: string): Map<string, unknown> | null {
  if (Array.isArray(value)) {
    const names = value.map(nameOf);
    return names.every((name) => name !== null) ? new Map(value.map((element, i) => [`${path}[${names[i] ?? ''}]`, element])) : null;
  }
  if (typeof value !== 'object' || value === null) return null;
  return new Map(Object.entries(value).map(([key, member]) => [path === '' ? written(key) : `${path}.${written(key)}`, member]));
}

function nameOf(element: unknown): string | null {
  if (typeof element !== 'object' || element === null) return null;
  if ('id' in element && typeof element.id === 'string') return element.id;
  return 'name' in element && typeof element.name === 'string' ? element.name : null;
}

/** As it stands in a pack: `xpReward` is `xp_reward`. */
function written(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function writtenValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(writtenValue);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [written(key), writtenValue(member)]));
}

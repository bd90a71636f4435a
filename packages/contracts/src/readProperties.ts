import { canonicalJson } from './canonicalJson.js';
import { FORBIDDEN_KEYS, PROPERTIES_BYTES_MAX, PROPERTIES_DEPTH_MAX } from './limits.js';
import { refuseField } from './refuseField.js';

/** Properties as texts. */
export interface PropertiesTexts {
  /** With the keys in the order in which they were said. */
  json: string;
  /** Equal for equal properties. */
  canonical: string;
}

const EMPTY: PropertiesTexts = { json: '{}', canonical: '{}' };
/** What a character of UTF-16 takes in UTF-8. */
const BYTES_A_CHARACTER_MAX = 3;

/** The JSON texts of the properties, once their size, depth and keys are within bounds. @throws CairnError */
export function readProperties(properties: Record<string, unknown> | undefined): PropertiesTexts {
  if (properties === undefined) return EMPTY;
  const order = orderOf(properties, 1);
  if (order === 'refused') checkValue(properties, 1, 'properties');
  const json = JSON.stringify(properties);
  if (json.length * BYTES_A_CHARACTER_MAX > PROPERTIES_BYTES_MAX && Buffer.byteLength(json) > PROPERTIES_BYTES_MAX) {
    throw refuseField(
      'properties_too_large',
      'properties',
      `is larger than ${PROPERTIES_BYTES_MAX} bytes as JSON: send references instead of contents`,
    );
  }
  // Only the order of keys makes a difference between the two.
  return { json, canonical: order === 'sorted' ? json : canonicalJson(properties) };
}

/** Whether the keys of all objects in it are in canonical order, or something in it is to be refused. */
function orderOf(value: unknown, depth: number): 'sorted' | 'unsorted' | 'refused' {
  if (typeof value === 'number') return Number.isFinite(value) ? 'sorted' : 'refused';
  if (value === null || typeof value !== 'object') return 'sorted';
  if (depth > PROPERTIES_DEPTH_MAX) return 'refused';
  const isArray = Array.isArray(value);
  let isSorted = true;
  let previous = '';
  for (const key of Object.keys(value)) {
    if (!isArray) {
      if (FORBIDDEN_KEYS.has(key)) return 'refused';
      // The empty key is the first of all.
      if (key < previous) isSorted = false;
      previous = key;
    }
    const order = orderOf((value as Record<string, unknown>)[key], depth + 1);
    if (order === 'refused') return order;
    if (order === 'unsorted') isSorted = false;
  }
  return isSorted ? 'sorted' : 'unsorted';
}

/** The same walk with its way in hand, to say where that is what is refused. @throws CairnError */
function checkValue(value: unknown, depth: number, path: string): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refuseField('invalid_event', path, 'is a number outside the range of a double');
    return;
  }
  if (value === null || typeof value !== 'object') return;
  if (depth > PROPERTIES_DEPTH_MAX) {
    throw refuseField('properties_too_deep', path, `lies deeper than ${PROPERTIES_DEPTH_MAX} levels: flatten it`);
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkValue(item, depth + 1, `${path}[${index}]`);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw refuseField('forbidden_key', `${path}.${key}`, 'is refused as a key: rename it');
    checkValue(member, depth + 1, `${path}.${key}`);
  }
}

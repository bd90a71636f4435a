import type { FuzzRandom } from './FuzzRandom.js';
import { type LooseJson, LooseObject, RawJson } from './looseJson.js';

const NUMBERS = [
  '0',
  '-0',
  '1e400',
  '-1e400',
  '1e-400',
  '5e-324',
  '9007199254740993',
  '1.7976931348623157e308',
  '-2147483649',
  '1E5',
  '0.1',
];
const BROKEN = [
  'NaN',
  'Infinity',
  '01',
  '1.',
  '+1',
  '0x10',
  "'a'",
  'undefined',
  'tru',
  '"',
  '"\\x"',
  '"\\u12"',
  '{',
  ']',
  '',
  '"\t"',
  '1 2',
  '/* */1',
];
const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udfff',
  '\ud83d\ude00',
  '\u202eabc',
  '\ufeff',
  '\u2028',
  'ﷺ',
  'e\u0301',
  '\u001b[2J',
  'x'.repeat(129),
  'x'.repeat(600),
  '🎉'.repeat(129),
  'ü'.repeat(9_000),
  '../../etc/passwd',
  "'; DROP TABLE events; --",
  '{{7*7}}',
  '%00',
  '__proto__',
  'null',
  '-1',
];
const TIMES = [
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '2026-04-12T24:00:00Z',
  '2026-04-12T10:15:60Z',
  '2026-04-12T10:15:00+99:99',
  '2026-04-12T10:15:00-00:00',
  '2026-04-12',
  '2026-04-12t10:15:00z',
  '+275760-09-13T00:00:00Z',
  '1970-01-01T00:00:00.1234567891234Z',
  '1',
  'now',
];
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '\u0000',
  'a.b',
  '$where',
  'event_id',
  'properties',
  'actor',
];
const DEPTHS = [4, 5, 6, 30, 400, 20_000];

/** The value with one thing changed, somewhere. What it was given is left as it is. */
export function mutateJson(value: LooseJson, random: FuzzRandom): LooseJson {
  if (value instanceof LooseObject && value.entries.length > 0 && !random.chance(0.15)) return mutateObject(value, random);
  if (Array.isArray(value) && value.length > 0 && !random.chance(0.3)) {
    const at = random.below(value.length);
    return value.map((inner, i) => (i === at ? mutateJson(inner, random) : inner));
  }
  return oddValue(value, random);
}

function mutateObject({ entries }: LooseObject, random: FuzzRandom): LooseJson {
  const at = random.below(entries.length);
  return random.weighted<LooseJson>([
    [6, () => new LooseObject(entries.map(([name, inner], i) => [name, i === at ? mutateJson(inner, random) : inner]))],
    [2, () => new LooseObject(entries.filter((_, i) => i !== at))],
    [2, () => new LooseObject([...entries, [random.pick(NAMES), oddValue(null, random)]])],
    [1, () => new LooseObject(entries.map(([name, inner], i) => [i === at ? random.pick(NAMES) : name, inner]))],
    // The same name twice.
    [1, () => new LooseObject([...entries, [entries[at]?.[0] ?? '', oddValue(null, random)]])],
  ]);
}

function oddValue(value: LooseJson, random: FuzzRandom): LooseJson {
  return random.weighted<LooseJson>([
    [3, () => random.pick(TEXTS)],
    [2, () => random.pick(TIMES)],
    [2, () => new RawJson(random.pick(NUMBERS))],
    [1, () => new RawJson(random.pick(BROKEN))],
    [1, () => null],
    [1, () => random.chance(0.5)],
    [1, () => []],
    [1, () => new LooseObject([])],
    [1, () => [value]],
    [1, () => new LooseObject([[random.pick(NAMES), value]])],
    [1, () => nested(random)],
  ]);
}

function nested(random: FuzzRandom): RawJson {
  const depth = random.pick(DEPTHS);
  return random.chance(0.5)
    ? new RawJson('['.repeat(depth) + ']'.repeat(depth))
    : new RawJson(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
}

#!/usr/bin/env node
/**
 * Writes src/zones/zoneData.generated.ts from the pinned devDependency `moment-timezone`: the rules of every IANA zone
 * since 1970 as one compact line each, so that all machines and all years agree on what a calendar day is.
 *
 *   node scripts/generate-zones.mjs            writes the file
 *   node scripts/generate-zones.mjs --check    exits 1 where the file is not what would be written
 *
 * ZONE_REGIONS are the ten commonest first parts of names. ZONE_NAMES has a line for each zone: its name and its aliases,
 * separated by spaces, with the place of its region for one of those.
 * ZONE_SPANS are the different spans between two transitions, each as what it has more than the one before, base 36: in quarters of
 * an hour, and with a ! behind it in half minutes.
 * ZONE_RULES has a line for each zone, `offsets|places|spans|rule`:
 *   offsets  quarters of an hour east of UTC, separated by spaces
 *   places   the place among the offsets, base 36, of the one in force in 1970 and of that after each transition; where the same
 *            two go on in turn to the end, the rest is left out
 *   spans    the span before each transition, counted from 1970-01-01T00:00:00Z: the place among ZONE_SPANS in the digits of
 *            DIGITS, one for the first SHORT_SPANS of them and two for all others
 *   rule     where a zone goes on switching twice a year: the place of two switches among ZONE_SWITCHES, base 36, and those of the
 *            offsets, base 36, that they switch to
 * ZONE_SWITCHES has pairs of `<month>,<day>,<weekday>,<quarters of an hour>`: at that time by the clock of the first <weekday> on
 *            or after <month>/<day>
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const requireData = createRequire(import.meta.url);
const moment = requireData('moment-timezone');
const packed = requireData('moment-timezone/data/packed/latest.json');
const target = fileURLToPath(new URL('../src/zones/zoneData.generated.ts', import.meta.url));

const DAY_S = 86_400;
/** A rule has to hold for at least this many years before it is believed. */
const RULE_YEARS_MIN = 20;
/** As in src/zones/readSpans.ts. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const SHORT_SPANS = 40;

const QUARTER_S = 900;
const base36 = (n) => Math.round(n).toString(36);
const yearOf = (seconds) => new Date(seconds * 1000).getUTCFullYear();
const monthStart = (year, month) => Date.UTC(year, month, 1) / 1000 / DAY_S;
const weekdayOf = (day) => (((day + 4) % 7) + 7) % 7;

/** The transitions of a zone since 1970: the offset in force before the first, and [instant, offset] of each. */
function transitionsOf(name) {
  const zone = moment.tz.zone(name);
  const offsets = zone.offsets.map((minutesWest) => -Math.round(minutesWest * 60));
  const transitions = [];
  let initial = offsets[0];
  for (let i = 0; i + 1 < offsets.length; i++) {
    const at = Math.round(zone.untils[i] / 1000);
    if (at <= 0) initial = offsets[i + 1];
    else if (offsets[i + 1] !== (transitions.at(-1)?.offset ?? initial)) transitions.push({ at, offset: offsets[i + 1] });
  }
  return { initial, transitions };
}

/** One half of a yearly rule, found from the switches of many years to the same offset; null where there is none. */
function halfRule(switches) {
  const local = switches.map(({ at, before }) => ({ year: yearOf(at + before), seconds: at + before }));
  const wall = ((local[0].seconds % DAY_S) + DAY_S) % DAY_S;
  const weekday = weekdayOf(Math.floor(local[0].seconds / DAY_S));
  const month = Math.min(...local.map(({ seconds }) => new Date(seconds * 1000).getUTCMonth()));
  const days = local.map(({ year, seconds }) => Math.floor(seconds / DAY_S) - monthStart(year, month) + 1);
  if (switches.some(({ before }) => before !== switches[0].before)) return null;
  const steady = local.every(
    ({ seconds }) => ((seconds % DAY_S) + DAY_S) % DAY_S === wall && weekdayOf(Math.floor(seconds / DAY_S)) === weekday,
  );
  const day = Math.min(...days);
  return steady && Math.max(...days) - day <= 6 ? { month, day, weekday, wall, offset: switches[0].offset } : null;
}

/** The yearly rule that the transitions end in, and the index of the first one that it makes; null where they just end. */
function yearlyRule(initial, transitions) {
  const last = transitions.at(-1);
  if (last === undefined || yearOf(last.at) < 2100) return null;
  const withBefore = transitions.map((t, i) => ({ ...t, before: transitions[i - 1]?.offset ?? initial }));
  for (let year = 2000; year + RULE_YEARS_MIN < yearOf(last.at); year++) {
    const from = withBefore.findIndex((t) => yearOf(t.at) >= year);
    const rest = withBefore.slice(from);
    const kinds = [...new Set(rest.map((t) => t.offset))];
    if (kinds.length !== 2) continue;
    const halves = kinds.map((offset) => halfRule(rest.filter((t) => t.offset === offset)));
    if (halves.includes(null)) continue;
    const years = yearOf(last.at) - year + 1;
    if (rest.length === years * 2) return { from, halves };
  }
  throw new Error('a zone goes on switching without a yearly rule: the format has to learn it');
}

/** Quarters of an hour, which have a fraction only where an offset is none of our days. */
const quarters = (seconds) => String(Number((seconds / QUARTER_S).toFixed(4)));

/** The places up to where two of them go on in turn, those two included. */
function withoutTurns(places) {
  let length = places.length;
  while (length > 2 && places[length - 1] === places[length - 3]) length -= 1;
  return places.slice(0, length);
}

/** The transitions of a zone, as the generated file needs them. */
function zoneOf(name) {
  const { initial, transitions } = transitionsOf(name);
  const rule = yearlyRule(initial, transitions);
  const kept = rule === null ? transitions : transitions.slice(0, rule.from);
  const offsets = [...new Set([initial, ...transitions.map((t) => t.offset)])];
  const place = (offset) => base36(offsets.indexOf(offset));
  const spans = kept.map(({ at }, i) => at - (kept[i - 1]?.at ?? 0));
  const halves = rule?.halves ?? [];
  const switches = halves.map((h) => [h.month, h.day, h.weekday, quarters(h.wall)].join(',')).join(' ');
  const places = withoutTurns([initial, ...kept.map((t) => t.offset)].map(place).join(''));
  return { name, offsets: offsets.map(quarters).join(' '), places, spans, switches, turns: halves.map((h) => place(h.offset)).join('') };
}

const names = packed.zones.map((zone) => zone.slice(0, zone.indexOf('|'))).sort();
const zones = names.map(zoneOf);

/** Zones that agree since 1970 share one line: the others become aliases of the first. */
const byRules = new Map();
const aliases = new Map();
for (const { name, ...rules } of zones) {
  const key = JSON.stringify(rules);
  const same = byRules.get(key);
  if (same === undefined) byRules.set(key, name);
  aliases.set(same ?? name, [...(aliases.get(same ?? name) ?? []), name]);
}
const targetOf = (name) => [...aliases].find(([, all]) => all.includes(name))?.[0];
for (const [to, alias] of packed.links.map((link) => link.split('|'))) aliases.get(targetOf(to)).push(alias);

/** Zones that are alike stand together, which compresses best. */
const likeness = ({ offsets, switches, spans }) => [offsets, switches, spans].join('|');
const kept = zones.filter(({ name }) => aliases.has(name)).sort((a, b) => (likeness(a) < likeness(b) ? -1 : 1));

/** The most frequent spans come first and take one digit; the others follow. Both by their length, which compresses best. */
const counts = new Map();
for (const span of kept.flatMap(({ spans }) => spans)) counts.set(span, (counts.get(span) ?? 0) + 1);
const byCount = [...counts].sort(([a, m], [b, n]) => n - m || a - b).map(([span]) => span);
const byLength = (some) => some.sort((a, b) => a - b);
const spans = [...byLength(byCount.slice(0, SHORT_SPANS)), ...byLength(byCount.slice(SHORT_SPANS))];
if (spans.length > SHORT_SPANS + (DIGITS.length - SHORT_SPANS) * DIGITS.length)
  throw new Error('there are more spans than two digits can tell');

function digitsOf(span) {
  const place = spans.indexOf(span);
  if (place < SHORT_SPANS) return DIGITS[place];
  const rest = place - SHORT_SPANS;
  return DIGITS[SHORT_SPANS + Math.floor(rest / DIGITS.length)] + DIGITS[rest % DIGITS.length];
}

const regionOf = (name) => name.slice(0, name.indexOf('/') + 1);
const byRegion = new Map();
for (const region of [...aliases.values()].flat().map(regionOf)) byRegion.set(region, (byRegion.get(region) ?? 0) + 1);
byRegion.delete('');
const regions = [...byRegion]
  .sort(([, m], [, n]) => n - m)
  .map(([region]) => region)
  .slice(0, 10);

function shortName(name) {
  const region = regions.indexOf(regionOf(name));
  return region < 0 ? name : String(region) + name.slice(regionOf(name).length);
}

const moreText = (seconds) => (seconds % QUARTER_S === 0 ? base36(seconds / QUARTER_S) : `${base36(seconds / 30)}!`);

const nameLines = kept.map(({ name }) => aliases.get(name).map(shortName).join(' '));
const switches = [...new Set(kept.map((zone) => zone.switches))].filter((pair) => pair !== '').sort();
const ruleOf = (zone) => (zone.switches === '' ? '' : base36(switches.indexOf(zone.switches)) + zone.turns);
const ruleLines = kept.map((zone) => [zone.offsets, zone.places, zone.spans.map(digitsOf).join(''), ruleOf(zone)].join('|'));

const text = `/* Generated by scripts/generate-zones.mjs from moment-timezone ${moment.tz.version}. Do not edit. */

/** The release of the IANA time zone database that all calendar days are counted by. */
export const ZONE_DATA_VERSION = '${packed.version}';

export const ZONE_REGIONS = '${regions.join(' ')}';

export const ZONE_NAMES = \`
${nameLines.join('\n')}
\`;

export const ZONE_SPANS =
  '${spans.map((span, i) => moreText(span - (spans[i - 1] ?? 0))).join(' ')}';

export const ZONE_SWITCHES =
  '${switches.join('|')}';

export const ZONE_RULES = \`
${ruleLines.join('\n')}
\`;
`;

if (process.argv.includes('--check')) {
  let existing = '';
  try {
    existing = readFileSync(target, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (existing !== text) {
    console.error('src/zones/zoneData.generated.ts is not up to date: run `node scripts/generate-zones.mjs` in packages/engine.');
    process.exit(1);
  }
} else writeFileSync(target, text);

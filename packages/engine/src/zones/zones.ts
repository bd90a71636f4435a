import { Zone } from './zone.js';
import { ZONE_NAMES, ZONE_REGIONS, ZONE_RULES } from './zoneData.generated.js';

const rules = ZONE_RULES.trim().split('\n');
const regions = ZONE_REGIONS.split(' ');

/** The rules of each zone by its name and all of its aliases, with the name. */
const lines = new Map<string, { name: string; line: string }>();
for (const [i, names] of ZONE_NAMES.trim().split('\n').entries()) {
  const [name = '', ...aliases] = names.split(' ').map((short) => short.replace(/^\d/, (place) => regions[Number(place)] ?? place));
  for (const known of [name, ...aliases]) lines.set(known, { name, line: rules[i] ?? '' });
}

/** Parsed zones. Bounded by the number of zones in the data, since only known names get in. */
const parsed = new Map<string, Zone>();

/** The zone of an IANA name; null where the pinned data does not know it. */
export function findZone(name: string): Zone | null {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const found = lines.get(name);
  const zone = found === undefined ? null : found.name === name ? new Zone(name, found.line) : findZone(found.name);
  if (zone !== null) parsed.set(name, zone);
  return zone;
}

export function isKnownZone(name: string): boolean {
  return lines.has(name);
}

/** The zone of a name that was checked before; UTC for one that was not. */
export function zoneOrUtc(name: string | null): Zone {
  return (name === null ? null : findZone(name)) ?? UTC;
}

const UTC = new Zone('UTC', '0|0||');

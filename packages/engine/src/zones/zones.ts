import { Zone } from './zone.js';
import { ZONE_LINES, ZONE_LINKS } from './zoneData.generated.js';

/** Lines by zone name, and aliases, looked up in the order of the data. */
const lines = new Map(ZONE_LINES.map((line) => [line.slice(0, line.indexOf('|')), line.slice(line.indexOf('|') + 1)]));
const links = new Map(ZONE_LINKS.split(' ').map((link) => [link.slice(0, link.indexOf('|')), link.slice(link.indexOf('|') + 1)]));

/** Parsed zones. Bounded by the number of zones in the data, since only known names get in. */
const parsed = new Map<string, Zone>();

/** The zone of an IANA name; null where the pinned data does not know it. */
export function findZone(name: string): Zone | null {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const target = links.get(name);
  const line = lines.get(name);
  const zone = line !== undefined ? new Zone(name, line) : target !== undefined ? findZone(target) : null;
  if (zone !== null) parsed.set(name, zone);
  return zone;
}

export function isKnownZone(name: string): boolean {
  return lines.has(name) || links.has(name);
}

/** The zone of a name that was checked before; UTC for one that was not. */
export function zoneOrUtc(name: string | null): Zone {
  return (name === null ? null : findZone(name)) ?? UTC;
}

const UTC = new Zone('UTC', '0|0||');

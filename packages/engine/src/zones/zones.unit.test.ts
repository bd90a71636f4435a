import moment from 'moment-timezone';
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../windows/calendar.js';
import { findZone, isKnownZone, zoneOrUtc } from './zones.js';

const HOUR_MS = 3_600_000;

describe('zones', () => {
  // proves: zones-are-pinned
  test('agree with moment-timezone at and around every switch of every zone, to the year 2200', () => {
    const disagreements: string[] = [];
    for (const name of moment.tz.names()) {
      const reference = moment.tz.zone(name);
      const zone = findZone(name);
      if (reference === null || zone === null) throw new Error(`${name} is unknown`);
      for (const until of reference.untils) {
        if (!Number.isFinite(until) || until < 0 || until > Date.UTC(2200, 0, 1)) continue;
        for (const instant of [until - 1, until, until + 40 * 24 * HOUR_MS])
          if (zone.offsetAt(instant) !== Math.round(-reference.utcOffset(instant) * 60) * 1000)
            disagreements.push(`${name} at ${new Date(instant).toISOString()}`);
      }
    }
    expect(disagreements).toEqual([]);
  });

  test('answer in any order of asking', () => {
    const berlin = findZone('Europe/Berlin');
    const winter = Date.UTC(2026, 0, 1);
    const summer = Date.UTC(2126, 6, 1);
    expect([summer, winter, summer, 0, winter].map((t) => (berlin?.offsetAt(t) ?? 0) / HOUR_MS)).toEqual([2, 1, 2, 1, 1]);
  });

  test('count days across a change of the clocks', () => {
    const zone = zoneOrUtc('America/New_York');
    const day = Math.floor(Date.UTC(2026, 2, 8) / DAY_MS);
    expect(zone.startOfDay(day + 1) - zone.startOfDay(day)).toBe(23 * HOUR_MS);
    expect(zone.dayOf(Date.UTC(2026, 2, 8, 4, 59))).toBe(day - 1);
    expect(zone.dayOf(Date.UTC(2026, 2, 8, 5))).toBe(day);
    expect(zone.dayOf(Date.UTC(2026, 2, 9, 3, 59))).toBe(day);
    expect(zone.dayOf(Date.UTC(2026, 2, 9, 4))).toBe(day + 1);
  });

  test('know both sides of the date line, and the day that Samoa left out', () => {
    const instant = Date.UTC(2026, 0, 1, 10, 30);
    const utcDay = Math.floor(instant / DAY_MS);
    expect(zoneOrUtc('Pacific/Kiritimati').dayOf(instant)).toBe(utcDay + 1);
    expect(zoneOrUtc('Pacific/Pago_Pago').dayOf(instant)).toBe(utcDay - 1);
    const apia = zoneOrUtc('Pacific/Apia');
    const skipped = Math.floor(Date.UTC(2011, 11, 30) / DAY_MS);
    expect(apia.dayOf(apia.startOfDay(skipped) - 1)).toBe(skipped - 1);
    expect(apia.startOfDay(skipped)).toBe(apia.startOfDay(skipped + 1));
  });

  test('begin a day whose midnight does not exist where the clocks jumped over it', () => {
    const zone = zoneOrUtc('America/Havana');
    const day = Math.floor(Date.UTC(2026, 2, 8) / DAY_MS);
    expect(zone.startOfDay(day)).toBe(Date.UTC(2026, 2, 8, 5));
  });

  test('refuse names that the data does not hold', () => {
    expect(['Europe/Berlin', 'US/Pacific', 'UTC', 'Etc/GMT+12', 'Mars/Base', '', '__proto__', 'constructor'].map(isKnownZone)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

import type { EventSource } from '../../engineEvent.js';
import { parseInstant } from '../../expressions/parseInstant.js';
import { isKnownZone } from '../../zones/zones.js';
import { PLATFORMS } from '../choices.js';
import { Fields } from '../fields.js';
import { TEST_EVENTS_MAX, TEST_STEPS_MAX, TESTS_MAX } from '../limits.js';
import { EVENT_TYPE, LABEL, PAUSE, SLUG, USER_ID } from '../names.js';
import type { AchievementDefinition } from '../pack.js';
import { type PackTest, type PackTestEvents, type PackTestGrant, type PackTestStep, type PackTestTime, SOMEONE } from './packTest.js';
import { parsePause } from './pause.js';
import { problemOfProperties } from './problemOfProperties.js';
import { readExpectations } from './readExpectations.js';

const HOUR_MS = 3_600_000;

/** Reads `tests` of a pack. */
export function readPackTests(pack: Fields, definitions: readonly AchievementDefinition[]): PackTest[] {
  return pack.list('tests', {
    max: TESTS_MAX,
    read: (input, path) => {
      const fields = new Fields(input, path, pack.issues);
      const test: PackTest = {
        name: fields.text('name'),
        timezone: readZone(fields),
        given: readSteps(fields, 'given', definitions),
        when: readSteps(fields, 'when', definitions),
        expected: readExpectations(new Fields(fields.raw('then'), fields.at('then'), fields.issues), definitions),
      };
      fields.finish();
      checkSize(test, fields);
      return test;
    },
  });
}

function readZone(fields: Fields): string | null {
  const zone = fields.textOrNull('timezone');
  if (zone !== null && zone !== '' && !isKnownZone(zone))
    fields.note('timezone', 'invalid_field', `there is no time zone "${zone}": write it like Europe/Berlin`);
  return zone;
}

function checkSize(test: PackTest, fields: Fields): void {
  const events = [...test.given, ...test.when].reduce((sum, step) => sum + (step.kind === 'events' ? step.times : 1), 0);
  if (events > TEST_EVENTS_MAX)
    fields.note('when', 'too_large', `makes ${String(events)} events, and a test may make ${String(TEST_EVENTS_MAX)}: repeat less`);
}

function readSteps(test: Fields, key: 'given' | 'when', definitions: readonly AchievementDefinition[]): PackTestStep[] {
  return test.list(key, {
    max: TEST_STEPS_MAX,
    read: (input, path) => {
      const fields = new Fields(input, path, test.issues);
      const step = fields.has('grant') ? readGrant(fields, definitions) : readEvents(fields);
      fields.finish();
      return step;
    },
  });
}

function readEvents(fields: Fields): PackTestEvents {
  return {
    kind: 'events',
    type: fields.text('type', EVENT_TYPE),
    ...readTime(fields),
    user: fields.text('user', { ...USER_ID, default: SOMEONE }),
    team: fields.textOrNull('team', USER_ID),
    properties: readProperties(fields),
    source: fields.has('source') ? readSource(new Fields(fields.raw('source'), fields.at('source'), fields.issues)) : noSource(fields),
    times: fields.number('times', { default: 1, min: 1, max: TEST_EVENTS_MAX, integer: true }),
    everyMs: readPause(fields, 'every'),
  };
}

function readGrant(fields: Fields, definitions: readonly AchievementDefinition[]): PackTestGrant {
  const slug = fields.text('grant', SLUG);
  if (slug !== '' && !definitions.some((definition) => definition.slug === slug))
    fields.note('grant', 'unknown_slug', `there is no achievement "${slug}" in this pack`);
  return {
    kind: 'grant',
    slug,
    level: fields.textOrNull('level', SLUG),
    period: fields.textOrNull('period'),
    ...readTime(fields),
    user: fields.text('user', { ...USER_ID, default: SOMEONE }),
  };
}

function readTime(fields: Fields): PackTestTime {
  const text = fields.textOrNull('at');
  const at = text === null ? null : parseInstant(text);
  if (text !== null && text !== '' && at === null)
    fields.note('at', 'invalid_field', `"${text}" is no instant: write it like 2026-04-12T10:15:00Z`);
  if (text !== null && fields.has('after')) fields.note('after', 'invalid_field', 'goes without at: give one of them');
  return { at, afterMs: readPause(fields, 'after') };
}

function readPause(fields: Fields, key: 'after' | 'every'): number {
  return parsePause(fields.text(key, { ...PAUSE, default: '1h' })) ?? HOUR_MS;
}

function readProperties(fields: Fields): Readonly<Record<string, unknown>> {
  const given = fields.raw('properties');
  if (given === undefined || given === null) return {};
  const problem = problemOfProperties(given);
  if (problem === null) return given as Readonly<Record<string, unknown>>;
  fields.note('properties', 'invalid_field', problem);
  return {};
}

function readSource(fields: Fields): Partial<EventSource> {
  const source = {
    platform: fields.choice('platform', { of: PLATFORMS, default: 'other' }),
    app: fields.textOrNull('app', LABEL),
    ref: fields.textOrNull('ref'),
  };
  fields.finish();
  return source;
}

function noSource(fields: Fields): Partial<EventSource> {
  fields.raw('source');
  return {};
}

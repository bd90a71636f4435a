import { describe, expect, test } from 'vitest';
import { Expression } from './expression.js';

function problem(text: string): string {
  const compiled = Expression.compile(text, 'bool');
  return compiled.ok ? 'fine' : `${String(compiled.at)} ${compiled.message}`;
}

describe('the fields of an event in an expression', () => {
  test.each([
    'actor.user_id == "u"',
    'has(actor.team_id) && actor["team_id"] == "platform"',
    'event.actor.tenant_id != "x" && event.properties.anything == 1',
    'event["properties"].x && properties.a.b.c',
    'event.schema_version >= 2 && event.schema_version < 3.5',
    'event.clock_skewed == false',
    'source.platform in ["macos", "linux"]',
    'properties.people.exists(actor, actor.name == "x")',
    'event.occurred_at.startsWith("2026")',
    'timestamp(event.occurred_at) > timestamp("2026-01-01T00:00:00Z")',
    'timestamp(properties.due).getHours() < 9 && timestamp(properties.due) > timestamp("2026-01-01T00:00:00Z")',
    'properties.n + 1.0 == 2.0 && int(properties.n) % 2 == 0 && size(properties.list) + 1 > 2',
    '[1, 2].exists(properties, properties + 1 == 2)',
    '[{"n": 1}].exists(properties, properties.n + 1 == 2)',
  ])('%s is fine', (text) => {
    expect(problem(text)).toBe('fine');
  });

  test.each([
    ['actor.userid == "u"', '6 actor has no field userid; did you mean user_id?'],
    ['true && event.actor.team == "x"', '20 event.actor has no field team; did you mean team_id?'],
    ['has(source.version)', '11 source has no field version; known here: platform, app, ref, sdk, sdk_version'],
    ['event["typ"] == "a.b"', '6 event has no field typ; did you mean type?'],
    ['event.user_id == "u"', '6 event has no field user_id; did you mean actor.user_id?'],
    ['event.severity == "sev2"', '6 event has no field severity; did you mean properties.severity?'],
    ['event.type.name == "x"', '11 event.type is a text and has no field name'],
    ['event.type == 3', '14 event.type is a text, and cannot be compared with a number'],
    ['"2" < event.schema_version', '0 event.schema_version is a number, and cannot be compared with a text'],
    ['actor.user_id in ["a", true]', '23 actor.user_id is a text, and cannot be compared with true or false'],
    ['source.platform == "mac"', '19 there is no platform "mac"; did you mean macos?'],
    [
      '!(event.source.platform in ["ci", "darwin"])',
      '34 there is no platform "darwin"; known here: linux, macos, windows, web, ci, server, other',
    ],
    ['properties.n + 1 > 5', '15 properties.n is no integer, for a JSON number is a double; write 1.0'],
    ['60 * properties["n"] > 5', '0 properties.n is no integer, for a JSON number is a double; write 60.0'],
    ['event.properties.a.b - 1 > 5', '23 event.properties.a.b is no integer, for a JSON number is a double; write 1.0'],
    ['event.schema_version + 1 > 2', '23 event.schema_version is no integer, for a JSON number is a double; write 1.0'],
    ['properties.n % 2 == 0', '15 properties.n is no integer, for a JSON number is a double; % needs integers: write int(properties.n)'],
    [
      'event.occurred_at > timestamp("2026-01-01T00:00:00Z")',
      '0 event.occurred_at is no instant, and cannot be compared with one: write timestamp(event.occurred_at)',
    ],
    [
      'true || timestamp("2026-01-01T00:00:00Z") <= properties.due',
      '45 properties.due is no instant, and cannot be compared with one: write timestamp(properties.due)',
    ],
    [
      'event.occurred_at.getHours() < 9',
      '0 event.occurred_at is no instant and has no getHours: write timestamp(event.occurred_at).getHours()',
    ],
    ['properties.due.getMonth() == 0', '0 properties.due is no instant and has no getMonth: write timestamp(properties.due).getMonth()'],
  ])('%s: %s', (text, found) => {
    expect(problem(text)).toBe(found);
  });

  test('a refusal says where in the text it is', () => {
    expect(problem('properties.n > 1 && properties.s.startWith("x")')).toBe('33 there is no function startWith; did you mean startsWith?');
    expect(problem('properties.n + 1 ==')).toMatch(/^19 /);
    expect(problem('properties.n == 1 && "a" + 1 == "b"')).toMatch(/^2[1-9] /);
    expect(problem('a'.repeat(3_000))).toMatch(/^null /);
  });
});

import { parsePackTests } from '@cairn/engine/authoring';
import { describe, expect, it } from 'vitest';
import { clarifyIssues } from './clarifyIssues.js';

const criteria = { type: 'count', event: 'build.succeeded', threshold: 3 };
const good = { slug: 'first', name: 'First', reason: 'We want people to build.', criteria };

/** `path: message` of all that is said of a pack with this achievement. */
function told(achievement: Record<string, unknown>, more: Record<string, unknown> = {}): string[] {
  return toldOf({ pack: 'team', achievements: [{ ...good, ...achievement }], ...more });
}

function toldOf(document: unknown): string[] {
  const parsed = parsePackTests(document);
  return parsed.ok ? [] : clarifyIssues(parsed.issues, document).map(({ path, message }) => `${path}: ${message}`);
}

const [at, inCriteria] = ['achievements[0]', 'achievements[0].criteria'];

describe('one slip is told once', () => {
  it('a field under a name that is nearly right, with all that it holds', () => {
    const { threshold, ...rest } = criteria;
    expect(told({ criteria: { ...rest, treshold: threshold } })).toEqual([
      `${inCriteria}.treshold: there is no field treshold; did you mean threshold?`,
    ]);
    expect(told({ criteria: undefined, criterion: criteria })).toEqual([
      `${at}.criterion: there is no field criterion; did you mean criteria?`,
    ]);
  });

  it('a field in a place of another level', () => {
    const further = 'write it below criteria, two spaces further to the right';
    expect(told({ criteria: { type: 'count', event: 'a.b' }, threshold: 3 })).toEqual([
      `${at}.threshold: threshold belongs to the criteria: ${further}`,
    ]);
    const { reason, ...rest } = good;
    expect(toldOf({ pack: 'team', achievements: [{ ...rest, criteria: { ...criteria, reason } }] })).toEqual([
      `${inCriteria}.reason: reason belongs to the achievement, not to its criteria: write it two spaces further to the left`,
    ]);
  });

  it('a thing of another kind, without what it lacks', () => {
    expect(toldOf([good])).toEqual([expect.stringMatching(/^: has to be an object .* Begin the file with pack: and its name; /)]);
    expect(told({ criteria: { ...criteria, window: 'month' } })).toEqual([
      expect.stringMatching(/\. Write window: \{ calendar: month \}$/),
    ]);
  });

  it('but what is missing and stands nowhere is told', () => {
    expect(told({ criteria: { type: 'count', event: 'a.b' }, colour: 'red', reason: '' })).toHaveLength(3);
  });
});

describe('what to write instead', () => {
  it.each([
    [{ criteria: { ...criteria, threshold: '3' } }, 'Write 3, without quotes'],
    [{ criteria: { ...criteria, threshold: '1,000' } }, 'Write 1000, without quotes'],
    [{ criteria: { ...criteria, type: 'ratio', success: 'true', min: 5, threshold: '95%' } }, 'Write 0.95, without quotes'],
    [{ criteria: { ...criteria, event: 'a.b, c.d' } }, 'Write several types as a list: [a.b, c.d]'],
    [{ criteria: { ...criteria, event: 'Build.Done' } }, 'Write build.done'],
    [{ criteria: { ...criteria, where: 'properties.a = 1' } }, 'Write == to compare'],
    [{ criteria: { ...criteria, where: { branch: 'main' } } }, 'Write it as properties.name == "text"'],
    [{ criteria: { ...criteria, type: 'streak', every: 'day', skip: ['Sunday'] } }, 'Write sun'],
    [{ criteria: { ...criteria, window: '30d' } }, 'Write window: { rolling: 30d }'],
    [{ slug: 'Grüner Zweig!' }, 'Write gruner-zweig'],
    [{ slug: 7 }, 'If it is meant, put it into quotes: "7"'],
    [{ sensitive: 'Yes' }, 'Write true, without quotes'],
    [{ reason: undefined }, 'One sentence says why the achievement exists'],
    [{ levels: { bronze: 3 } }, 'Begin each of them with a dash and a space'],
  ])('%j', (achievement, advice) => {
    const messages = told(achievement);
    expect(messages.filter((message) => message.endsWith(`. ${advice}`))).toHaveLength(1);
  });

  it('names the type of an event of a case', () => {
    const tests: unknown = JSON.parse('[{ "name": "x", "when": [{ "event": "build.succeeded" }], "then": { "unlocks": [] } }]');
    expect(told({}, { tests })).toEqual(['tests[0].when[0].event: there is no field event; did you mean type?']);
  });
});

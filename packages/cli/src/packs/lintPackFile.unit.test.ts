import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';
import { type LintIssue, lintPackFile } from './lintPackFile.js';
import { parseIssuePath } from './locateIssue.js';
import { readPackFile } from './readPackFile.js';

const GOOD = `pack: team
achievements:
  - slug: first
    name: First
    description: Build something.
    reason: We want people to build.
    category: building
    rarity: common
    xp_reward: 10
    criteria:
      type: count
      event: build.succeeded
      threshold: 1
`;

async function lint(text: string, name = 'team.yaml'): Promise<LintIssue[]> {
  const path = join(await temporaryDirectory(), name);
  await writeFile(path, text);
  const linted = lintPackFile(await readPackFile(path));
  return linted.ok ? [] : linted.issues;
}

/** `line:column code` of each issue. */
async function places(text: string): Promise<string[]> {
  return (await lint(text)).map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe('linting a pack', () => {
  it('is silent about a good one, in YAML and in JSON', async () => {
    expect(await lint(GOOD)).toEqual([]);
    expect(await lint('{"pack": "team",\n "achievements": []}', 'team.json')).toEqual([]);
  });

  it('points at the value that is wrong', async () => {
    expect(await places(GOOD.replace('rarity: common', 'rarity: shiny'))).toEqual(['8:13 invalid_field']);
    expect(await places(GOOD.replace('threshold: 1', 'threshold: many'))).toEqual(['13:18 invalid_field']);
  });

  it('points at the key that nobody knows', async () => {
    expect(await places(GOOD.replace('    xp_reward: 10', '    xp_rewards: 10'))).toEqual(['9:5 unknown_field']);
  });

  it('points at the object that lacks something', async () => {
    expect(await places(GOOD.replace('    reason: We want people to build.\n', ''))).toEqual(['3:5 missing_field']);
  });

  it('points into expressions', async () => {
    const text = GOOD.replace('      threshold: 1', '      where: properties.size >\n      threshold: 1');
    const [issue] = await lint(text);
    expect(issue).toMatchObject({ line: 13, column: 31, path: 'achievements[0].criteria.where' });
  });

  const expression = (written: string): Promise<LintIssue[]> =>
    lint(GOOD.replace('      threshold: 1', `      where: ${written}\n      threshold: 1`));

  it.each([
    ['actor.userid == "u"', 13, 20],
    ['"actor.userid == \\"u\\""', 13, 21],
    [`'"it" == "it" && actor.userid == "u"'`, 13, 37],
    [`'actor.user_id == ''u'' && actor.userid == "u"'`, 13, 47],
    ['"\\u0061ctor.userid"', 13, 26],
    ['>-\n        properties.a == 1.0\n        && actor.userid == "u"', 15, 18],
    ['|\n        properties.a == 1.0\n          && actor.userid == "u"', 15, 20],
    ['properties.a == 1.0\n        && actor.userid == "u"', 14, 18],
  ])('points at the character of an expression: %s', async (written, line, column) => {
    const [issue] = await expression(written);
    expect(issue).toMatchObject({ line, column, code: 'invalid_expression' });
    expect(issue?.message).toContain('did you mean user_id?');
  });

  it('reads JSON that is indented with tabs', async () => {
    const pack = { pack: 'p', achievements: [], ranks: [{ name: 'A', xp: 1.5 }] };
    expect(await lint(JSON.stringify(pack, null, '\t'), 'team.json')).toMatchObject([{ line: 7, code: 'invalid_field' }]);
  });

  it('points into JSON as well', async () => {
    const text = JSON.stringify(
      {
        pack: 'p',
        achievements: [
          { slug: 'a', name: 'A', reason: 'It is.', criteria: { type: 'count', event: 'a.b', where: 'actor.userid == "u"', threshold: 1 } },
        ],
      },
      null,
      2,
    );
    const [issue] = await lint(text, 'team.json');
    const line = text.split('\n').findIndex((written) => written.includes('userid'));
    expect(issue).toMatchObject({ line: line + 1, column: (text.split('\n')[line]?.indexOf('userid') ?? -1) + 1 });
  });

  it('points at a name that may hold anything', async () => {
    const tests = 'tests:\n  - name: x\n    then:\n      users:\n        ada@example.com: { unlocks: [nothing] }\n';
    expect(await places(GOOD + tests)).toEqual(['18:38 unknown_slug']);
  });

  it('names all that is wrong, from top to bottom', async () => {
    const text = GOOD.replace('pack: team', 'pack: Not A Slug')
      .replace('xp_reward: 10', 'xp_reward: ten')
      .replace('type: count', 'type: counts');
    const found = await lint(text);
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(found.map(({ line }) => line)).toEqual(found.map(({ line }) => line).sort((a, b) => a - b));
  });

  it('says where the YAML itself is broken', async () => {
    expect(await places('pack: team\nachievements: [\n')).toEqual([expect.stringMatching(/^\d+:\d+ invalid_yaml$/)]);
    expect(await places('pack: a\npack: b\n')).toEqual(['2:1 invalid_yaml']);
    expect(await places('')).toContain('1:1 not_an_object');
  });

  it('does not unfold what would unfold without end', async () => {
    const layers = Array.from({ length: 20 }, (_, index) => `l${index + 1}: &l${index + 1} [${Array(10).fill(`*l${index}`).join(', ')}]`);
    const [issue] = await lint(['l0: &l0 [x]', ...layers].join('\n'));
    expect(issue).toMatchObject({ code: 'invalid_yaml' });
  });

  it('knows the packs that come with Cairn by their names', async () => {
    for (const name of ['git', 'onboarding', 'incident-response', 'skyflow']) expect(lintPackFile(await readPackFile(name)).ok).toBe(true);
    await expect(readPackFile('no-such-pack')).rejects.toMatchObject({ code: 'file_unreadable' });
  });
});

describe('the path of an issue', () => {
  it.each([
    ['', []],
    ['pack', ['pack']],
    ['achievements[2].criteria.where', ['achievements', 2, 'criteria', 'where']],
    ['xp_rules[0]', ['xp_rules', 0]],
    ['then.users["a.b[0]\\"@x"].xp', ['then', 'users', 'a.b[0]"@x', 'xp']],
  ])('%j has the steps %j', (path, steps) => {
    expect(parseIssuePath(path)).toEqual(steps);
  });
});

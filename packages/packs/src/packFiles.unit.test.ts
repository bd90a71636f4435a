import { readdir, readFile } from 'node:fs/promises';
import { type AchievementDefinition, type Pack, parsePack } from '@cairn/engine';
import { parsePackTests, runPackTest } from '@cairn/engine/authoring';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PACK_FILES, PACK_NAMES, type PackName } from './packFiles.js';

async function load(name: PackName): Promise<Pack> {
  const result = parsePack(parse(await readFile(PACK_FILES[name], 'utf8')));
  if (!result.ok) throw new Error(result.issues.map((issue) => `${issue.path} ${issue.message}`).join('\n'));
  return result.value;
}

function bySlug(pack: Pack): Map<string, AchievementDefinition> {
  return new Map(pack.achievements.map((achievement) => [achievement.slug, achievement]));
}

describe('the packs that come with Cairn', () => {
  it.each(PACK_NAMES)('%s is a valid pack under its own name, with a reason of one sentence for each achievement', async (name) => {
    const pack = await load(name);
    expect(pack.pack).toBe(name);
    for (const achievement of pack.achievements) {
      expect(achievement.reason, achievement.slug).toMatch(/^[A-Z][^.!?]*\.$/);
      expect(achievement.description, achievement.slug).not.toBe('');
    }
  });

  it.each(PACK_NAMES)('%s is what its JSON Schema says, and names it for editors', async (name) => {
    const text = await readFile(PACK_FILES[name], 'utf8');
    expect(text.split('\n', 1)[0]).toBe('# yaml-language-server: $schema=../../schemas/pack.schema.json');
    const schema = JSON.parse(await readFile(new URL('../../../schemas/pack.schema.json', import.meta.url), 'utf8')) as object;
    const validate = new Ajv2020({ strict: false }).compile(schema);
    validate(parse(text));
    expect(validate.errors).toBe(null);
  });

  it.each(PACK_NAMES)('%s passes the cases that stand in it', async (name) => {
    const parsed = parsePackTests(parse(await readFile(PACK_FILES[name], 'utf8')));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    const { pack, tests } = parsed.value;
    expect(tests.length).toBeGreaterThan(0);
    for (const one of tests) expect(runPackTest(pack, one), one.name).toMatchObject({ failures: [] });
  });

  it('lists every pack file of the package', async () => {
    const files = (await readdir(new URL('../', import.meta.url))).filter((name) => name.endsWith('.yaml'));
    expect(files.sort()).toEqual(PACK_NAMES.map((name) => `${name}.yaml`).sort());
  });

  it('gives no two achievements one slug, for all packs may be published to one tenant', async () => {
    const packs = await Promise.all(PACK_NAMES.map(load));
    const slugs = packs.flatMap((pack) => pack.achievements.map((achievement) => achievement.slug));
    expect(new Set(slugs).size).toBe(slugs.length);
  });
});

describe('git', () => {
  it('has at least 15 achievements over commits, days, kinds, repositories and releases', async () => {
    const { achievements } = await load('git');
    expect(achievements.length).toBeGreaterThanOrEqual(15);
    const text = JSON.stringify(achievements);
    for (const part of ['commit.authored', 'release.tagged', '"every":"day"', 'properties.kind', 'properties.repo'])
      expect(text).toContain(part);
  });

  it('looks neither at the hour nor at the day of the week, and leaves weekends out of runs of days', async () => {
    const pack = await load('git');
    expect(JSON.stringify([pack.achievements, pack.xpRules])).not.toMatch(/properties\.(hour|weekday)|occurred_at/);
    const daily = pack.achievements.flatMap(({ criteria }) => (criteria.type === 'streak' && criteria.every === 'day' ? [criteria] : []));
    expect(daily.length).toBeGreaterThan(0);
    for (const streak of daily) {
      expect([...streak.skip].sort()).toEqual(['sat', 'sun']);
      expect(streak.grace).toBeGreaterThanOrEqual(1);
    }
  });

  it('caps what commits earn, so that more of them in a day bring no more', async () => {
    const { xpRules } = await load('git');
    expect(xpRules.length).toBeGreaterThan(0);
    for (const rule of xpRules) expect(rule.cap, rule.id).not.toBeNull();
  });
});

describe('incident-response', () => {
  it('holds the Steady Responder: three Sev-2 incidents in a calendar month', async () => {
    const responder = bySlug(await load('incident-response')).get('steady-responder');
    expect(responder).toMatchObject({
      rarity: 'uncommon',
      xpReward: 50,
      repeat: 'once',
      criteria: {
        type: 'count',
        event: ['incident.resolved'],
        where: 'properties.severity == "sev2"',
        threshold: 3,
        window: { calendar: 'month' },
      },
    });
  });
});

describe('skyflow', () => {
  it('asks for exactly this', async () => {
    const achievements = bySlug(await load('skyflow'));
    const seen = [...achievements.values()].map(({ slug, rarity, xpReward, criteria }) => {
      const event = 'event' in criteria ? criteria.event[0] : criteria.type === 'manual' ? (criteria.on?.event[0] ?? null) : null;
      return [slug, rarity, xpReward, criteria.type, event, criteria.type === 'manual' ? null : criteria.threshold];
    });
    expect(seen).toEqual([
      ['first_flow', 'common', 50, 'count', 'timeline.analysed', 1],
      ['flow_master', 'uncommon', 500, 'count', 'timeline.analysed', 100],
      ['xp_legend', 'legendary', 10000, 'xp', null, 100000],
      ['streak_legend', 'legendary', 5000, 'streak', 'timeline.analysed', 100],
      ['people_watcher', 'rare', 0, 'distinct', 'timeline.analysed', 25],
      ['network_weaver', 'rare', 0, 'latest', 'network.snapshot', 1000],
      ['referrer', 'uncommon', 0, 'count', 'referral.completed', 5],
      ['early_adopter', 'rare', 500, 'manual', null, null],
      ['benefactor', 'uncommon', 300, 'manual', 'subscription.created', null],
    ]);
    expect(achievements.get('people_watcher')?.criteria).toMatchObject({ value: 'properties.target_did' });
    expect(achievements.get('network_weaver')?.criteria).toMatchObject({ value: 'properties.follower_count' });
    expect(achievements.get('streak_legend')?.criteria).toMatchObject({ every: 'day' });
    expect(achievements.get('benefactor')?.criteria).toMatchObject({ on: { where: 'properties.tier != "free"' } });
  });
});

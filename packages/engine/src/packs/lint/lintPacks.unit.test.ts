import { describe, expect, test } from 'vitest';
import type { Pack } from '../pack.js';
import { parsePack } from '../parsePack.js';
import { type KnownByServer, lintPacks } from './lintPacks.js';

type Json = Record<string, unknown>;
const count: Json = { type: 'count', event: 'build.done', threshold: 1 };
const waits = (...slugs: string[]): Json => ({ type: 'achievements', slugs });

function packOf(name: string, achievements: Record<string, Json>, more: Json = {}): Pack {
  const items = Object.entries(achievements).map(([slug, criteria]) => ({ slug, name: slug, reason: 'A test.', criteria, ...more }));
  const parsed = parsePack({ pack: name, achievements: items });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
}

const server: KnownByServer = {
  achievements: [
    { slug: 'published', pack: 'theirs', slugs: [] },
    { slug: 'waiting', pack: 'theirs', slugs: ['mine'] },
    { slug: 'before', pack: 'mine', slugs: [] },
  ],
  tierOrder: ['free', 'gold'],
  eventTypes: ['build.done', 'deploy.prod.done'],
};

function lint(packs: Pack[], known: KnownByServer | null = null, isComplete = true): string[] {
  return lintPacks(packs, { server: known, isComplete }).map(
    ({ severity, pack, path, code, message }) => `${severity} ${String(pack)} ${path} ${code}: ${message}`,
  );
}

describe('packs together', () => {
  test('are fine where nothing collides, and what one lists stands in another', () => {
    expect(lint([packOf('a', { one: count }), packOf('b', { two: waits('one') })])).toEqual([]);
    expect(lint([packOf('mine', { mine: count, two: waits('published') })], server)).toEqual([]);
  });

  test('may not share names', () => {
    expect(lint([packOf('a', { one: count }), packOf('a', { two: count }), packOf('b', { one: count })])).toEqual([
      'error 1 pack duplicate: "a" is the name of another of these files too: publishing one would retire the other. Choose another name',
      'error 2 achievements[0].slug slug_taken: "one" belongs to the pack a: choose another slug',
    ]);
    expect(lint([packOf('mine', { published: count, before: count })], server)).toEqual([
      'error 0 achievements[0].slug slug_taken: "published" belongs to the pack theirs: choose another slug',
    ]);
  });

  test('may list only what there is', () => {
    const pack = packOf('mine', { one: waits('publishd') });
    expect(lint([pack], server)).toEqual([
      'error 0 achievements[0].criteria.slugs[0] unknown_slug: the achievement "publishd" is neither here nor published; did you mean published?',
    ]);
    expect(lint([pack])).toEqual([
      'warning 0 achievements[0].criteria.slugs[0] unknown_slug: the achievement "publishd" is not here, and whether it is published was not checked',
    ]);
    expect(lint([pack], server, false)).toEqual([]);
  });

  test('may not wait for one another across files, or by way of what is published', () => {
    expect(lint([packOf('a', { one: waits('two') }), packOf('b', { zero: count, two: waits('one') })])).toEqual([
      'error 0 achievements[0].criteria.slugs cycle: these wait for one another: one → two → one. Take one of them out of the slugs',
    ]);
    expect(lint([packOf('mine', { mine: waits('waiting') })], server)[0]).toContain('mine → waiting → mine');
  });

  test('name tiers that there are', () => {
    const pack = packOf('mine', { one: count }, { tier_required: 'golden' });
    expect(lint([pack], server)).toEqual([
      'error 0 achievements[0].tier_required unknown_tier: there is no tier "golden"; did you mean gold?',
    ]);
    expect(lint([pack])[0]).toMatch(/^warning 0 .*unless the tenant has tiers of its own; known here: free, basic, pro, enterprise$/);
  });

  test('are warned of events that nobody sent', () => {
    const steps = [
      { id: 'a', event: 'build.done' },
      { id: 'b', event: ['deploy.>', 'deploy.*'] },
    ];
    const pack = packOf('mine', {
      one: { ...count, event: 'build.dome' },
      two: { type: 'checklist', steps },
      three: { type: 'manual', on: { event: 'something.else' } },
      four: { ...count, event: 'events.build.done' },
    });
    expect(lint([pack], server)).toEqual([
      'warning 0 achievements[0].criteria.event unseen_event_type: no event of the type build.dome was ever sent; did you mean build.done?',
      'warning 0 achievements[1].criteria.steps[1].event[1] unseen_event_type: no event matches deploy.* so far',
      'warning 0 achievements[2].criteria.on.event unseen_event_type: no event of the type something.else was ever sent',
      'warning 0 achievements[3].criteria.event unseen_event_type: no event of the type events.build.done was ever sent; did you mean build.done?',
    ]);
    expect(lint([pack], { ...server, eventTypes: null })).toEqual([]);
  });

  test('name no types that only Cairn itself may say', () => {
    const pack = packOf('mine', {
      one: { ...count, event: 'achievement.unlocked' },
      two: { ...count, event: ['realtime.*', 'achievements.listed'] },
    });
    const known = { ...server, eventTypes: ['achievements.listed'] };
    const why = 'what begins so is what Cairn says itself. For what follows from unlocks write a criterion of the type achievements or xp';
    expect(lint([pack], known)).toEqual([
      `error 0 achievements[0].criteria.event never_met: no event has the type achievement.unlocked: ${why}`,
      `error 0 achievements[1].criteria.event[0] never_met: no event has the type realtime.*: ${why}`,
    ]);
  });

  test('name types that an event can have', () => {
    const pack = packOf('mine', { one: { ...count, event: 'build' }, two: { ...count, event: ['*', '>'] } });
    expect(lint([pack], server)).toEqual([
      'error 0 achievements[0].criteria.event never_met: no event has the type build, for each has at least two tokens: write build.> for all that begin with it',
      'error 0 achievements[1].criteria.event[0] never_met: no event matches *, which is a type of one token, and each has at least two: write > for all events',
    ]);
  });

  test('are warned of fractions of XP, which is whole', () => {
    const amounts = ['2.5', '7.0 / 2.0', '-0.5', '4.0', '2.0 * 3.0', 'properties.n * 0.5'];
    const xpRules = amounts.map((amount, i) => ({ id: `r${String(i)}`, event: 'build.done', amount }));
    const parsed = parsePack({ pack: 'mine', xp_rules: xpRules });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    expect(lint([parsed.value])).toEqual([
      'warning 0 xp_rules[0].amount fraction_cut: XP is whole: 2.5 pays 2. Write a whole number',
      'warning 0 xp_rules[1].amount fraction_cut: XP is whole: 7.0 / 2.0 pays 3. Write a whole number',
      'warning 0 xp_rules[2].amount fraction_cut: XP is whole: -0.5 pays 0. Write a whole number',
    ]);
  });

  test('are warned of placeholders that nothing is filled in for', () => {
    const message = '{value} of {threshold}: {valeu}, { name }, {Level} and {colour}';
    expect(lint([packOf('mine', { one: count }, { message })])).toEqual([
      'warning 0 achievements[0].message unknown_placeholder: {valeu} is printed as it stands; did you mean value?',
      'warning 0 achievements[0].message unknown_placeholder: { name } is printed as it stands; write {name}',
      'warning 0 achievements[0].message unknown_placeholder: {Level} is printed as it stands; did you mean level?',
      'warning 0 achievements[0].message unknown_placeholder: {colour} is printed as it stands; known here: value, threshold, name, level, period, user',
    ]);
  });
});

import { Catalogue, type Pack, parsePack } from '@cairn/engine';
import { EACH_RED_XP, RULES, type Rule } from './rules.js';

const PACK = 'simulation';

/** Which of the rules are published: those of users alone, those of teams too, or all that there are. */
export type Stage = 'users' | 'teams' | 'later';
/** What is published from the start. */
export type FirstStage = Exclude<Stage, 'later'>;

export function rulesAt(stage: Stage): readonly Rule[] {
  return RULES.filter(({ from }) => stage === 'later' || from === 'users' || from === stage);
}

export function packAt(stage: Stage): { pack: string; contentJson: string } {
  return { pack: PACK, contentJson: JSON.stringify(wirePackAt(stage)) };
}

export function catalogueAt(stage: Stage): Catalogue {
  const pack = parsed(wirePackAt(stage));
  const empty = Catalogue.empty();
  let key = 0;
  return empty.publish(
    pack,
    empty.planPublish(pack, () => 1),
    { sequence: 0, publishedAt: 0, keyOf: () => ++key },
  );
}

function wirePackAt(stage: Stage): object {
  return {
    pack: PACK,
    achievements: rulesAt(stage).map(achievement),
    xp_rules: [{ id: 'red', event: 'build.succeeded', where: 'properties.colour == "red"', amount: EACH_RED_XP, on_retract: 'revoke' }],
  };
}

function achievement({ slug, scope, measure, threshold, xp, isTakenBack, category, isSensitive }: Rule): object {
  const event = 'build.succeeded';
  const criteria = {
    multiples: { type: 'count', event, threshold },
    count: { type: 'count', event: 'build.*', threshold },
    colours: { type: 'distinct', event, value: 'properties.colour', threshold },
    xp: { type: 'xp', threshold },
    list: { type: 'achievements', slugs: 'slugs' in measure ? measure.slugs : [] },
  }[measure.kind];
  return {
    slug,
    name: slug,
    description: 'It counts.',
    reason: 'We want to see it.',
    category,
    sensitive: isSensitive,
    scope,
    criteria,
    xp_reward: xp,
    on_retract: isTakenBack ? 'revoke' : 'keep',
    ...(measure.kind === 'multiples' ? { repeat: 'every_threshold' } : {}),
  };
}

function parsed(wire: object): Pack {
  const pack = parsePack(wire);
  if (!pack.ok) throw new Error(JSON.stringify(pack.issues));
  return pack.value;
}

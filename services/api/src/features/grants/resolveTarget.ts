import { CairnError } from '@cairn/contracts';
import { type Catalogue, decodeState, decodeTeamState, emptyState, grant } from '@cairn/engine';
import type { ListedUnlock } from '@cairn/store';
import type { HandRequest } from './HandRequest.js';

/** One unlock: said in full, so that the entry in the log means the same whenever it is folded. */
export interface UnlockKey {
  slug: string;
  level: string | null;
  period: string | null;
}

/** What a request comes to: an unlock that is to change, or one that is as asked for already (null: there is none). */
export type Resolution = { change: UnlockKey } | { asIs: ListedUnlock | null };

export interface ResolveFrom {
  catalogue: Catalogue;
  /** Of the user or the team; null for one that has none. */
  state: Uint8Array | null;
  /** Their unlocks of this achievement, revoked ones too, newest first. */
  unlocks: readonly ListedUnlock[];
  now: number;
}

/** Tries the grant on a copy of the state: the engine knows which level and period it would be. @throws CairnError `invalid_request` */
export function resolveGrant(request: HandRequest, from: ResolveFrom): Resolution {
  const { holder, slug, level, period, reason } = request;
  const definition = from.catalogue.definitions.get(slug)?.definition;
  if (definition === undefined) throw invalid('slug', `there is no achievement "${slug}"`);
  if (definition.scope !== holder.kind)
    throw invalid('slug', `"${slug}" is for a ${definition.scope}: see /v1/admin/${definition.scope}s/…/grants`);
  const names = definition.levels?.map(({ name }) => name) ?? [];
  if (level !== null && !names.includes(level)) {
    throw invalid('level', names.length === 0 ? `"${slug}" has no levels: leave it out` : `"${slug}" has only ${names.join(', ')}`);
  }
  const decode = holder.kind === 'team' ? decodeTeamState : decodeState;
  const copy = from.state === null ? emptyState() : decode(from.state);
  const catalogue = holder.kind === 'team' ? from.catalogue.ofTeams : from.catalogue;
  const effects = grant(catalogue, copy, { slug, level, period, at: from.now, cause: 'a trial', reason });
  const granted = effects.unlocks.find((effect) => effect.definition.slug === slug);
  if (granted !== undefined) return { change: { slug, level: granted.level, period: granted.period } };
  const held = from.unlocks.find((unlock) => isMeant(request, unlock) && unlock.revokedAt === null);
  if (held !== undefined) return { asIs: held };
  throw invalid('period', period === null ? `"${slug}" cannot be granted` : `"${period}" is no period of "${slug}"`);
}

/** The one unlock that is held and meant. @throws CairnError `invalid_request` where it could be several, or none could ever be */
export function resolveRevocation(request: HandRequest, from: ResolveFrom): Resolution {
  const meant = from.unlocks.filter((unlock) => isMeant(request, unlock));
  const [held, another] = meant.filter((unlock) => unlock.revokedAt === null);
  if (held === undefined) {
    if (from.unlocks.length === 0 && !from.catalogue.definitions.has(request.slug)) {
      throw invalid('slug', `there is no achievement "${request.slug}"`);
    }
    return { asIs: meant[0] ?? null };
  }
  if (another !== undefined) {
    const field = held.level === another.level ? 'period' : 'level';
    throw invalid(field, `several unlocks of "${request.slug}" are held: say which one`);
  }
  return { change: { slug: held.slug, level: held.level, period: held.period } };
}

function isMeant({ level, period }: HandRequest, unlock: ListedUnlock): boolean {
  return (level === null || unlock.level === level) && (period === null || unlock.period === period);
}

function invalid(field: string, message: string): CairnError {
  return new CairnError('invalid_request', `${field}: ${message}`, { errors: [{ field, message }] });
}

import type { KnownByServer } from '@cairn/engine/authoring';
import { type CairnClient, isCairnApiError, isUnreachable } from '@cairn/sdk';
import type { CliContext } from '../cliContext.js';
import { CliError } from '../errors.js';

/** What a server knows that files are checked against; without one, why there is none. */
export type Asked = { known: KnownByServer; url: string; unchecked: string | null } | { known: null; unchecked: string };

/** Asks the server where there is one. That there is none, or none that answers, is no failure. */
export async function askServer(context: CliContext): Promise<Asked> {
  try {
    const { url } = await context.server();
    return await ask(await context.connect(), url);
  } catch (error) {
    if (isUnreachable(error) || (error instanceof CliError && (error.code === 'no_server' || error.code === 'stale_server')))
      return { known: null, unchecked: 'no server was asked' };
    if (!isCairnApiError(error)) throw error;
    return { known: null, unchecked: `the server did not say: ${error.message}` };
  }
}

async function ask(client: CairnClient, url: string): Promise<Asked> {
  const [achievements, { tier_order }, types] = await Promise.all([client.achievements(), client.packs(), client.eventTypes()]);
  const known: KnownByServer = {
    achievements: achievements.map(({ slug, pack, criteria }) => ({ slug, pack, slugs: slugsOf(criteria) })),
    tierOrder: tier_order,
    // A list that is cut says nothing of what is not in it, and before the first event everything is unseen.
    eventTypes: types.length === 0 || types.length >= EVENT_TYPES_TRUSTED_MAX ? null : types.map(({ type }) => type),
  };
  const unchecked = known.eventTypes !== null ? null : types.length === 0 ? 'no event was sent yet' : 'there are too many types of events';
  return { known, url, unchecked };
}

/** The server lists no more types than this. */
const EVENT_TYPES_TRUSTED_MAX = 10_000;

function slugsOf(criteria: Readonly<Record<string, unknown>>): string[] {
  const { slugs } = criteria;
  return Array.isArray(slugs) ? slugs.filter((slug) => typeof slug === 'string') : [];
}

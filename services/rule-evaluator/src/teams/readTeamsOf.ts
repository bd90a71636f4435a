import { RECOUNT_TEAMS_PER_COMMIT } from '../limits.js';
import { decodeEntry } from '../partition/decodeEntry.js';
import type { TeamScope } from './recheckTeams.js';

/** The teams that a member acted for before an entry, in the order of their names, so many at a time; one empty page where there are none. */
export async function* readTeamsOf(userId: string, scope: TeamScope): AsyncGenerator<ReadonlySet<string>> {
  for (let after: string | null = null; ; ) {
    const page: string[] = await readPage({ userId, after }, scope);
    yield new Set(page);
    after = page.at(-1) ?? null;
    if (page.length < RECOUNT_TEAMS_PER_COMMIT) return;
  }
}

async function readPage(of: { userId: string; after: string | null }, { entry, tenant, context }: TeamScope): Promise<string[]> {
  const { userId, after } = of;
  const { tenantId, aliases } = tenant;
  const member = aliases.userOf(userId);
  const found = new Set<string>();
  for await (const raw of context.ports.log.history({ partition: null, tenantId, before: entry.sequence, signal: context.signal })) {
    const past = decodeEntry(raw);
    if (past.kind === 'newer') throw past.error;
    if (past.kind !== 'events') continue;
    for (const event of past.events) {
      const { teamId } = event;
      if (teamId === null || aliases.userOf(event.userId) !== member || (after !== null && teamId <= after)) continue;
      found.add(teamId);
      if (found.size > RECOUNT_TEAMS_PER_COMMIT) found.delete(greatest(found));
    }
  }
  return [...found].sort();
}

function greatest(names: ReadonlySet<string>): string {
  let last = '';
  for (const name of names) if (name > last) last = name;
  return last;
}

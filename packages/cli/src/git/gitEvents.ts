import type { ImportItem } from '../sending/sendInOrder.js';
import type { CommitIndex } from './commitIndex.js';
import { commitEvent, type GitEvent, type GitEventOptions, tagEvent } from './gitEvent.js';
import type { GitRepository } from './gitProcess.js';
import { readCommits } from './readCommits.js';
import type { TagRecord } from './readTags.js';

const SHA_CHARACTERS_SHOWN = 12;

/** Commits and tags as events, in order of `occurred_at`; a tag comes behind the commits of its second. */
export async function* gitEvents(
  repository: GitRepository,
  history: { commits: CommitIndex; tags: readonly TagRecord[] },
  options: GitEventOptions,
): AsyncGenerator<ImportItem, void, undefined> {
  const tags = history.tags.map((tag) => timed(tagEvent(tag, options), `tag ${tag.name}`));
  let nextTag = 0;
  for await (const commit of readCommits(repository, history.commits)) {
    const { item, instant } = timed(commitEvent(commit, options), `commit ${commit.sha.slice(0, SHA_CHARACTERS_SHOWN)}`);
    for (let tag = tags[nextTag]; tag !== undefined && tag.instant < instant; tag = tags[++nextTag]) yield tag.item;
    yield item;
  }
  for (const tag of tags.slice(nextTag)) yield tag.item;
}

/** What cannot be an event has no place in time: it is told when its turn comes. */
function timed(made: GitEvent, where: string): { item: ImportItem; instant: number } {
  if ('event' in made) return { item: { text: JSON.stringify(made.event), where }, instant: made.instant };
  return { item: { skipped: made.skipped, where, what: made.what }, instant: 0 };
}

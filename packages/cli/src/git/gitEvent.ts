import { formatInstant, isEventId, isUserId, type WireEvent } from '@cairn/contracts';
import { commitKind } from './commitKind.js';
import { type GitDate, parseGitDate } from './gitDate.js';
import type { CommitRecord } from './readCommits.js';
import type { TagRecord } from './readTags.js';

/** Why a commit or tag cannot be an event. */
export type SkipReason = 'no_author' | 'invalid_author' | 'invalid_date' | 'date_in_future' | 'invalid_tag_name' | 'no_tagger';

export type GitEvent = { event: WireEvent; instant: number } | { skipped: SkipReason; what: string };

export interface GitEventOptions {
  /** The name of the repository. */
  repo: string;
  /** Epoch milliseconds. */
  now: number;
}

/** How far ahead of the clock a date may lie: what the server takes. */
const AHEAD_MS_MAX = 24 * 60 * 60 * 1000;

/** The event `commit.authored` of a commit. */
export function commitEvent(commit: CommitRecord, options: GitEventOptions): GitEvent {
  const by = readAuthorship(commit, options.now);
  if ('skipped' in by) return by;
  const { user, date } = by;
  const event: WireEvent = {
    event_id: `git:${commit.sha}`,
    type: 'commit.authored',
    actor: { user_id: user },
    source: { ref: commit.sha },
    occurred_at: formatInstant(date.instant),
    properties: {
      repo: options.repo,
      files_changed: commit.filesChanged,
      insertions: commit.insertions,
      deletions: commit.deletions,
      merge: commit.parents > 1,
      kind: commitKind(commit.subject),
      hour: date.hour,
      weekday: date.weekday,
    },
  };
  return { event, instant: date.instant };
}

/** The event `release.tagged` of a tag. */
export function tagEvent(tag: TagRecord, options: GitEventOptions): GitEvent {
  const eventId = `git-tag:${tag.name}`;
  if (!isEventId(eventId)) {
    return { skipped: 'invalid_tag_name', what: 'its name is too long for an event_id, or holds characters that cannot be printed' };
  }
  if (tag.person === null) return { skipped: 'no_tagger', what: 'it names no tagger, and what it points to is no commit' };
  const by = readAuthorship(tag.person, options.now);
  if ('skipped' in by) return by;
  const { user, date } = by;
  const event: WireEvent = {
    event_id: eventId,
    type: 'release.tagged',
    actor: { user_id: user },
    occurred_at: formatInstant(date.instant),
    properties: { repo: options.repo, tag: tag.name },
  };
  return { event, instant: date.instant };
}

/** Who did it and when, as an event may say it. */
function readAuthorship(
  of: { name: string; email: string; date: string },
  now: number,
): { user: string; date: GitDate } | { skipped: SkipReason; what: string } {
  // Tools that converted histories left commits without an address: the name is the next best that tells people apart.
  const user = (of.email.trim() || of.name.trim()).toLowerCase();
  if (user === '') return { skipped: 'no_author', what: 'its author has neither an e-mail address nor a name' };
  if (!isUserId(user)) {
    return { skipped: 'invalid_author', what: 'the e-mail address of its author has more than 128 characters, or control characters' };
  }
  const date = parseGitDate(of.date);
  if (date === null) return { skipped: 'invalid_date', what: `its date cannot be read: "${of.date}"` };
  if (date.instant > now + AHEAD_MS_MAX) {
    return { skipped: 'date_in_future', what: `its date lies more than 24 hours ahead of this clock: ${formatInstant(date.instant)}` };
  }
  return { user, date };
}

import { formatInstant, isEventId, isUserId, type WireEvent } from '@cairn/contracts';
import { commitKind } from './commitKind.js';
import { type GitDate, parseGitDate } from './gitDate.js';
import type { CommitRecord } from './readCommits.js';
import type { TagRecord } from './readTags.js';

/** Why a commit or tag cannot be an event. */
export type SkipReason = 'no_email' | 'invalid_email' | 'invalid_date' | 'date_in_future' | 'invalid_tag_name' | 'no_tagger';

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
  return ofPerson(commit.email, commit.date, options, ({ user, date }) => ({
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
  }));
}

/** The event `release.tagged` of a tag. */
export function tagEvent(tag: TagRecord, options: GitEventOptions): GitEvent {
  const eventId = `git-tag:${tag.name}`;
  if (!isEventId(eventId)) return { skipped: 'invalid_tag_name', what: 'its name is too long for an event_id, or holds characters that cannot be printed' };
  if (tag.person === null) return { skipped: 'no_tagger', what: 'it names no tagger, and what it points to is no commit' };
  return ofPerson(tag.person.email, tag.person.date, options, ({ user, date }) => ({
    event_id: eventId,
    type: 'release.tagged',
    actor: { user_id: user },
    occurred_at: formatInstant(date.instant),
    properties: { repo: options.repo, tag: tag.name },
  }));
}

function ofPerson(email: string, rawDate: string, options: GitEventOptions, build: (by: { user: string; date: GitDate }) => WireEvent): GitEvent {
  const user = email.trim().toLowerCase();
  if (user === '') return { skipped: 'no_email', what: 'its author has no e-mail address' };
  if (!isUserId(user)) return { skipped: 'invalid_email', what: 'the e-mail address of its author is longer than 128 characters, or holds control characters' };
  const date = parseGitDate(rawDate);
  if (date === null) return { skipped: 'invalid_date', what: `its date cannot be read: "${rawDate}"` };
  if (date.instant > options.now + AHEAD_MS_MAX) {
    return { skipped: 'date_in_future', what: `its date lies more than 24 hours ahead of this clock: ${formatInstant(date.instant)}` };
  }
  return { event: build({ user, date }), instant: date.instant };
}

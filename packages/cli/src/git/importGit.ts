import type { CairnClient } from '@cairn/sdk';
import type { Environment } from '../dataDirectory.js';
import { CliError } from '../errors.js';
import { emptyTally, type ImportTally, readTotal } from '../sending/importTally.js';
import { sendInOrder } from '../sending/sendInOrder.js';
import { indexCommits } from './commitIndex.js';
import { gitEvents } from './gitEvents.js';
import { openRepository } from './openRepository.js';
import { readTags } from './readTags.js';

export interface ImportGitOptions {
  /** The repository, or any directory in it. */
  path: string;
  /** For git: PATH and HOME above all. */
  environment: Environment;
  /** They are told long after they happened. */
  backfill?: boolean;
  onProgress?: (done: number, total: number) => void;
  /** Called each time that the server holds them back. */
  onHeldBack?: () => void;
  signal?: AbortSignal;
}

export interface GitImport {
  repo: string;
  tally: ImportTally;
}

/**
 * Sends every commit and tag of a repository, in order of author date. Sending it again changes nothing.
 * @throws CliError not_a_repository, empty_repository, git_missing, git_failed, repository_too_large
 */
export async function importGit(client: CairnClient, options: ImportGitOptions): Promise<GitImport> {
  const repository = await openRepository(options.path, options.environment);
  const commits = await indexCommits(repository);
  const tags = await readTags(repository);
  const total = commits.count + tags.length;
  if (total === 0) throw new CliError('empty_repository', `${options.path} has no commits yet: there is nothing to import`);
  const tally = emptyTally();
  const events = gitEvents(repository, { commits, tags }, { repo: repository.name, now: Date.now() });
  await sendInOrder(client, events, {
    tally,
    signal: options.signal,
    backfill: options.backfill,
    onHeldBack: options.onHeldBack,
    onSent: () => options.onProgress?.(readTotal(tally), total),
  });
  return { repo: repository.name, tally };
}

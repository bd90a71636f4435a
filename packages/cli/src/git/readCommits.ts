import type { CommitIndex } from './commitIndex.js';
import { decodeText, type GitRepository, gitLines } from './gitProcess.js';

/** A commit as git tells it, mailmap applied. */
export interface CommitRecord {
  sha: string;
  parents: number;
  name: string;
  email: string;
  /** Seconds and offset: `1775988900 +0200`. */
  date: string;
  subject: string;
  /** Of a merge all three are 0: what it brings together was counted where it was made. */
  filesChanged: number;
  insertions: number;
  deletions: number;
}

const HEADER = 0x00;
const FORMAT = '%x00%H%x00%P%x00%aN%x00%aE%x00%ad%x00%s';
/** A line of --numstat: two counts, `-` for what is not text, and a path that does not matter here. */
const NUMSTAT = /^(\d+|-)\t(\d+|-)\t/;

/** The commits of an index in order of time, one after the other. A rename is one file, with the lines that differ. */
export async function* readCommits(repository: GitRepository, index: CommitIndex): AsyncGenerator<CommitRecord, void, undefined> {
  if (index.count === 0) return;
  const args = ['diff-tree', '--stdin', '--always', '--root', '-r', '-M', '--numstat', '--no-color', '--date=raw', `--format=${FORMAT}`];
  let commit: CommitRecord | null = null;
  for await (const line of gitLines(repository, args, index.linesByTime())) {
    if (line[0] === HEADER) {
      if (commit !== null) yield commit;
      commit = parseHeader(decodeText(line));
    } else if (commit !== null) {
      addFile(commit, line.toString('latin1'));
    }
  }
  if (commit !== null) yield commit;
}

function parseHeader(line: string): CommitRecord {
  const [, sha = '', parents = '', name = '', email = '', date = '', ...subject] = line.split('\0');
  return {
    sha,
    parents: parents === '' ? 0 : parents.split(' ').length,
    name,
    email,
    date,
    subject: subject.join('\0'),
    filesChanged: 0,
    insertions: 0,
    deletions: 0,
  };
}

function addFile(commit: CommitRecord, line: string): void {
  const counts = NUMSTAT.exec(line);
  if (counts === null) return;
  commit.filesChanged++;
  commit.insertions += Number(counts[1]) || 0;
  commit.deletions += Number(counts[2]) || 0;
}

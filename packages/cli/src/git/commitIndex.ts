import { CliError } from '../errors.js';
import { type GitRepository, gitLines } from './gitProcess.js';

/** Commits of one import. Each takes 8 bytes for its time, 4 for its place and 20 or 32 for its hash: at most 220 MB. */
const COMMITS_MAX = 5_000_000;
const COMMITS_FIRST = 16_384;
const HASHES_PER_CHUNK = 512;

/** All commits of a repository by author date: git itself sorts by it only as far as parents allow. */
export class CommitIndex {
  #times = new Float64Array(COMMITS_FIRST);
  #hashes = Buffer.alloc(0);
  #hashBytes = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @throws CliError repository_too_large */
  add(hash: string, authoredAtSeconds: number): void {
    if (this.#count === COMMITS_MAX) {
      throw new CliError(
        'repository_too_large',
        `the repository has more than ${COMMITS_MAX} commits, the most that one import takes: import a shallow clone of it`,
      );
    }
    if (this.#count === 0) {
      this.#hashBytes = hash.length / 2;
      this.#hashes = Buffer.alloc(COMMITS_FIRST * this.#hashBytes);
    }
    if (this.#count === this.#times.length) this.#grow();
    this.#times[this.#count] = authoredAtSeconds;
    this.#hashes.write(hash, this.#count * this.#hashBytes, 'hex');
    this.#count++;
  }

  /** The hashes in order of time, those of one second as they were added, in lines for a program to read. */
  *linesByTime(): Generator<string, void, undefined> {
    const order = new Uint32Array(this.#count);
    for (let index = 0; index < this.#count; index++) order[index] = index;
    const times = this.#times;
    order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
    for (let first = 0; first < order.length; first += HASHES_PER_CHUNK) {
      let lines = '';
      for (const index of order.subarray(first, first + HASHES_PER_CHUNK)) lines += `${this.#hashAt(index)}\n`;
      yield lines;
    }
  }

  #hashAt(index: number): string {
    return this.#hashes.toString('hex', index * this.#hashBytes, (index + 1) * this.#hashBytes);
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    const hashes = Buffer.alloc(this.#hashes.length * 2);
    this.#hashes.copy(hashes);
    this.#times = times;
    this.#hashes = hashes;
  }
}

/** Every commit that any reference leads to. Parents come first where times are the same. */
export async function indexCommits(repository: GitRepository): Promise<CommitIndex> {
  const index = new CommitIndex();
  for await (const line of gitLines(repository, [
    'log',
    '--all',
    '--topo-order',
    '--reverse',
    '--no-patch',
    '--no-color',
    '--format=%H %at',
  ])) {
    const [hash = '', seconds = ''] = line.toString('latin1').split(' ');
    // A date that git cannot read comes first, and is told as a problem when its commit is looked at.
    index.add(hash, Number(seconds) || 0);
  }
  return index;
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environment } from './config.js';

export interface CommitOptions {
  author?: string;
  email?: string;
  /** `1775988900 +0200`. */
  date?: string;
  files?: Readonly<Record<string, string | Buffer>>;
  args?: readonly string[];
}

/** A real repository for a test, under settings of its own. */
export class TestRepository {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;

  constructor(path: string) {
    this.path = path;
    // Neither the settings of the person nor those of the machine reach into a test.
    this.environment = { PATH: environment.PATH ?? '', HOME: dirname(path), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
    mkdirSync(path, { recursive: true });
    this.git(['init', '--quiet', '--initial-branch=main']);
    this.git(['config', 'user.name', 'Committer']);
    this.git(['config', 'user.email', 'committer@example.com']);
  }

  git(args: readonly string[], options: { env?: Readonly<Record<string, string>>; input?: string | Buffer } = {}): string {
    return execFileSync('git', args, {
      cwd: this.path,
      env: { ...this.environment, ...options.env },
      input: options.input ?? '',
      stdio: ['pipe', 'pipe', 'pipe'],
    })
      .toString('utf8')
      .trim();
  }

  /** Commits, and answers the hash. */
  commit(
    subject: string,
    { author = 'Ada', email = 'ada@example.com', date = '1775988900 +0000', files = {}, args = [] }: CommitOptions = {},
  ): string {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), content);
    }
    this.git(['add', '--all']);
    this.git(['commit', '--quiet', '--allow-empty', '--allow-empty-message', '-m', subject, ...args], {
      env: { GIT_AUTHOR_NAME: author, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: '1775988900 +0000' },
    });
    return this.git(['rev-parse', 'HEAD']);
  }

  /** A commit exactly as given, on a branch of its own: tools of others write what git itself would not. */
  rawCommit(branch: string, authorLine: string | Buffer): string {
    const tree = this.git(['hash-object', '-t', 'tree', '-w', '--stdin']);
    const text = Buffer.concat([
      Buffer.from(`tree ${tree}\n`),
      Buffer.from('author '),
      Buffer.isBuffer(authorLine) ? authorLine : Buffer.from(authorLine),
      Buffer.from('\ncommitter C <c@example.com> 1775988900 +0000\n\nraw\n'),
    ]);
    const hash = this.git(['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], { input: text });
    this.git(['update-ref', `refs/heads/${branch}`, hash]);
    return hash;
  }
}

import { execFile } from 'node:child_process';
import { cp, mkdir, rm, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** What a file system keeps for itself, so that a bound below its use is not refused. */
const PAGE_BYTES = 4096;
const FILL_ATTEMPTS_MAX = 50;

/** A file system in memory for one nats-server, which can be made full and given room again. Takes root. */
export class NatsDisk {
  readonly #dir: string;
  readonly #bytesMax: number;

  private constructor(dir: string, bytesMax: number) {
    this.#dir = dir;
    this.#bytesMax = bytesMax;
  }

  /** @returns null where this user may not mount */
  static async mount(dir: string, bytesMax: number): Promise<NatsDisk | null> {
    await mkdir(dir, { recursive: true });
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${String(bytesMax)},mode=700`, 'cairn-chaos', dir]);
      return new NatsDisk(dir, bytesMax);
    } catch {
      // No such program, or not allowed to: the caller has another way to the same end.
      return null;
    }
  }

  /** From now on no byte more can be written. */
  async fill(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#resize(await this.#usedBytes());
        return;
      } catch (error) {
        // Something was written between the look and the bound.
        if (attempt === FILL_ATTEMPTS_MAX) throw error;
      }
    }
  }

  async makeRoom(): Promise<void> {
    await this.#resize(this.#bytesMax);
  }

  async #usedBytes(): Promise<number> {
    const { blocks, bfree, bsize } = await statfs(this.#dir);
    return Math.max(PAGE_BYTES, (blocks - bfree) * bsize);
  }

  /** Takes it away; what it holds is copied to `keepIn` first, where that is given. */
  async unmount(keepIn: string | null): Promise<void> {
    if (keepIn !== null) await cp(this.#dir, keepIn, { recursive: true });
    await run('umount', [this.#dir]);
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #resize(bytes: number): Promise<void> {
    await run('mount', ['-o', `remount,size=${String(bytes)}`, this.#dir]);
  }
}

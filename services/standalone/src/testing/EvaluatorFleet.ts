import { join } from 'node:path';
import type { Database } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { RunningServe } from './RunningServe.js';

/** A hand-over takes less than ten seconds on a machine with nothing else to do; a test may get a tenth of one. */
const HAND_OVER_MS_MAX = 90_000;

/** Evaluators in processes of their own, by name, on the same servers. */
export class EvaluatorFleet {
  readonly #running = new Map<string, RunningServe>();
  readonly #env: Record<string, string>;
  readonly #dataDir: string;
  readonly #database: Database;

  constructor(of: { env: Record<string, string>; dataDir: string; database: Database }) {
    this.#env = of.env;
    this.#dataDir = of.dataDir;
    this.#database = of.database;
  }

  async join(name: string): Promise<void> {
    const env = { ...this.#env, CAIRN_DATA_DIR: join(this.#dataDir, name), CAIRN_EVALUATOR_NAME: name, CAIRN_PORT: '0' };
    this.#running.set(name, await RunningServe.start(['serve', '--target', 'rule-evaluator'], env));
  }

  async leave(name: string): Promise<void> {
    await this.#take(name).end('SIGTERM');
  }

  async kill(name: string): Promise<void> {
    await this.#take(name).end('SIGKILL');
  }

  freeze(name: string): void {
    this.#find(name).child.kill('SIGSTOP');
  }

  thaw(name: string): void {
    this.#find(name).child.kill('SIGCONT');
  }

  /** Resolves when these have all partitions among them, and each has some. */
  async own(names: readonly string[]): Promise<void> {
    await eventually(
      async () => {
        const { rows } = await this.#database.pool.query<{ owners: string[] }>(
          'SELECT array_agg(DISTINCT owner ORDER BY owner) AS owners FROM partitions WHERE owner IS NOT NULL AND lease_until > now()',
        );
        const { rows: free } = await this.#database.pool.query('SELECT 1 FROM partitions WHERE owner IS NULL OR lease_until <= now()');
        const owners = rows[0]?.owners ?? [];
        if (free.length > 0 || owners.join() !== [...names].sort().join())
          throw new Error(`${String(free.length)} partitions are free, the others are owned by ${owners.join(', ')}`);
      },
      { timeoutMs: HAND_OVER_MS_MAX },
    );
  }

  async stop(): Promise<void> {
    for (const evaluator of this.#running.values()) {
      evaluator.child.kill('SIGCONT');
      await evaluator.end('SIGTERM');
    }
  }

  #find(name: string): RunningServe {
    const evaluator = this.#running.get(name);
    if (evaluator === undefined) throw new Error(`there is no evaluator ${name}`);
    return evaluator;
  }

  #take(name: string): RunningServe {
    const evaluator = this.#find(name);
    this.#running.delete(name);
    return evaluator;
  }
}

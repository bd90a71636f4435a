import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Machine } from '../harness/machine.js';
import type { BenchmarkResult } from '../harness/runGroup.js';

/** What was measured last, and how. */
export interface KeptResult extends BenchmarkResult {
  /** The day, such as `2026-04-12`. */
  measured_on: string;
  command: string;
  /** Processes that wanted a core in the minute before: on an idle machine as good as none. Not known of the first that were kept. */
  load_before?: number;
}

/** A file of bench/results, one for each group. */
export interface KeptGroup {
  machine: Machine;
  results: KeptResult[];
}

/** Puts results in the place of those of the same names; what another machine measured makes way for them. */
export async function keepResults(
  dir: string,
  of: { machine: Machine; command: string; loadBefore: number; results: readonly BenchmarkResult[] },
): Promise<void> {
  await mkdir(dir, { recursive: true });
  const measuredOn = new Date().toISOString().slice(0, 10);
  for (const [group, measured] of byGroup(of.results)) {
    const before = await readGroup(dir, group);
    const kept = before !== null && isDeepStrictEqual(before.machine, of.machine) ? before.results : [];
    const results = new Map(kept.map((result) => [result.name, result]));
    for (const result of measured)
      results.set(result.name, { ...result, measured_on: measuredOn, command: of.command, load_before: of.loadBefore });
    const content: KeptGroup = { machine: of.machine, results: [...results.values()] };
    await writeFile(fileOf(dir, group), `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** By group. */
export async function readKept(dir: string): Promise<ReadonlyMap<string, KeptGroup>> {
  const groups = new Map<string, KeptGroup>();
  for (const file of (await readdir(dir)).filter((name) => name.endsWith('.json')).sort()) {
    const group = file.slice(0, -'.json'.length);
    const kept = await readGroup(dir, group);
    if (kept !== null) groups.set(group, kept);
  }
  return groups;
}

function byGroup(results: readonly BenchmarkResult[]): Map<string, BenchmarkResult[]> {
  const groups = new Map<string, BenchmarkResult[]>();
  for (const result of results) {
    const group = result.name.split('/')[0] ?? result.name;
    groups.set(group, [...(groups.get(group) ?? []), result]);
  }
  return groups;
}

async function readGroup(dir: string, group: string): Promise<KeptGroup | null> {
  try {
    return JSON.parse(await readFile(fileOf(dir, group), 'utf8')) as KeptGroup;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function fileOf(dir: string, group: string): string {
  return join(dir, `${group}.json`);
}

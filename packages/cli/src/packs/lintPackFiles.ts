import { type KnownByServer, lintPacks } from '@cairn/engine/authoring';
import { expandPackPaths } from './expandPackPaths.js';
import { byPosition, type GoodPack, type LintedPack, type LintIssue, lintPackFile, toLintIssue } from './lintPackFile.js';
import { readPackFile } from './readPackFile.js';

/** Files of packs, each checked in itself. */
export async function readPackFiles(paths: readonly string[]): Promise<LintedPack[]> {
  const linted: LintedPack[] = [];
  for (const path of await expandPackPaths(paths)) linted.push(lintPackFile(await readPackFile(path)));
  return linted;
}

/** What is wrong with each file and with all of them together, file by file and from top to bottom. */
export function issuesOf(linted: readonly LintedPack[], server: KnownByServer | null): LintIssue[] {
  const good = linted.filter((file): file is GoodPack => file.ok);
  const packs = good.map(({ pack }) => pack);
  const findings = lintPacks(packs, { server, isComplete: good.length === linted.length });
  return linted.flatMap((file) => {
    if (!file.ok) return file.issues;
    const index = good.indexOf(file);
    const own = findings.filter(({ pack }) => pack === index);
    return own.map((finding) => toLintIssue(file.file, finding, finding.severity)).sort(byPosition);
  });
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readKept } from './keptResults.js';
import { renderArithmetic } from './renderArithmetic.js';
import { renderGroup } from './renderTables.js';

/** Pages that show tables of kept results between `<!-- bench:<group> -->` and `<!-- /bench:<group> -->`; `arithmetic` is made of several. */
const PAGES = ['docs/reference/benchmarks.md', 'docs/explanation/scaling.md'];
const BLOCK = /<!-- bench:(\S+) -->\n[\s\S]*?<!-- \/bench:\1 -->/g;
const NOT_MEASURED = 'Not measured yet.';

/** Renews the tables of all pages. @returns the pages that were not as they should be */
export async function writeTables(root: string, of: { results: string; checkOnly: boolean }): Promise<string[]> {
  const kept = await readKept(of.results);
  const changed: string[] = [];
  for (const page of PAGES) {
    const path = join(root, page);
    const before = await readFile(path, 'utf8');
    const after = before.replace(BLOCK, (_, group: string) => {
      const found = kept.get(group);
      const content = group === 'arithmetic' ? renderArithmetic(kept) : found === undefined ? null : renderGroup(found);
      return `<!-- bench:${group} -->\n\n${content ?? NOT_MEASURED}\n\n<!-- /bench:${group} -->`;
    });
    if (after === before) continue;
    changed.push(page);
    if (!of.checkOnly) await writeFile(path, after);
  }
  return changed;
}

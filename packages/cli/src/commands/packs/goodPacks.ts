import type { CliContext } from '../../cliContext.js';
import type { GoodPack } from '../../packs/lintPackFile.js';
import { issuesOf, readPackFiles } from '../../packs/lintPackFiles.js';
import { describeIssue } from './lintPacksCommand.js';

/** All or none: of a set of packs of which one is wrong nothing is made. Warnings are left to `lint`. */
export async function goodPacks(context: CliContext, paths: readonly string[], nothingDone: string): Promise<GoodPack[] | null> {
  const linted = await readPackFiles(paths);
  const errors = issuesOf(linted, null).filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return linted.filter((file): file is GoodPack => file.ok);
  for (const issue of errors) context.output.note(describeIssue(issue));
  context.output.note(`cairn: ${nothingDone}`);
  return null;
}

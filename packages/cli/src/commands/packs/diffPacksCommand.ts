import type { PackDiff } from '@cairn/sdk';
import type { CliContext } from '../../cliContext.js';
import { EXIT, type ExitCode, UsageError } from '../../errors.js';
import { formatPackDiff } from '../../output/formatPackDiff.js';
import { diffLocally, type LocalDiff } from '../../packs/diffLocally.js';
import type { GoodPack } from '../../packs/lintPackFile.js';
import { goodPacks } from './goodPacks.js';

export interface DiffOptions {
  /** A file to compare with instead of what the server has. */
  against?: string;
  /** Whether differences make the command fail. */
  exitCode?: boolean;
}

/** `cairn packs diff`: what would change. Asking changes nothing. */
export async function diffPacksCommand(context: CliContext, paths: string[], options: DiffOptions): Promise<ExitCode> {
  const packs = await goodPacks(context, paths, 'nothing was compared');
  if (packs === null) return EXIT.failure;
  const diffs = options.against === undefined ? await askServer(context, packs) : await compare(context, packs, options.against);
  if (diffs === null) return EXIT.failure;
  if (context.json) await context.output.json(diffs.length === 1 ? diffs[0] : { items: diffs });
  else for (const diff of diffs) await context.output.lines(formatPackDiff(diff, context.output));
  return options.exitCode === true && diffs.some(isDifferent) ? EXIT.failure : EXIT.success;
}

async function askServer(context: CliContext, packs: readonly GoodPack[]): Promise<PackDiff[]> {
  const client = await context.connect();
  const diffs: PackDiff[] = [];
  for (const { pack, document } of packs) diffs.push(await client.diffPack(pack.pack, document));
  return diffs;
}

async function compare(context: CliContext, packs: readonly GoodPack[], against: string): Promise<LocalDiff[] | null> {
  const [after, ...more] = packs;
  if (after === undefined || more.length > 0) throw new UsageError('--against compares with one file: name one pack only');
  const before = (await goodPacks(context, [against], 'nothing was compared'))?.[0];
  return before === undefined ? null : [diffLocally(before.pack, after.pack)];
}

function isDifferent({ changes, xp_rules: xpRules, ranks }: PackDiff | LocalDiff): boolean {
  return [...changes, ...xpRules, ...ranks].some(({ change }) => change !== 'unchanged');
}

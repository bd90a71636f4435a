import type { PackChange, PublishedPack } from '@cairn/sdk';
import type { CliContext } from '../../cliContext.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { printable } from '../../output/printable.js';
import { formatTable } from '../../output/table.js';
import { goodPacks } from './goodPacks.js';

/** `cairn packs apply`: publishes packs. */
export async function applyPacksCommand(context: CliContext, paths: string[]): Promise<ExitCode> {
  const packs = await goodPacks(context, paths, 'nothing was sent');
  if (packs === null) return EXIT.failure;
  const client = await context.connect();
  const published: PublishedPack[] = [];
  for (const { pack, document } of packs) {
    const answer = await client.publishPack(pack.pack, document);
    published.push(answer);
    if (!context.json) await printPublished(context, answer);
  }
  if (context.json) await context.output.json(published.length === 1 ? published[0] : { items: published });
  return EXIT.success;
}

async function printPublished(context: CliContext, published: PublishedPack): Promise<void> {
  await printChanges(context, published.pack, published.changes);
  if (published.xp_rules_changed) await context.output.line('  XP rules changed');
  if (published.ranks_changed) await context.output.line('  ranks changed');
  if (!published.in_effect)
    context.output.note(`cairn: ${printable(published.pack)} is in the log, and in effect once the evaluation is there`);
}

async function printChanges({ output }: CliContext, pack: string, changes: readonly PackChange[]): Promise<void> {
  const told = changes.filter((change) => change.change !== 'unchanged');
  const counts = (['added', 'changed', 'unchanged', 'retired'] as const).map(
    (kind) => `${changes.filter(({ change }) => change === kind).length} ${kind}`,
  );
  await output.line(`${output.style('bold', printable(pack))}: ${counts.join(', ')}`);
  if (told.length === 0) return;
  const rows = told.map(({ slug, change, version }) => [change, printable(slug), `v${version}`]);
  await output.lines(
    formatTable([{ title: 'CHANGE' }, { title: 'ACHIEVEMENT' }, { title: 'VERSION', align: 'right' }], rows).map((line) => `  ${line}`),
  );
}

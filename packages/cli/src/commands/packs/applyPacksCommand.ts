import type { CairnClient, PackChange, PublishedPack } from '@cairn/sdk';
import type { CliContext } from '../../cliContext.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { printable } from '../../output/printable.js';
import { createProgressBar } from '../../output/progressBar.js';
import { formatTable } from '../../output/table.js';
import { goodPacks } from './goodPacks.js';

export interface ApplyOptions {
  wait: boolean;
}

/** `cairn packs apply`: publishes packs, and waits until what they ask for is evaluated over the history. */
export async function applyPacksCommand(context: CliContext, paths: string[], { wait }: ApplyOptions): Promise<ExitCode> {
  const packs = await goodPacks(context, paths, 'nothing was sent');
  if (packs === null) return EXIT.failure;
  const client = await context.connect();
  const published: PublishedPack[] = [];
  for (const { pack, document } of packs) {
    const answer = await client.publishPack(pack.pack, document);
    published.push(answer);
    if (!context.json) await printPublished(context, answer);
  }
  const changed = published.filter((pack) => pack.changed);
  const sequence = Math.max(0, ...changed.map((pack) => pack.sequence ?? 0));
  // Where nobody evaluates, that was said.
  const isAwaited = wait && changed.length > 0 && changed.every((pack) => pack.in_effect);
  const isComplete = !isAwaited || (await waitForRecounts(context, client, sequence));
  if (context.json) await context.output.json(published.length === 1 ? published[0] : { items: published });
  return isComplete ? EXIT.success : EXIT.failure;
}

/** False where it was interrupted: the history is evaluated all the same. */
async function waitForRecounts(context: CliContext, client: CairnClient, sequence: number): Promise<boolean> {
  const signal = context.interruption();
  const bar = createProgressBar(context.output, 'evaluating the history');
  try {
    await client.waitUntilEvaluated({
      sequence,
      recounts: 'await',
      signal,
      onProgress: ({ recounts = [], partitions }) => {
        const left = recounts.filter(({ since_sequence: since }) => since <= sequence);
        const undone = left.reduce((sum, { progress }) => sum + 1 - progress, 0);
        if (left.length > 0) bar.update(Math.max(0, 100 - Math.ceil((undone * 100) / Math.max(left.length, partitions.length))), 100);
      },
    });
    return true;
  } catch (error) {
    if (!signal.aborted) throw error;
    bar.stop();
    context.output.note('cairn: published. The history is still being evaluated: `cairn status` says how far it is');
    return false;
  } finally {
    bar.stop();
  }
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

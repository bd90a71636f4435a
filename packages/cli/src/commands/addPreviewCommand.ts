import { parseInstant } from '@cairn/contracts';
import type { PackPreview } from '@cairn/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode, UsageError } from '../errors.js';
import { createProgressBar } from '../output/progressBar.js';
import { formatPreview } from '../packs/formatPreview.js';
import type { GoodPack } from '../packs/lintPackFile.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { goodPacks } from './packs/goodPacks.js';
import { parseText } from './parseText.js';

/** Adds `packs preview`, behind the other commands of the group. */
export const addPreviewCommand: AddCommand = (program, host) => {
  const group = program.commands.find((command) => command.name() === 'packs');
  if (group === undefined) throw new Error('the group of commands about packs is not there');
  const command = group
    .command('preview')
    .description('who would unlock what, over the history, before publishing')
    .argument('<file>', 'a YAML or JSON file, or the name of a pack that comes with Cairn', parseText)
    .option('--since <time>', 'fold only what occurred since: 90d, 12h or 4w ago, or an instant (default: all)', parseSince)
    .action(async (file: string, options: { since?: string }, self: Command) => {
      host.exit(await preview(host.contextOf(self), file, options.since));
    });
  withExamples(command, [
    ['cairn packs preview team.yaml', 'nothing is changed by asking'],
    ['cairn packs preview team.yaml --since 90d --json', 'the report as a document'],
  ]);
};

async function preview(context: CliContext, file: string, since: string | undefined): Promise<ExitCode> {
  const packs = await goodPacks(context, [file], 'nothing was sent');
  if (packs === null) return EXIT.failure;
  const [draft, second] = packs;
  if (draft === undefined || second !== undefined) throw new UsageError(`${file} is not one pack: name one file`);
  const report = await ask(context, draft, since);
  if (report === null) {
    context.output.note('cairn: the preview was stopped');
    return EXIT.failure;
  }
  if (context.json) await context.output.json(report);
  else await context.output.lines(formatPreview(context.output, report));
  return EXIT.success;
}

/** null where it was interrupted. */
async function ask(context: CliContext, { pack, document }: GoodPack, since: string | undefined): Promise<PackPreview | null> {
  const signal = context.interruption();
  const client = await context.connect();
  const bar = createProgressBar(context.output, 'folding');
  try {
    return await client.previewPack(pack.pack, document, {
      ...(since === undefined ? {} : { since }),
      signal,
      onProgress: ({ read, of }) => {
        if (of > 0) bar.update(read, of);
      },
    });
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    bar.stop();
  }
}

/** As the server reads it; what is malformed is told before anything is sent. */
function parseSince(text: string): string {
  if (/^\d{1,5}[hdw]$/.test(text) || parseInstant(text) !== null) return text;
  throw new InvalidArgumentError('Write it like 90d, 12h or 4w, or as an instant like 2026-04-12T10:15:00Z.');
}

import type { Command } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode } from '../errors.js';
import { formatExplanation } from '../output/formatExplanation.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { parseText } from './parseText.js';

interface ExplainOptions {
  event?: string;
}

export const addExplainCommand: AddCommand = (program, host) => {
  const command: Command = program
    .command('explain')
    .description('why a user has an achievement, or why not yet')
    .argument('<user>', 'whose; the id that events name as actor.user_id', parseText)
    .argument('<slug>', 'slug of the achievement, as `cairn progress <user> --all` lists it', parseText)
    .option('--event <id>', 'what became of this event; its id, or its idempotency key', parseText)
    .action(async (user: string, slug: string, options: ExplainOptions) =>
      host.exit(await explain(host.contextOf(command), { user, slug, ...options })),
    );
  withExamples(command, [
    ['cairn explain alice@example.com steady-responder', 'which events counted, and what is missing'],
    ['cairn explain alice@example.com steady-responder --event evt_01HZX', 'whether that event counted, and why not'],
  ]);
};

async function explain(context: CliContext, asked: ExplainOptions & { user: string; slug: string }): Promise<ExitCode> {
  const { user, slug, event } = asked;
  const explanation = await (await context.connect()).explain(user, slug, event === undefined ? {} : { event });
  if (context.json) await context.output.json(explanation);
  else await context.output.lines(formatExplanation(context.output, explanation));
  return EXIT.success;
}

import type { UserMergeResult } from '@cairn/sdk';
import type { Command } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode } from '../errors.js';
import { printable } from '../output/printable.js';
import { addErasureCommands } from './addErasureCommands.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { parseText } from './parseText.js';

const REASON = 'why; kept in the audit';

export const addUsersCommands: AddCommand = (program, host) => {
  const users = program.command('users').description('people who change their names, turn out to be one, or are to be forgotten');

  const merge: Command = users
    .command('merge')
    .description('make one user of two; for good')
    .argument('<from>', 'who ends: an alias of the other from then on', parseText)
    .argument('<into>', 'who goes on', parseText)
    .requiredOption('--reason <text>', REASON, parseText)
    .action(async (from: string, into: string, { reason }: { reason: string }) => {
      const context = host.contextOf(merge);
      host.exit(await tell(context, await (await context.connect()).mergeUsers({ from, into }, reason)));
    });
  withExamples(merge, [
    [
      'cairn users merge ada@old.example ada@new.example --reason "two accounts of one person"',
      'both ids lead to the second, who has what both have together',
    ],
  ]);

  const rename: Command = users
    .command('rename')
    .description('give a user another id; the old one stays an alias')
    .argument('<from>', 'the id that the user has', parseText)
    .argument('<to>', 'the new one, which nobody has', parseText)
    .requiredOption('--reason <text>', REASON, parseText)
    .action(async (from: string, to: string, { reason }: { reason: string }) => {
      const context = host.contextOf(rename);
      host.exit(await tell(context, await (await context.connect()).renameUser({ from, to }, reason)));
    });
  addErasureCommands(users, host);
  withExamples(rename, [['cairn users rename ada.byron ada.king --reason "married"', 'events under either id count for her']]);
};

async function tell(context: CliContext, done: UserMergeResult): Promise<ExitCode> {
  if (context.json) await context.output.json(done);
  else await context.output.line(sentenceOf(done));
  if (!done.in_effect) context.output.note('cairn: it is in the log, and not in effect yet');
  return EXIT.success;
}

function sentenceOf({ result, alias, user_id: user, sequence }: UserMergeResult): string {
  const [from, into] = [printable(alias), printable(user)];
  if (result === 'already_merged') return `${from} leads to ${into} already`;
  return `${from} ${result === 'renamed' ? 'is called' : 'was merged into'} ${into} (${String(sequence)} of the log)`;
}

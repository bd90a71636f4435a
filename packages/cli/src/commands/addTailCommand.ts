import type { Revocation, Unlock } from '@cairn/contracts';
import type { Command } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode } from '../errors.js';
import type { Output } from '../output/output.js';
import { printable } from '../output/printable.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { parseText } from './parseText.js';

export const addTailCommand: AddCommand = (program, host) => {
  const command = program
    .command('tail')
    .description('unlocks as they happen, until Ctrl-C')
    .option('--user <id>', 'of one user only', parseText)
    .action(async (options: { user?: string }, self: Command) => host.exit(await tail(host.contextOf(self), options.user)));
  withExamples(command, [
    ['cairn tail', "everybody's"],
    ['cairn tail --user alice@example.com --json', 'one JSON document a line'],
  ]);
};

async function tail(context: CliContext, user: string | undefined): Promise<ExitCode> {
  const signal = context.interruption();
  const client = await context.connect();
  const stream = client.streamUnlocks({
    ...(user === undefined ? {} : { user }),
    signal,
    onOpen: () =>
      context.output.note(`Following unlocks${user === undefined ? '' : ` of ${printable(user)}`} at ${client.url}. Ctrl-C ends it.`),
    onReconnect: (cause) => context.output.note(`cairn: ${cause.message}; connecting again`),
  });
  for await (const message of stream) {
    if (message.kind === 'progress') continue;
    const unlock = message.kind === 'unlock' ? message.unlock : message.revocation;
    if (context.json) await context.output.json(unlock);
    else await context.output.line(describeUnlock(context.output, unlock));
  }
  return EXIT.success;
}

/** An unlock or a revocation in one line. */
export function describeUnlock(output: Output, unlock: Unlock | Revocation): string {
  const revoked = 'revoked_at' in unlock;
  const who = printable(unlock.user_id ?? `team ${unlock.team_id ?? ''}`);
  const detail = [unlock.level, unlock.period].filter((part) => part !== null).map(printable);
  const name = output.style('bold', printable(unlock.achievement.name)) + (detail.length === 0 ? '' : ` (${detail.join(', ')})`);
  const xp = unlock.xp_reward === 0 ? '' : `  ${revoked ? '-' : '+'}${unlock.xp_reward} XP`;
  return `${revoked ? unlock.revoked_at : unlock.unlocked_at}  ${who}  ${revoked ? 'loses ' : ''}${name}${xp}`;
}

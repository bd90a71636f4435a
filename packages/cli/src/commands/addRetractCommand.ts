import type { Command } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode } from '../errors.js';
import { printable } from '../output/printable.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { parseText } from './parseText.js';

export const addRetractCommand: AddCommand = (program, host) => {
  const command: Command = program
    .command('retract')
    .description('take an event out of what was counted')
    .argument('<event_id>', 'the id of the event', parseText)
    .requiredOption('--reason <text>', 'why; kept in the audit', parseText)
    .action(async (eventId: string, { reason }: { reason: string }) =>
      host.exit(await retract(host.contextOf(command), { eventId, reason })),
    );
  withExamples(command, [
    [
      'cairn retract evt_01HZX --reason "sent twice under two ids"',
      'what needs it is kept or revoked, as on_retract of the definition says',
    ],
  ]);
};

async function retract(context: CliContext, asked: { eventId: string; reason: string }): Promise<ExitCode> {
  const done = await (await context.connect()).retractEvent(asked.eventId, asked.reason);
  if (context.json) await context.output.json(done);
  else {
    const what = done.result === 'retracted' ? 'retracted' : 'was retracted before';
    await context.output.line(`${printable(done.event_id)} of ${printable(done.user_id)} ${what} (${done.sequence} of the log)`);
  }
  if (!done.in_effect) context.output.note('cairn: it is in the log, and not in effect yet');
  return EXIT.success;
}

import { type AddCommand, UsageError, withExamples } from '@cairn/cli';
import type { Command } from 'commander';
import type { ReplayFlags } from './ReplayFlags.js';

/** `cairn replay`: it works on the servers themselves, and so comes from here. */
export const addReplayCommand: AddCommand = (program, host) => {
  const command = program
    .command('replay')
    .description('rebuild all state from the log beside the live one, and compare them or put it in place')
    .option('--verify', 'compare, and change nothing; exit code 1 where they differ')
    .option('--swap', 'compare, then put the rebuilt state in place, silently')
    .option('--tenant <id>', 'only this tenant')
    .option('--from-archive <place>', 'read the log from an archive, and what came after from CAIRN_LOG')
    .option('--restart', 'drop what an interrupted replay has left, instead of going on with it')
    .option('--partial', 'replay a log whose beginning is gone')
    .action(async (flags: ReplayFlags, self: Command) => {
      if ((flags.verify === true) === (flags.swap === true))
        throw new UsageError('say what for: --verify compares, --swap also puts in place');
      const { replayCommand } = await import('./replayCommand.js');
      host.exit(await replayCommand(host.contextOf(self), flags));
    });
  withExamples(command, [
    ['cairn replay --verify', 'whether what is stored is what the log says, while everything runs'],
    ['cairn replay --swap --tenant acme', 'mends the state of one tenant'],
  ]);
};

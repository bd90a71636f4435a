import type { AddCommand } from '@cairn/cli';
import type { Command } from 'commander';

/** `npm start`: everything at once, with something to look at. */
export const addStartCommand: AddCommand = (program, host) => {
  program
    .command('start', { hidden: true })
    .description('run Cairn with its packs and the git history of this clone, and print each unlock')
    .action(async (_options: object, self: Command) => {
      const { start } = await import('./start.js');
      host.exit(await start(host.contextOf(self)));
    });
};

import { type AddCommand, withExamples } from '@cairn/cli';
import type { Command } from 'commander';

/** `npm run demo -- <path>`: any repository, and what its people unlocked. */
export const addDemoCommand: AddCommand = (program, host) => {
  const command = program
    .command('demo')
    .description('import a git repository with the git pack, print what its people unlocked, and stop again')
    .argument('<path>', 'the repository, or a directory in it')
    .action(async (path: string, _options: object, self: Command) => {
      const { demo } = await import('./demo.js');
      host.exit(await demo(host.contextOf(self), path));
    });
  withExamples(command, [['npm run demo -- ~/src/tool', 'a second time it accepts nothing new and changes nothing']]);
};

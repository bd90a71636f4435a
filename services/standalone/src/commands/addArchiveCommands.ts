import { type AddCommand, withExamples } from '@cairn/cli';
import { DEFAULT_TENANT_ID } from '@cairn/contracts';
import type { Command } from 'commander';

/** `cairn archive`: the log in files. It works on the servers themselves, and so comes from here. */
export const addArchiveCommands: AddCommand = (program, host) => {
  const group = program.command('archive').description('keep the log in files, and bring it back from them');
  group
    .command('export')
    .description('add what the log holds behind the end of the archive')
    .argument('<place>', 'a directory, or s3://bucket/path; made where there is none')
    .action(async (place: string, _options: object, self: Command) => {
      const { exportCommand } = await import('./archiveCommands.js');
      host.exit(await exportCommand(host.contextOf(self), place));
    });
  group
    .command('import')
    .description('put the entries of an archive back into a log that was lost, each at its place')
    .argument('[place]', 'the archive: a directory, or s3://bucket/path; without one, the log begins anew behind what has been evaluated')
    .action(async (place: string | undefined, _options: object, self: Command) => {
      const { importCommand } = await import('./archiveCommands.js');
      host.exit(await importCommand(host.contextOf(self), place));
    });
  group
    .command('verify')
    .description('hold every file against its hash; no server is needed')
    .argument('<place>', 'the archive: a directory, or s3://bucket/path')
    .action(async (place: string, _options: object, self: Command) => {
      const { verifyCommand } = await import('./archiveCommands.js');
      host.exit(await verifyCommand(host.contextOf(self), place));
    });
  group
    .command('erase')
    .description('take users out of an archive, once they are erased; files that hold them are written anew')
    .argument('<place>', 'the archive: a directory, or s3://bucket/path')
    .requiredOption('--user <id...>', 'all ids that lead to them')
    .option('--tenant <id>', 'whose users they are', DEFAULT_TENANT_ID)
    .action(async (place: string, options: { user: string[]; tenant: string }, self: Command) => {
      const { eraseCommand } = await import('./archiveCommands.js');
      host.exit(await eraseCommand(host.contextOf(self), place, options));
    });
  withExamples(group, [
    ['cairn archive export /backup/cairn', 'daily, say: each call goes on where the last one ended'],
    ['cairn archive import /backup/cairn', 'after the loss of JetStream, with all of Cairn stopped'],
  ]);
};

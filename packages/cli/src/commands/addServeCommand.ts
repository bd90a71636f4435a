import type { Command } from 'commander';
import type { CliContext } from '../cliContext.js';
import type { ExitCode } from '../errors.js';
import { type AddCommand, withExamples } from './cliHost.js';

/** Runs the named parts, until a signal. The servers belong to another package, which hands this in. */
export type Serve = (target: string, context: CliContext) => Promise<ExitCode>;

export function addServeCommand(serve: Serve): AddCommand {
  return (program, host) => {
    const command = program
      .command('serve')
      .description('run Cairn; without NATS_URL and DATABASE_URL with servers of its own')
      .option('--target <parts>', 'all, or some of ingest,rule-evaluator,notifier,api', 'all')
      .action(async (options: { target: string }, self: Command) => host.exit(await serve(options.target, host.contextOf(self))));
    withExamples(command, [
      ['cairn serve', 'everything in one process, on port 7400'],
      ['CAIRN_PORT=8080 cairn serve', 'on another port'],
      [
        'NATS_URL=nats://nats:4222 DATABASE_URL=postgres://cairn@db/cairn cairn serve --target ingest,api',
        'some parts, on servers that run already',
      ],
    ]);
  };
}

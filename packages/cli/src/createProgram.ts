import { Command } from 'commander';
import { addDlqCommands } from './commands/addDlqCommands.js';
import { addExplainCommand } from './commands/addExplainCommand.js';
import { addImportCommands } from './commands/addImportCommands.js';
import { addPacksCommands } from './commands/addPacksCommands.js';
import { addPreviewCommand } from './commands/addPreviewCommand.js';
import { addReadCommands } from './commands/addReadCommands.js';
import { addRetractCommand } from './commands/addRetractCommand.js';
import { addServeCommand, type Serve } from './commands/addServeCommand.js';
import { addTailCommand } from './commands/addTailCommand.js';
import { addTenantsCommands } from './commands/addTenantsCommands.js';
import { addTrackCommand } from './commands/addTrackCommand.js';
import { addUsersCommands } from './commands/addUsersCommands.js';
import type { AddCommand, CliHost } from './commands/cliHost.js';
import type { Output } from './output/output.js';

export interface ProgramOptions {
  host: CliHost;
  output: Output;
  /** Without it there is no `serve`. */
  serve: Serve | null;
  /** Commands of others. */
  commands: readonly AddCommand[];
  version: string;
}

/** The program with all its commands. It never ends the process: it throws a CommanderError instead. */
export function createProgram({ host, output, serve, commands, version }: ProgramOptions): Command {
  const program = new Command('cairn')
    .description('Turns events into achievements.')
    .version(version, '-V, --version', 'print the version')
    .option('--url <url>', 'the server (default: CAIRN_URL, else the one that runs on the data directory)')
    .option('--token <token>', 'its token (default: CAIRN_TOKEN, else that of the same server)')
    .option('--json', 'print JSON: one document, or one a line for what streams')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for how to use it)')
    // Handed on to every command that is added below.
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void output.write(text),
      writeErr: (text) => output.note(text.trimEnd()),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const own = [
    addTrackCommand,
    addImportCommands,
    addPacksCommands,
    addPreviewCommand,
    addReadCommands,
    addExplainCommand,
    addDlqCommands,
    addRetractCommand,
    addUsersCommands,
    addTenantsCommands,
    addTailCommand,
  ];
  for (const add of [...(serve === null ? [] : [addServeCommand(serve)]), ...own, ...commands]) add(program, host);
  program.addHelpText(
    'after',
    `
Environment:
  CAIRN_URL, CAIRN_TOKEN   the server, and its token
  CAIRN_DATA_DIR           where data is kept, and where a running server is found
  NO_COLOR                 no colours

Exit codes: 0 success, 1 failure, 2 wrong usage.`,
  );
  return program;
}

import { runCli } from '@cairn/cli';
import { addArchiveCommands } from './commands/addArchiveCommands.js';
import { addDemoCommand } from './commands/addDemoCommand.js';
import { addReplayCommand } from './commands/addReplayCommand.js';
import { addStartCommand } from './commands/addStartCommand.js';
import { environment } from './config.js';
import { version } from './version.js';

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  env: environment,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  // Loaded when it is asked for: the other commands start without the services.
  serve: async (target, context) => (await import('./commands/serveCommand.js')).serveCommand(target, context),
  commands: [addStartCommand, addDemoCommand, addReplayCommand, addArchiveCommands],
  version,
});

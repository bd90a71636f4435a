import { runCli } from '@cairn/cli';
import { addDemoCommand } from './commands/addDemoCommand.js';
import { addStartCommand } from './commands/addStartCommand.js';
import { serveCommand } from './commands/serveCommand.js';
import { environment } from './config.js';
import { version } from './version.js';

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  env: environment,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  serve: serveCommand,
  commands: [addStartCommand, addDemoCommand],
  version,
});

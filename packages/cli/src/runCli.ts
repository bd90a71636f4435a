import type { Readable, Writable } from 'node:stream';
import { isCairnApiError, isUnreachable } from '@cairn/sdk';
import { type Command, CommanderError } from 'commander';
import { CliContext, type GlobalOptions } from './cliContext.js';
import type { Serve } from './commands/addServeCommand.js';
import type { AddCommand, CliHost } from './commands/cliHost.js';
import { readConfig } from './config.js';
import { createProgram } from './createProgram.js';
import type { Environment } from './dataDirectory.js';
import { CliError, EXIT, type ExitCode, OutputClosed, UsageError } from './errors.js';
import { Output } from './output/output.js';
import { printable } from './output/printable.js';

export interface CliOptions {
  /** What stands behind the name of the program. */
  argv: readonly string[];
  env: Environment;
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** Whether a person looks at them (default: what the streams say). */
  isTTY?: { stdout: boolean; stderr: boolean };
  /** Ends what streams (default: Ctrl-C). */
  signal?: AbortSignal;
  /** Runs the servers; without it there is no `serve`. */
  serve?: Serve;
  /** Further commands. */
  commands?: readonly AddCommand[];
  version?: string;
}

/** Runs one call of `cairn` and answers its exit code. It neither ends the process nor throws. */
export async function runCli(options: CliOptions): Promise<ExitCode> {
  const config = readConfig(options.env);
  const output = new Output({
    stdout: options.stdout,
    stderr: options.stderr,
    isTTY: options.isTTY ?? { stdout: isTerminal(options.stdout), stderr: isTerminal(options.stderr) },
    noColour: config.noColour,
  });
  let exitCode: ExitCode = EXIT.success;
  const host: CliHost = {
    contextOf: (command: Command) =>
      new CliContext({
        config,
        output,
        stdin: options.stdin,
        globals: command.optsWithGlobals<GlobalOptions>(),
        signal: options.signal ?? null,
      }),
    exit: (code) => {
      exitCode = code;
    },
  };
  const program = createProgram({
    host,
    output,
    serve: options.serve ?? null,
    commands: options.commands ?? [],
    version: options.version ?? '0.1.0',
  });
  try {
    await program.parseAsync([...options.argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(output, error);
  } finally {
    output.release();
  }
}

/** Says what went wrong, once, and how bad it is. */
function report(output: Output, error: unknown): ExitCode {
  if (error instanceof OutputClosed) return EXIT.success;
  // Commander has said it already; help and version come this way as well, with exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
  if (error instanceof UsageError) {
    output.note(`error: ${error.message}`);
    return EXIT.usage;
  }
  output.note(`${output.noteStyle('red', 'error:')} ${describe(error)}`);
  return EXIT.failure;
}

function describe(error: unknown): string {
  if (isCairnApiError(error)) {
    const hint = error.status === 401 ? '\nName a token with --token or CAIRN_TOKEN; `cairn serve` prints one at its start.' : '';
    return `${printable(error.message)} (${error.code})${hint}`;
  }
  if (isUnreachable(error))
    return `${error.message}. Start it with \`cairn serve\` (in a clone: npm start), or name another one with --url`;
  if (error instanceof CliError || hasCode(error)) return error.message;
  // Nobody expected this one: where it comes from helps to mend it.
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Errors of other packages that know what they are. */
function hasCode(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

function isTerminal(stream: Writable): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}

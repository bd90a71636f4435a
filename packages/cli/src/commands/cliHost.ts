import type { Command } from 'commander';
import type { CliContext } from '../cliContext.js';
import type { ExitCode } from '../errors.js';

/** What commands are added with: it makes the context of a call, and takes its exit code. */
export interface CliHost {
  contextOf(command: Command): CliContext;
  exit(code: ExitCode): void;
}

/** Adds a command to the program. `services/standalone` adds its own in the same way. */
export type AddCommand = (program: Command, host: CliHost) => void;

/** Examples under the options of a command's help: pairs of what to type and what it does. */
export function withExamples(command: Command, examples: readonly (readonly [call: string, does: string])[]): Command {
  const lines = examples.map(([call, does]) => `  $ ${call}\n      ${does}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

import { Readable, Writable } from 'node:stream';
import type { ExitCode } from '../errors.js';
import { type CliOptions, runCli } from '../runCli.js';

export interface Called {
  exitCode: ExitCode;
  stdout: string;
  stderr: string;
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

export interface CallOptions extends Pick<Partial<CliOptions>, 'signal' | 'isTTY' | 'serve' | 'commands'> {
  env?: Record<string, string>;
  input?: string;
}

/** One call of the command line, as a shell would make it. The environment is what is given, and nothing else. */
export async function callCli(argv: readonly string[], options: CallOptions = {}): Promise<Called> {
  const { env = {}, input = '', ...rest } = options;
  const stdout = new Collected();
  const stderr = new Collected();
  const exitCode = await runCli({ argv, env, stdin: Readable.from([Buffer.from(input)]), stdout, stderr, ...rest });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

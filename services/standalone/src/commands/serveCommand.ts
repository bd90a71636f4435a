import { type CliContext, EXIT, type ExitCode, type Serve, UsageError } from '@cairn/cli';
import { type LoggerOptions, onSignals } from '@cairn/runtime';
import { ConfigError, parseTargets, readConfig } from '../config.js';
import { type RunningCairn, serve } from '../serve.js';

/** `cairn serve`: runs until it is told to stop. */
export const serveCommand: Serve = async (target, context) => {
  const cairn = await startServing(target, { context, logLevel: 'info', rehearses: true });
  const stopped = untilSignal(cairn, context.output);
  await context.output.line(`Cairn is ready on ${cairn.url}`);
  if (cairn.embedded) await context.output.lines([`  token  ${cairn.token}`, `  NATS   ${cairn.natsUrl}`, `  data   ${cairn.dataDir}`]);
  return stopped;
};

/** Starts the targets; what a person can mend is said as such. */
export async function startServing(
  target: string,
  of: { context: CliContext; logLevel: LoggerOptions['level']; rehearses?: boolean },
): Promise<RunningCairn> {
  const { environment, dataDirectory } = of.context.config;
  try {
    const config = readConfig(environment);
    const { logLevel, rehearses = false } = of;
    return await serve({ config, targets: parseTargets(target), dataDir: dataDirectory, logLevel: config.logLevel ?? logLevel, rehearses });
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
}

/** Resolves when a signal came and everything is stopped. */
export function untilSignal(cairn: RunningCairn, output: CliContext['output']): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    onSignals(
      async (signal) => {
        output.note(`cairn: ${signal}: stopping, the data stays in ${cairn.dataDir}`);
        await cairn.stop().then(() => resolve(EXIT.success), reject);
      },
      { log: cairn.log },
    );
  });
}

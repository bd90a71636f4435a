import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { prettyDestination } from './prettyDestination.js';

/**
 * How often a level is expected. error: never, somebody should look. warn: rarely, and Cairn copes with it by itself.
 * info: a few lines a start and a stop. debug: what happens to single requests and messages.
 */
export type Logger = PinoLogger;

export interface LoggerOptions {
  name: string;
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Lines for people instead of JSON. `auto`: where the output is a terminal. */
  pretty: 'auto' | 'on' | 'off';
  /** Default: standard error, so that standard output stays free for answers. */
  destination?: DestinationStream & { isTTY?: boolean };
}

const SECRET_FIELDS = ['token', '*.token', 'password', '*.password', 'authorization', '*.authorization'];

export function createLogger({ name, level, pretty, destination = process.stderr }: LoggerOptions): Logger {
  const forPeople = pretty === 'on' || (pretty === 'auto' && destination.isTTY === true);
  return pino(
    { level, base: { name }, redact: { paths: SECRET_FIELDS, censor: '[secret]' } },
    forPeople ? prettyDestination(destination) : destination,
  );
}

import { dataDirectory, type Environment } from './dataDirectory.js';

/** What the environment says to the command line. No other file of it looks there. */
export interface CliConfig {
  url: string | null;
  token: string | null;
  dataDirectory: string;
  /** See https://no-color.org: set and not empty. */
  noColour: boolean;
  /** Handed on to programs that are started, git above all. */
  environment: Environment;
}

export function readConfig(env: Environment): CliConfig {
  return {
    url: present(env['CAIRN_URL']),
    token: present(env['CAIRN_TOKEN']),
    dataDirectory: dataDirectory(env, { platform: process.platform, isRoot: process.getuid?.() === 0 }),
    noColour: present(env['NO_COLOR']) !== null || env['TERM'] === 'dumb',
    environment: env,
  };
}

function present(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

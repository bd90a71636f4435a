import { homedir } from 'node:os';
import { posix, resolve, win32 } from 'node:path';

/** Environment variables, as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where Cairn keeps its data: `CAIRN_DATA_DIR`, else the place that the platform has for it.
 * `isRoot` matters on Linux only: data of the system belongs into /var/lib, unless XDG_DATA_HOME says otherwise.
 */
export function dataDirectory(env: Environment, { platform, isRoot }: { platform: NodeJS.Platform; isRoot: boolean }): string {
  const chosen = env['CAIRN_DATA_DIR'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'];
    return win32.join(local === undefined || local === '' ? win32.join(homeOf(env, 'USERPROFILE'), 'AppData', 'Local') : local, 'cairn');
  }
  if (platform === 'darwin') return posix.join(homeOf(env, 'HOME'), 'Library', 'Application Support', 'cairn');
  const xdg = env['XDG_DATA_HOME'];
  // A relative path there is to be ignored (XDG Base Directory Specification).
  if (xdg !== undefined && posix.isAbsolute(xdg)) return posix.join(xdg, 'cairn');
  return isRoot ? '/var/lib/cairn' : posix.join(homeOf(env, 'HOME'), '.local', 'share', 'cairn');
}

function homeOf(env: Environment, variable: string): string {
  const home = env[variable];
  return home === undefined || home === '' ? homedir() : home;
}

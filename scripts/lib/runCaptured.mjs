import { spawn } from 'node:child_process';

/** The end of a command's output is what explains its failure. */
const OUTPUT_CHARACTERS_MAX = 64 * 1024;
/** Silence for longer than this looks like a hang. */
const HEARTBEAT_MS = 15_000;
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A command in a process group of its own can be stopped with all that it started; Windows has no such thing. */
const OWN_GROUP = process.platform !== 'win32';

/**
 * Runs a command without a terminal and keeps the end of what it prints. A signal to stop ends it with all that it
 * started, so that nothing goes on behind the caller's back.
 *
 * @param {string} command
 * @param {{ args: string[], cwd: string, env: NodeJS.ProcessEnv, shell?: boolean, doing: string, say: (line: string) => void }} options
 *   doing: what a progress line says it is doing
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, output: string }>} code: null when
 *   it could not be started or was killed; signal: what stopped it or was sent to stop it, even if it managed to end in time
 */
export async function runCaptured(command, { args, cwd, env, shell = false, doing, say }) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  let output = '';
  let interrupted = null;

  const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'], detached: OWN_GROUP });
  const keep = (chunk) => (output = (output + chunk).slice(-OUTPUT_CHARACTERS_MAX));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);

  const forward = (signal) => {
    interrupted = signal;
    stop(child, signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  const heartbeat = setInterval(() => say(`still ${doing.split(' (')[0]}, ${seconds()}`), HEARTBEAT_MS);
  say(`${doing} …`);

  try {
    const code = await new Promise((resolve) => {
      child.once('error', (error) => {
        keep(`${error.message}\n`);
        resolve(null);
      });
      child.once('close', (exitCode, signal) => {
        interrupted ??= signal;
        resolve(exitCode);
      });
    });
    if (code === 0 && !interrupted) say(`${doing.split(' (')[0]} took ${seconds()}`);
    return { code, signal: interrupted, output };
  } finally {
    clearInterval(heartbeat);
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}

function stop(child, signal) {
  if (!OWN_GROUP) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // the second signal of two finds nobody
  }
}

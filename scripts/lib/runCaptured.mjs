import { spawn } from 'node:child_process';

/** The end of a command's output is what explains its failure. */
const OUTPUT_CHARACTERS_MAX = 64 * 1024;
/** Silence for longer than this looks like a hang. */
const HEARTBEAT_MS = 15_000;
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a command without a terminal and keeps the end of what it prints. Signals go on to it, so that
 * nothing is left behind when only this process was told to stop.
 *
 * @param {string} command
 * @param {{ args: string[], cwd: string, env: NodeJS.ProcessEnv, shell?: boolean, doing: string, say: (line: string) => void }} options
 *   doing: what a progress line says it is doing
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, output: string }>}
 */
export async function runCaptured(command, { args, cwd, env, shell = false, doing, say }) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  let output = '';
  let interrupted = null;

  const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  const keep = (chunk) => (output = (output + chunk).slice(-OUTPUT_CHARACTERS_MAX));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);

  const forward = (signal) => {
    interrupted = signal;
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  const heartbeat = setInterval(() => say(`still ${doing.split(' (')[0]}, ${seconds()}`), HEARTBEAT_MS);
  say(`${doing} …`);

  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => {
        interrupted ??= signal;
        resolve(exitCode);
      });
    });
    if (code === 0) say(`${doing.split(' (')[0]} took ${seconds()}`);
    return { code, signal: interrupted, output };
  } finally {
    clearInterval(heartbeat);
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}

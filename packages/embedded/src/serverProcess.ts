import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { endWithParent } from './endWithParent.js';
import { EmbeddedError } from './errors.js';
import { forEachLine } from './forEachLine.js';

/** The last lines of a server's output that are kept to explain why it did not start. */
const TAIL_LINES_MAX = 20;
/** Children of a dead server can hold its output open for longer; then its last lines are read without them. */
const OUTPUT_TIMEOUT_MS = 1_000;
/** SIGKILL takes effect at once, except while the kernel waits for a disk. */
const KILL_TIMEOUT_MS = 10_000;

export interface ServerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The environment; absent: the one of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
}

/** How a process ended: one of the two is set. */
export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server that runs as a child of this process. */
export interface ServerProcess {
  readonly pid: number;
  readonly exited: Promise<ServerExit>;
  hasExited(): boolean;
  /** The last lines of its output; once it has exited, to the end. */
  tail(): Promise<string>;
  /** Sends the signal, and SIGKILL when the process is still there after `timeoutMs`. Resolves once it is gone. */
  stop(options: { signal: NodeJS.Signals; timeoutMs: number }): Promise<void>;
}

/**
 * Starts a server in a process group of its own, so that a Ctrl-C in the terminal reaches this process alone, which can then
 * stop what depends on the server first. Should this process exit without stopping it, the server is asked to end as well.
 *
 * @throws EmbeddedError `start_failed` when the binary cannot be run.
 */
export async function spawnServer(
  command: ServerCommand,
  options: { stopSignal: NodeJS.Signals; log(line: string): void },
): Promise<ServerProcess> {
  const { file, args, ...rest } = command;
  const child = spawn(file, args, { ...rest, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = exitOf(child);
  const outputEnded = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const tail: string[] = [];
  const keep = (line: string): void => {
    tail.push(line);
    if (tail.length > TAIL_LINES_MAX) tail.shift();
    options.log(line);
  };
  forEachLine(child.stdout, keep);
  forEachLine(child.stderr, keep);
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new EmbeddedError('start_failed', `cannot run ${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const { pid } = child;
  if (pid === undefined) throw new EmbeddedError('start_failed', `cannot run ${file}: it has no process id`);
  endWithParent(child, options.stopSignal);
  return {
    pid,
    exited,
    hasExited: () => hasExited(child),
    tail: async () => {
      if (hasExited(child)) await settlesWithin(outputEnded, OUTPUT_TIMEOUT_MS);
      return tail.join('\n');
    },
    stop: ({ signal, timeoutMs }) =>
      stopChild(child, exited, [
        [signal, timeoutMs],
        ['SIGKILL', KILL_TIMEOUT_MS],
      ]),
  };
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Never rejects: a failed spawn is told by `error`. */
function exitOf(child: ChildProcess): Promise<ServerExit> {
  return new Promise((resolve) => {
    child.once('exit', (code: number | null, signal: NodeJS.Signals | null) => resolve({ code, signal }));
  });
}

async function stopChild(
  child: ChildProcess,
  exited: Promise<ServerExit>,
  steps: readonly (readonly [signal: NodeJS.Signals, timeoutMs: number])[],
): Promise<void> {
  for (const [signal, timeoutMs] of steps) {
    child.kill(signal);
    if (await settlesWithin(exited, timeoutMs)) return;
  }
  throw new EmbeddedError('stop_failed', `process ${child.pid} is still alive ${KILL_TIMEOUT_MS} ms after SIGKILL`);
}

function settlesWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    void promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

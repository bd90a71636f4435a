import type { ChildProcess } from 'node:child_process';

const running = new Map<ChildProcess, NodeJS.Signals>();

/**
 * Should this process exit with the child still running, the child is asked to end, too. A last resort: it cannot be waited for
 * there, and a process that is killed does not come by here at all.
 */
export function endWithParent(child: ChildProcess, signal: NodeJS.Signals): void {
  if (running.size === 0) process.on('exit', signalAll);
  running.set(child, signal);
  child.once('exit', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', signalAll);
  });
}

function signalAll(): void {
  for (const [child, signal] of running) child.kill(signal);
}

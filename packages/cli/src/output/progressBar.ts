import { SingleBar } from 'cli-progress';
import type { Output } from './output.js';

/** Shows how far a long work is. */
export interface ProgressBar {
  update(done: number, total: number): void;
  stop(): void;
}

const REDRAWS_PER_SECOND = 10;

/** A bar on a terminal; elsewhere it shows nothing, so that logs stay readable. */
export function createProgressBar(output: Output, label: string): ProgressBar {
  if (!output.isTTY.stderr) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    stream: output.stderr,
    format: `${label} {bar} {percentage}% · {value}/{total} · {duration_formatted} · ETA {eta_formatted}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    fps: REDRAWS_PER_SECOND,
    etaBuffer: 50,
    gracefulExit: true,
  });
  let started = false;
  return {
    update(done, total) {
      if (started) {
        bar.setTotal(total);
        bar.update(done);
        return;
      }
      started = true;
      bar.start(total, done);
    },
    stop() {
      if (started) bar.stop();
      started = false;
    },
  };
}

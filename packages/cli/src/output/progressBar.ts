import cliProgress, { type Params } from 'cli-progress';
import type { Output } from './output.js';

/** Shows how far a long work is. */
export interface ProgressBar {
  update(done: number, total: number): void;
  /** The work waits for the far end, until the next update. */
  hold(why: string): void;
  stop(): void;
}

const REDRAWS_PER_SECOND = 10;

/** Before the second update there is no rate, and the bar would promise an end in no time. */
function formatOf(label: string, { eta, value, total }: Params): string {
  const known = Number.isFinite(eta) && (eta > 0 || value >= total);
  return `${label} {bar} {percentage}% · {value}/{total} · {duration_formatted}${known ? ' · ETA {eta_formatted}' : ''}`;
}

/** How often a work that takes long says so where there is no terminal. */
const PLAIN_LINE_MS = 15_000;

/** A bar on a terminal; elsewhere a line now and then, and none at all for what is done before that, so that logs stay readable. */
export function createProgressBar(output: Output, label: string, now: () => number = () => performance.now()): ProgressBar {
  return output.isTTY.stderr ? createBar(output, label) : createLines(output, label, now);
}

function createLines(output: Output, label: string, now: () => number): ProgressBar {
  let said = now();
  return {
    update(done, total) {
      if (now() - said < PLAIN_LINE_MS) return;
      said = now();
      output.note(`cairn: ${label}: ${done} of ${total}${total > 0 ? `, ${Math.floor((100 * done) / total)} %` : ''}`);
    },
    hold(why) {
      if (now() - said < PLAIN_LINE_MS) return;
      said = now();
      output.note(`cairn: ${label}: ${why}`);
    },
    stop: () => undefined,
  };
}

function createBar(output: Output, label: string): ProgressBar {
  let shown = label;
  const bar = new cliProgress.SingleBar({
    stream: output.stderr,
    format: (options, params, payload: unknown) =>
      cliProgress.Format.Formatter({ ...options, format: formatOf(shown, params) }, params, payload),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    fps: REDRAWS_PER_SECOND,
    etaBuffer: 50,
    // Its own handler of Ctrl-C would only take the bar away, and keep the process from ending.
    gracefulExit: false,
  });
  let started = false;
  // Gives back the cursor where somebody ends the process.
  const stop = (): void => bar.stop();
  return {
    update(done, total) {
      shown = label;
      if (started) {
        bar.setTotal(total);
        bar.update(done);
        return;
      }
      started = true;
      process.once('exit', stop);
      bar.start(total, done);
    },
    // The next of the regular redraws shows it.
    hold(why) {
      shown = `${label} (${why})`;
    },
    stop() {
      if (started) stop();
      process.off('exit', stop);
      started = false;
    },
  };
}

import { REPLAY_STALLED_MS } from '../limits.js';
import type { Standing } from './Alignment.js';
import { ReplayError } from './ReplayError.js';

/** Loops try again for ever; somebody has to notice that it leads nowhere. */
export class StallWatch {
  #sum = -1;
  #since = performance.now();

  /** @throws ReplayError */
  look({ sum, isNear, pendingRebuilt }: Standing): void {
    if (sum !== this.#sum || isNear || pendingRebuilt > 0) {
      this.#sum = sum;
      this.#since = performance.now();
      return;
    }
    if (performance.now() - this.#since < REPLAY_STALLED_MS) return;
    throw new ReplayError(
      'stalled',
      `nothing was replayed for ${REPLAY_STALLED_MS / 1000} s: see what the log of this process says. The generation stays, to go on with`,
    );
  }
}

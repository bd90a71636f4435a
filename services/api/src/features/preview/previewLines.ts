import { CairnError, type ProblemDetails, toProblem } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import { asUnavailable } from '../../http/asUnavailable.js';
import { PREVIEW_PROGRESS_MS } from '../../limits.js';
import type { BegunPreview, PreviewProgress } from './Previewer.js';
import { previewView } from './previewView.js';

/**
 * Runs a preview and tells in lines of JSON how far it is, and at last what it found. It does not wait for a reader who is
 * slow, who gets fewer lines instead; one who goes away ends it.
 */
export function previewLines(begun: BegunPreview, log: Logger): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let isCancelled = false;
  return new ReadableStream({
    start(controller) {
      const write = (line: object): void => controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      let toldAtMs = Number.NEGATIVE_INFINITY;
      const tell = (progress: PreviewProgress): void => {
        const isDue = performance.now() - toldAtMs >= PREVIEW_PROGRESS_MS;
        if (isCancelled || !isDue || (controller.desiredSize ?? 0) <= 0) return;
        toldAtMs = performance.now();
        write({ progress });
      };
      void lastLine(begun, tell, log).then((line) => {
        if (isCancelled) return;
        if (line !== null) write(line);
        controller.close();
      });
    },
    cancel() {
      isCancelled = true;
    },
  });
}

/** Never rejects: the answer has begun, so that a refusal can only be told in it. */
async function lastLine(begun: BegunPreview, tell: (progress: PreviewProgress) => void, log: Logger): Promise<object | null> {
  try {
    const report = await begun.run(tell);
    return report === null ? null : { report: previewView(report) };
  } catch (error) {
    return { error: problemOf(error, log) };
  }
}

function problemOf(error: unknown, log: Logger): ProblemDetails {
  const known = asUnavailable(error);
  if (known instanceof CairnError) return toProblem(known);
  log.error({ err: error }, 'a preview failed unexpectedly');
  return toProblem(new CairnError('internal', 'something went wrong here; it has been logged', { cause: error }));
}

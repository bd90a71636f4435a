import type { PackPreview } from './answers.js';
import { CairnApiError, CairnUnreachableError } from './errors.js';
import { ANSWER_BYTES_MAX } from './limits.js';
import { pathOf, type Transport } from './transport.js';

export interface PreviewOptions {
  /** Only events that occurred since then: `90d`, `12h` or `4w` before now, or an instant. All of them without it. */
  since?: string;
  /** How far the reading is, in entries of the log. */
  onProgress?: (progress: { read: number; of: number }) => void;
  signal?: AbortSignal;
}

/** What stands in a line of the answer: one of these. */
interface Line {
  progress?: { read: number; of: number };
  report?: PackPreview;
  error?: { code: string; status: number; detail: string };
}

/** Asks for a preview, which may take minutes: no bound in time, but the server tells how far it is. It ends by the signal. */
export async function previewPack(
  transport: Transport,
  draft: { pack: string; document: unknown },
  options: PreviewOptions,
): Promise<PackPreview> {
  const path = pathOf('v1', 'admin', 'packs', draft.pack, 'preview');
  const body = { contentType: 'application/json', text: JSON.stringify(draft.document) };
  const { since, signal, onProgress } = options;
  const response = await transport.open(
    { method: 'POST', path, query: { since }, body, idempotent: true, signal },
    { accept: 'application/x-ndjson, application/problem+json' },
  );
  try {
    for await (const text of linesOf(response)) {
      const line = parseLine(text, response);
      if (line.progress !== undefined) onProgress?.(line.progress);
      if (line.error !== undefined) throw new CairnApiError(line.error.detail, line.error);
      if (line.report !== undefined) return line.report;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof CairnApiError ? error : new CairnUnreachableError('the preview', error);
  }
  throw new CairnUnreachableError('the preview', new Error('the answer broke off before its end'));
}

function parseLine(text: string, { status, url }: Response): Line {
  try {
    return JSON.parse(text) as Line;
  } catch (cause) {
    throw new CairnApiError(`${url} answered ${status} with something that is not JSON: is it a Cairn server?`, {
      code: 'unexpected_answer',
      status,
      cause,
    });
  }
}

async function* linesOf(response: Response): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    yield* lines;
    if (text.length > ANSWER_BYTES_MAX)
      throw new CairnApiError(`a line of the answer is larger than ${ANSWER_BYTES_MAX} characters`, {
        code: 'answer_too_large',
        status: response.status,
      });
  }
}

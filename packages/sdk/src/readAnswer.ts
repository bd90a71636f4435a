import type { FieldError } from '@cairn/contracts';
import { CairnApiError } from './errors.js';
import { ANSWER_BYTES_MAX } from './limits.js';

/** The text of an answer, refused once it grows beyond the bound. */
async function readText(response: Response, bytesMax = ANSWER_BYTES_MAX): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) {
      throw new CairnApiError(`the answer is larger than ${bytesMax} bytes`, {
        code: 'answer_too_large',
        status: response.status,
      });
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The JSON of a good answer. */
export async function readJson(response: Response): Promise<unknown> {
  const text = await readText(response);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CairnApiError(`${response.url} answered ${response.status} with something that is not JSON: is it a Cairn server?`, {
      code: 'unexpected_answer',
      status: response.status,
      cause,
    });
  }
}

/** What a refusal says: problem details where the server sent them, else what can be told from the status. */
export async function readRefusal(response: Response): Promise<CairnApiError> {
  const text = await readText(response);
  const problem = parseObject(text);
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now());
  const code = typeof problem?.['code'] === 'string' ? problem['code'] : 'unexpected_answer';
  const detail = [problem?.['detail'], problem?.['title']].find((part) => typeof part === 'string' && part !== '');
  return new CairnApiError(typeof detail === 'string' ? detail : `the server answered ${response.status} ${response.statusText}`.trim(), {
    code,
    status: response.status,
    errors: parseFieldErrors(problem?.['errors']),
    retryAfterMs,
  });
}

/** `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), as milliseconds from now. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null;
  } catch {
    // A proxy's page, say: the status alone has to tell.
    return null;
  }
}

function parseFieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    if (item === null || typeof item !== 'object' || !('field' in item) || !('message' in item)) return [];
    return [{ field: String(item.field), message: String(item.message) }];
  });
}

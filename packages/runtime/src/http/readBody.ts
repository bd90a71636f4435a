import type { IncomingMessage } from 'node:http';
import { CairnError } from '@cairn/contracts';
import type { Context } from 'hono';

/**
 * The bytes of a request, never more than `bytesMax` of them in memory.
 * @throws CairnError `body_too_large`, `unsupported_media_type` for a compressed one, `invalid_request` where it breaks off
 */
export async function readBody(context: Context, bytesMax: number): Promise<Buffer> {
  const encoding = context.req.header('Content-Encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new CairnError('unsupported_media_type', `a body in Content-Encoding ${encoding} is not read here: send it as it is`);
  }
  if (Number(context.req.header('Content-Length') ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of bodyOf(context)) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) throw tooLarge(bytesMax);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof CairnError) throw cause;
    throw new CairnError('invalid_request', 'the body broke off', { cause });
  }
  return Buffer.concat(chunks, bytes);
}

/** Node's own stream where there is one: a web stream around it costs more than all that follows. */
function bodyOf(context: Context): AsyncIterable<Uint8Array> {
  const { incoming } = (context.env ?? {}) as { incoming?: IncomingMessage };
  return incoming ?? context.req.raw.body ?? noBody();
}

async function* noBody(): AsyncGenerator<Uint8Array> {}

function tooLarge(bytesMax: number): CairnError {
  return new CairnError('body_too_large', `the body is larger than ${bytesMax} bytes: send it in parts`);
}

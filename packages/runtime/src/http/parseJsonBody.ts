import type { Context } from 'hono';
import { parseJson } from './parseJson.js';
import { readBody } from './readBody.js';

/** @throws CairnError `body_too_large`, `invalid_json` and what else `readBody` refuses */
export async function parseJsonBody(context: Context, bytesMax: number): Promise<unknown> {
  return parseJson(await readBody(context, bytesMax));
}

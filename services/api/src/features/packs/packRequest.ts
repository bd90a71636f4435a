import { CairnError } from '@cairn/contracts';
import { type AppEnv, readBody } from '@cairn/runtime';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { slugParam } from '../../http/params.js';
import { PACK_BYTES_MAX } from '../../limits.js';
import { type ReadPack, readPack } from './readPack.js';

const packDocument = { type: 'object' as const, description: 'A pack; see the reference of packs.' };

/** A pack that the path names and the body holds. */
export const packRequest = {
  params: z.object({ pack: slugParam.openapi({ param: { name: 'pack', in: 'path' }, example: 'incident-response' }) }),
  body: { content: { 'application/json': { schema: packDocument }, 'application/yaml': { schema: packDocument } } },
};

/**
 * Reads the body of a route with `packRequest`.
 * @throws CairnError `body_too_large`, `invalid_pack`, `invalid_json`
 */
export async function readNamedPack(c: Context<AppEnv>, name: string): Promise<ReadPack> {
  const read = readPack(await readBody(c, PACK_BYTES_MAX), c.req.header('Content-Type'));
  if (read.pack.pack === name) return read;
  const message = `is "${read.pack.pack}", but the path says "${name}": they have to be the same`;
  throw new CairnError('invalid_pack', `pack ${message}`, { errors: [{ field: 'pack', message }] });
}

import { CairnError } from '@cairn/contracts';
import type { z } from 'zod';
import { CURSOR_CHARACTERS_MAX } from '../limits.js';

const BASE64URL = /^[A-Za-z0-9_-]+$/;

/**
 * The place where a page ended, as an opaque text. It names its list, so that a cursor of another list is refused instead
 * of giving a page of nonsense.
 */
export class CursorCodec<Place> {
  readonly #list: string;
  readonly #schema: z.ZodType<Place>;

  constructor(list: string, schema: z.ZodType<Place>) {
    this.#list = list;
    this.#schema = schema;
  }

  encode(place: Place): string {
    // Parsed, so that a row may be given as the place that it stands at: the rest of it is left out.
    return Buffer.from(JSON.stringify([this.#list, this.#schema.parse(place)])).toString('base64url');
  }

  /** @throws CairnError `invalid_request` */
  decode(text: string): Place {
    const decoded = text.length <= CURSOR_CHARACTERS_MAX && BASE64URL.test(text) ? parse(text) : null;
    const place = Array.isArray(decoded) && decoded[0] === this.#list ? this.#schema.safeParse(decoded[1]) : null;
    if (place?.success === true) return place.data;
    const message = 'has to be a next_cursor of this same list';
    throw new CairnError('invalid_request', `cursor ${message}`, { errors: [{ field: 'cursor', message }] });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

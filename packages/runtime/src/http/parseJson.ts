import { CairnError } from '@cairn/contracts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws CairnError `invalid_json` for what is not JSON in valid UTF-8: half a character is never replaced in silence. */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    throw new CairnError('invalid_json', 'the JSON is not in valid UTF-8', { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CairnError('invalid_json', `this is not JSON: ${cause instanceof Error ? cause.message : 'it cannot be read'}`, { cause });
  }
}

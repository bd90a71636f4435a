import { CairnError } from '@cairn/contracts';
import type { Issue, Pack } from '@cairn/engine';
import { parsePackTests } from '@cairn/engine/authoring';
import { LineCounter, parseDocument } from 'yaml';
import { YAML_ALIASES_MAX } from '../../limits.js';

/** A pack that was checked, and as it goes into the log: the document as plain JSON. */
export interface ReadPack {
  pack: Pack;
  contentJson: string;
}

const JSON_TYPE = /^application\/(.+\+)?json$/i;
const YAML_TYPE = /^(application|text)\/(x-)?yaml$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a pack in YAML or JSON: by its content type, else by how it begins.
 * @throws CairnError `invalid_pack`, `invalid_json`
 */
export function readPack(body: Uint8Array, contentType: string | undefined): ReadPack {
  const text = decode(body);
  const mediaType = contentType?.split(';')[0]?.trim() ?? '';
  const isJson = JSON_TYPE.test(mediaType) || (!YAML_TYPE.test(mediaType) && text.trimStart().startsWith('{'));
  const written = isJson ? normalJson(text) : jsonOfYaml(text);
  // What is checked is what will be read back from the log, not what a parser made of the text.
  const parsed = parsePackTests(JSON.parse(written));
  if (!parsed.ok) throw invalidPack(parsed.issues);
  return { pack: parsed.value.pack, contentJson: publishedPart(written) };
}

/** What stands in a pack for those who write it is no part of what is published. */
function publishedPart(json: string): string {
  const { tests: _tests, $schema: _schema, ...published } = JSON.parse(json) as Record<string, unknown>;
  return JSON.stringify(published);
}

export function invalidPack(issues: readonly Issue[]): CairnError {
  const errors = issues.map(({ path, message }) => ({ field: path === '' ? 'pack' : path, message }));
  const [first] = errors;
  const detail = first === undefined ? 'the pack is invalid' : `${first.field}: ${first.message}`;
  return new CairnError('invalid_pack', errors.length > 1 ? `${detail} (and ${errors.length - 1} more)` : detail, { errors });
}

function decode(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new CairnError('invalid_pack', 'the pack is not in valid UTF-8', { cause });
  }
}

function normalJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch (cause) {
    throw new CairnError('invalid_json', `this is not JSON: ${messageOf(cause)}`, { cause });
  }
}

function jsonOfYaml(text: string): string {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
    const errors = document.errors.map(({ message, pos: [offset] }) => {
      const { line, col } = lines.linePos(offset);
      return { field: `line ${line}, column ${col}`, message };
    });
    if (errors[0] !== undefined) throw new CairnError('invalid_pack', `${errors[0].field}: ${errors[0].message}`, { errors });
    return JSON.stringify(document.toJS({ maxAliasCount: YAML_ALIASES_MAX })) ?? 'null';
  } catch (cause) {
    if (cause instanceof CairnError) throw cause;
    // Too many aliases, too deep a nesting.
    throw new CairnError('invalid_pack', `this is not YAML that can be read: ${messageOf(cause)}`, { cause });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'it cannot be read';
}

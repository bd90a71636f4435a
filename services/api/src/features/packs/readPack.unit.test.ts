import { CairnError } from '@cairn/contracts';
import { describe, expect, it } from 'vitest';
import { TEST_PACK } from '../../testing/packs.js';
import { readPack } from './readPack.js';

const bytes = (text: string) => Buffer.from(text);

function refusal(body: Uint8Array, contentType?: string): CairnError {
  try {
    readPack(body, contentType);
  } catch (error) {
    if (error instanceof CairnError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a pack', () => {
  it('is the same in YAML and in JSON, whatever the content type says', () => {
    const yaml = readPack(bytes(TEST_PACK), 'application/yaml');
    for (const type of ['application/json', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded', undefined]) {
      expect(readPack(bytes(yaml.contentJson), type)).toEqual(yaml);
    }
    for (const type of ['text/yaml', 'application/x-yaml', 'application/octet-stream', undefined]) {
      expect(readPack(bytes(TEST_PACK), type)).toEqual(yaml);
    }
    // JSON is YAML.
    expect(readPack(bytes(yaml.contentJson), 'text/yaml')).toEqual(yaml);
  });

  it('names the line of what is no YAML', () => {
    expect(refusal(bytes('pack: a\nachievements: [\n'), 'text/yaml').errors[0]?.field).toMatch(/^line [23], column \d+$/);
    expect(refusal(bytes('pack: a\npack: b\n'), 'text/yaml')).toMatchObject({ code: 'invalid_pack' });
  });

  it('is refused as what it is, and never hangs', () => {
    const bomb = `a0: &a0 x\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}\n`;
    for (const body of [bomb, '['.repeat(200_000), `pack: ${'- '.repeat(100_000)}`, '', 'null', '.nan', '"x"', '- 1', '? [a]\n: b']) {
      expect(refusal(bytes(body)).code).toBe('invalid_pack');
    }
    expect(refusal(bytes('{"pack":'))).toMatchObject({ code: 'invalid_json', status: 400 });
    expect(refusal(Buffer.from([0xff, 0xfe, 0x00]))).toMatchObject({ code: 'invalid_pack' });
    expect(refusal(bytes(`{"pack":${'['.repeat(200_000)}`)).status).toBeLessThan(500);
    expect(refusal(bytes('{"__proto__": {"pack": "p"}}')).code).toBe('invalid_pack');
  });
});

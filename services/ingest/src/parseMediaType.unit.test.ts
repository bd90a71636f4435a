import { describe, expect, it } from 'vitest';
import { parseMediaType } from './parseMediaType.js';

describe('parseMediaType', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['application/json', 'application/json'],
    ['Application/CloudEvents+JSON ; charset=utf-8', 'application/cloudevents+json'],
    ['application/json; charset="UTF8"; profile=x', 'application/json'],
  ])('reads %j as %j', (header, mediaType) => {
    expect(parseMediaType(header)).toBe(mediaType);
  });

  it('refuses another charset', () => {
    expect(() => parseMediaType('application/json; charset=latin1')).toThrow(
      expect.objectContaining({ code: 'unsupported_media_type' }) as Error,
    );
  });
});

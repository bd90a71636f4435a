import { describe, expect, it } from 'vitest';
import { UsageError } from '../errors.js';
import { parseProperties } from './parseProperties.js';

describe('properties on the command line', () => {
  it('are JSON where they are, else text', () => {
    const words = [
      'a=1',
      'b=-2.5e3',
      'c=true',
      'd=null',
      'e=sev2',
      'f=',
      'g=x=y',
      'h="42"',
      'i=[1,"2"]',
      'j={"k":1}',
      'l=007',
      'm=1.',
      'n= 1',
    ];
    expect(parseProperties(words)).toEqual({
      a: 1,
      b: -2500,
      c: true,
      d: null,
      e: 'sev2',
      f: '',
      g: 'x=y',
      h: '42',
      i: [1, '2'],
      j: { k: 1 },
      l: '007',
      m: '1.',
      n: ' 1',
    });
  });

  it('keep digits that a number would lose', () => {
    expect(parseProperties(['id=12345678901234567890', 'big=1e999'])).toEqual({ id: '12345678901234567890', big: '1e999' });
  });

  it.each([['without a value'], ['=x'], ['']])('are refused where they are none: %j', (word) => {
    expect(() => parseProperties([word])).toThrow(UsageError);
  });

  it('are refused where they begin like JSON and are none, or come twice', () => {
    expect(() => parseProperties(['a={x}'])).toThrow(UsageError);
    expect(() => parseProperties(['a=1', 'a=2'])).toThrow(UsageError);
  });

  it('may not reach a prototype', () => {
    const properties = parseProperties(['__proto__={"x":1}']);
    expect(Object.getPrototypeOf(properties)).toBe(Object.prototype);
    expect(Object.keys(properties)).toEqual(['__proto__']);
  });
});

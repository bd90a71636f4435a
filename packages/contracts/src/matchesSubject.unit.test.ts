import { expect, it } from 'vitest';
import { matchesSubject } from './matchesSubject.js';

it.each([
  ['log.3.>', 'log.3.acme', true],
  ['log.3.>', 'log.3', false],
  ['log.3.>', 'log.31.acme', false],
  ['log.control.*.*', 'log.control.acme.pack_published', true],
  ['log.control.acme.*', 'log.control.acme', false],
  ['log.*.acme', 'log.7.acme', true],
  ['log.*.acme', 'log.control.acme.pack_published', false],
  ['log.>', 'log.0.default', true],
  ['log.0.default', 'log.0.default', true],
  ['log.0.default', 'log.0.default2', false],
])('%s delivers %s: %s', (pattern, subject, matches) => {
  expect(matchesSubject(pattern, subject)).toBe(matches);
});

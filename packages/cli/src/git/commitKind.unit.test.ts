import { describe, expect, it } from 'vitest';
import { commitKind } from './commitKind.js';

describe('the kind of a commit', () => {
  it.each([
    ['feat: add', 'feat'],
    ['feat(scope)!: add', 'feat'],
    ['fix!: mend', 'fix'],
    ['Docs(read me): say', 'docs'],
    ['build-deps: bump', 'build-deps'],
    ['revert: that', 'revert'],
    ['Merge branch main', 'other'],
    ['feat add', 'other'],
    ['feat:add', 'other'],
    ['feat (scope): add', 'other'],
    ['a sentence with: a colon', 'other'],
    ['http://example.com: down', 'other'],
    ['', 'other'],
  ])('of %j is %s', (subject, kind) => {
    expect(commitKind(subject)).toBe(kind);
  });
});

import { describe, expect, it } from 'vitest';
import { nameOfRemote } from './openRepository.js';

describe('the name of a repository', () => {
  it.each([
    ['https://example.com/team/tool.git', 'tool'],
    ['https://example.com/team/tool/', 'tool'],
    ['git@example.com:tool.git', 'tool'],
    ['ssh://git@example.com:22/team/tool', 'tool'],
    ['/srv/git/tool.git', 'tool'],
    ['/home/ada/tool/.git', 'tool'],
    ['C:\\src\\tool', 'tool'],
    ['../tool', 'tool'],
  ])('of the remote %s is %s', (address, name) => {
    expect(nameOfRemote(address)).toBe(name);
  });

  it('is not taken from an address that has none', () => {
    expect(nameOfRemote('/')).toBeNull();
  });
});

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestRepository } from '../testing/gitRepository.js';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';
import { nameOfRemote, openRepository } from './openRepository.js';

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

describe('a repository of somebody else', () => {
  it('is refused with the command that git advises, to be copied', async () => {
    const repository = new TestRepository(join(await temporaryDirectory(), 'tool'));
    const environment = { ...repository.environment, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
    await expect(openRepository(repository.path, environment)).rejects.toMatchObject({
      code: 'not_a_repository',
      message: expect.stringMatching(/\n\s*git config --global --add safe\.directory \S+[^)]$/) as string,
    });
  });
});

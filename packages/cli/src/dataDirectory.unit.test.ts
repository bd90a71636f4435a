import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataDirectory } from './dataDirectory.js';

const user = { platform: 'linux', isRoot: false } as const;

describe('the data directory', () => {
  it('is where CAIRN_DATA_DIR says, on every platform and for everybody', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(dataDirectory({ CAIRN_DATA_DIR: '/srv/cairn', XDG_DATA_HOME: '/x', HOME: '/h' }, { platform, isRoot: true })).toBe(
        '/srv/cairn',
      );
    }
    expect(dataDirectory({ CAIRN_DATA_DIR: 'here' }, user)).toBe(resolve('here'));
  });

  it('is that of the person on Linux', () => {
    expect(dataDirectory({ HOME: '/home/ada', XDG_DATA_HOME: '/data' }, user)).toBe('/data/cairn');
    expect(dataDirectory({ HOME: '/home/ada' }, user)).toBe('/home/ada/.local/share/cairn');
    expect(dataDirectory({ HOME: '/home/ada', CAIRN_DATA_DIR: '', XDG_DATA_HOME: '' }, user)).toBe('/home/ada/.local/share/cairn');
  });

  it('ignores a relative XDG_DATA_HOME, as its specification asks', () => {
    expect(dataDirectory({ HOME: '/home/ada', XDG_DATA_HOME: 'data' }, user)).toBe('/home/ada/.local/share/cairn');
  });

  it('is that of the system for root, unless root says otherwise', () => {
    const root = { platform: 'linux', isRoot: true } as const;
    expect(dataDirectory({ HOME: '/root' }, root)).toBe('/var/lib/cairn');
    expect(dataDirectory({ HOME: '/root', XDG_DATA_HOME: '/data' }, root)).toBe('/data/cairn');
  });

  it('is in the library on macOS', () => {
    expect(dataDirectory({ HOME: '/Users/ada' }, { platform: 'darwin', isRoot: false })).toBe(
      '/Users/ada/Library/Application Support/cairn',
    );
  });

  it('is local on Windows', () => {
    const windows = { platform: 'win32', isRoot: false } as const;
    expect(dataDirectory({ LOCALAPPDATA: 'D:\\Local' }, windows)).toBe('D:\\Local\\cairn');
    expect(dataDirectory({ USERPROFILE: 'C:\\Users\\ada' }, windows)).toBe('C:\\Users\\ada\\AppData\\Local\\cairn');
  });

  it('asks the operating system where the environment names no home', () => {
    expect(dataDirectory({}, user)).toBe(`${homedir()}/.local/share/cairn`);
  });
});

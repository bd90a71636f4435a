import { describe, expect, it } from 'vitest';
import { renderPostgresConfig } from './postgresConfig.js';

describe('renderPostgresConfig', () => {
  it('lets overrides win, but not over the port', () => {
    const lines = renderPostgresConfig(5433, { synchronous_commit: 'off', port: '1' }).split('\n');
    expect(lines).toContain("synchronous_commit = 'off'");
    expect(lines).not.toContain("synchronous_commit = 'on'");
    expect(lines).toContain("port = '5433'");
  });

  it('doubles the quotes of a value', () => {
    expect(renderPostgresConfig(5433, { application_name: "it's" })).toContain("application_name = 'it''s'");
  });

  it('refuses what is no name, which could smuggle in another setting', () => {
    expect(() => renderPostgresConfig(5433, { "fsync = 'off'\nport": '1' })).toThrow(RangeError);
  });
});

import { expect, it } from 'vitest';
import { renderNatsConfig } from './natsConfig.js';

it('keeps a path with quotes and backslashes in one string', () => {
  const config = renderNatsConfig({ serverName: 'cairn', port: 4222, storeDir: 'C:\\data "of" mine', syncInterval: 'always' });
  expect(config).toContain('store_dir: "C:\\\\data \\"of\\" mine"');
});

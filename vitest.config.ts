import { defineConfig } from 'vitest/config';

/** Tests read the sources of the other packages, not their builds: the condition of that name stands in each `exports`. */
const fromSource = {
  resolve: { conditions: ['cairn:source'] },
  ssr: { resolve: { conditions: ['cairn:source'], externalConditions: ['cairn:source'] } },
};

const TEST_TIMEOUTS_MS = { unit: 60_000, int: 120_000, e2e: 120_000, properties: 900_000 };

const test = (name: keyof typeof TEST_TIMEOUTS_MS, globalSetup: string[] = []) => ({
  ...fromSource,
  test: {
    name,
    include: [`{packages,services}/*/src/**/*.${name}.test.ts`, `simulation/src/**/*.${name}.test.ts`, `scripts/**/*.${name}.test.mjs`],
    environment: 'node' as const,
    globalSetup,
    setupFiles: ['packages/testing/src/seedProperties.ts'],
    testTimeout: TEST_TIMEOUTS_MS[name],
    hookTimeout: 120_000,
  },
});

/** Tests that take minutes: `npm run test:properties` gives them a seed, `npm test` leaves them out. */
const properties = process.env.PROPERTIES_SEED === undefined ? [] : [test('properties')];

const servers = ['packages/testing/src/globalSetup.ts'];

/** Streams have fixed names: test files that share a nats-server take turns. With the embedded ones each file has its own. */
const shareServers = Boolean(process.env.NATS_URL) || process.env.CAIRN_TEST_SERVERS === 'containers';

export default defineConfig({
  test: {
    fileParallelism: !shareServers,
    projects: [test('unit'), test('int', servers), test('e2e'), ...properties],
  },
});

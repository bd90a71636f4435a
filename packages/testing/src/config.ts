/** Which servers a test run uses. */
export type TestServerSource =
  /** Servers that run already. Cairn's streams on that NATS belong to the tests. */
  | { readonly kind: 'given'; readonly natsUrl: string; readonly databaseUrl: string }
  /** The official images, through testcontainers. */
  | { readonly kind: 'containers' }
  /** Real servers out of npm packages, in a directory of this run. */
  | { readonly kind: 'embedded' };

/** Reads `NATS_URL`, `DATABASE_URL` and `CAIRN_TEST_SERVERS`. */
export function readTestServerSource(environment: NodeJS.ProcessEnv): TestServerSource {
  const { NATS_URL: natsUrl, DATABASE_URL: databaseUrl, CAIRN_TEST_SERVERS: servers } = environment;
  if (natsUrl && databaseUrl) return { kind: 'given', natsUrl, databaseUrl };
  if (natsUrl || databaseUrl) throw new Error('NATS_URL and DATABASE_URL are given together or not at all');
  if (servers === 'containers') return { kind: 'containers' };
  if (servers === undefined || servers === '' || servers === 'embedded') return { kind: 'embedded' };
  throw new Error(`CAIRN_TEST_SERVERS is "embedded" or "containers", not "${servers}"`);
}

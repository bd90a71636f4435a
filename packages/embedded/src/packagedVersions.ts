import { findNatsServer } from './findNatsServer.js';
import { packagedPostgresVersion } from './postgresBinaries.js';

/**
 * Of the servers that would be started, such as `{ nats: '2.14.0', postgres: '18.4.0' }`.
 *
 * @throws EmbeddedError `nats_server_missing`, `postgres_missing`
 */
export async function packagedVersions(): Promise<{ nats: string; postgres: string }> {
  return { nats: (await findNatsServer()).version, postgres: packagedPostgresVersion() };
}

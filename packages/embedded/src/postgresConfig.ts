/** Names as PostgreSQL has them, such as `shared_buffers`. */
export type PostgresSettings = Readonly<Record<string, string>>;

const SETTING_NAME = /^[a-z][a-z0-9_.]*$/;

/** What suits one small machine that runs everything. Durable: a commit that was answered is on disk. */
const DEFAULTS: PostgresSettings = {
  listen_addresses: '127.0.0.1',
  // Everybody connects over loopback TCP; a socket file would need a directory that two users share.
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  synchronous_commit: 'on',
  shared_buffers: '128MB',
  // Only `pglz` is built in, which takes longer to compress a page than it takes to write it.
  wal_compression: 'off',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  // Short statements in great number: compiling them costs more than it saves.
  jit: 'off',
  log_checkpoints: 'off',
};

/** The part of the configuration that Cairn sets; `postgresql.conf` includes it. `overrides` win over the defaults. */
export function renderPostgresConfig(port: number, overrides: PostgresSettings): string {
  const settings = Object.entries({ ...DEFAULTS, ...overrides, port: String(port) });
  const lines = settings.map(([name, value]) => {
    if (!SETTING_NAME.test(name)) throw new RangeError(`"${name}" is not the name of a PostgreSQL setting`);
    return `${name} = '${value.replaceAll("'", "''")}'`;
  });
  return `# Written by Cairn at every start; changes are lost.\n${lines.join('\n')}\n`;
}

/** Who may connect: the owner, over loopback TCP, with the password. Nobody else, and nobody without. */
export const POSTGRES_ACCESS_RULES = `# Written by Cairn.
host all all 127.0.0.1/32 scram-sha-256
`;

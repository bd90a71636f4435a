/** As large as a batch entry of the log can get with room to spare, and the most that nats-server advises. */
const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;

export interface NatsConfig {
  readonly serverName: string;
  readonly port: number;
  readonly storeDir: string;
  /** `always`, or how long written messages may stay unsynced, such as `10s`. */
  readonly syncInterval: string;
}

/**
 * The configuration file of the embedded nats-server. It listens on the loopback interface only; its HTTP monitoring stays off,
 * as does lame-duck mode (whose shortest duration is 30 s): a single server has nowhere to send its clients.
 */
export function renderNatsConfig({ serverName, port, storeDir, syncInterval }: NatsConfig): string {
  return `# Written by Cairn at every start; changes are lost.
server_name: ${quote(serverName)}
host: "127.0.0.1"
port: ${port}
max_payload: ${MAX_PAYLOAD_BYTES}

jetstream {
  store_dir: ${quote(storeDir)}
  # An acknowledgement means "on disk". The default would be to sync every two minutes.
  sync_interval: ${quote(syncInterval)}
}
`;
}

function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

import { setTimeout as delay } from 'node:timers/promises';
import { connect, errors, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../createLogger.js';
import { RuntimeError } from '../errors.js';
import { parseNatsUrl } from './parseNatsUrl.js';

export interface NatsOptions {
  url: string;
  /** Shown to operators beside the connection. */
  name: string;
  log: Logger;
  /** How long to wait for a server that is not there yet. */
  connectMsMax?: number;
}

const CONNECT_MS_MAX = 30_000;
const HANDSHAKE_MS_MAX = 5_000;
const RECONNECT_WAIT_MS = 250;
const PING_INTERVAL_MS = 10_000;
const PINGS_OUT_MAX = 2;
/** Message TTLs came with 2.11. */
const NATS_VERSION_MIN: readonly [number, number] = [2, 11];

/**
 * A connection that reconnects for ever once it has been made.
 * @throws RuntimeError `nats_unreachable`, `nats_unauthorized`, `nats_too_old`
 */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const nats = await connectPatiently(options);
  try {
    refuseOldServer(nats.info?.version ?? 'unknown');
  } catch (error) {
    await nats.close();
    throw error;
  }
  void reportStatus(nats, options.log);
  return nats;
}

async function connectPatiently({ url, name, log, connectMsMax = CONNECT_MS_MAX }: NatsOptions): Promise<NatsConnection> {
  const deadline = Date.now() + connectMsMax;
  const target = parseNatsUrl(url);
  for (;;) {
    try {
      return await connect({
        ...target,
        name,
        // With them every request captures a stack: half of the throughput.
        noAsyncTraces: true,
        timeout: HANDSHAKE_MS_MAX,
        maxReconnectAttempts: -1,
        reconnectTimeWait: RECONNECT_WAIT_MS,
        reconnectJitter: RECONNECT_WAIT_MS,
        ignoreAuthErrorAbort: true,
        pingInterval: PING_INTERVAL_MS,
        maxPingOut: PINGS_OUT_MAX,
      });
    } catch (cause) {
      if (cause instanceof errors.AuthorizationError || cause instanceof errors.UserAuthenticationExpiredError) {
        throw new RuntimeError('nats_unauthorized', 'the NATS server refused the credentials in NATS_URL', { cause });
      }
      if (Date.now() + RECONNECT_WAIT_MS > deadline) {
        const servers = [target.servers].flat().join(', ');
        throw new RuntimeError('nats_unreachable', `no NATS server answered at ${servers}: is it running, is NATS_URL right?`, { cause });
      }
      log.debug({ err: cause }, 'NATS is not there yet');
      await delay(RECONNECT_WAIT_MS);
    }
  }
}

function refuseOldServer(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [majorMin, minorMin] = NATS_VERSION_MIN;
  if (major > majorMin || (major === majorMin && minor >= minorMin)) return;
  throw new RuntimeError(
    'nats_too_old',
    `nats-server ${version} is too old: Cairn needs ${majorMin}.${minorMin} or later (message TTLs), please upgrade it`,
  );
}

async function reportStatus(nats: NatsConnection, log: Logger): Promise<void> {
  for await (const status of nats.status()) {
    switch (status.type) {
      case 'disconnect':
        log.warn({ server: status.server }, 'lost the connection to NATS: reconnecting');
        break;
      case 'reconnect':
        log.info({ server: status.server }, 'connected to NATS again');
        break;
      case 'error':
        log.warn({ err: status.error }, 'the NATS server reported an error');
        break;
      case 'slowConsumer':
        log.warn({ pending: status.pending }, 'a NATS subscription falls behind');
        break;
      default:
        log.trace({ status: status.type }, 'NATS');
    }
  }
}

import { isDeepStrictEqual } from 'node:util';
import { JetStreamApiError, type JetStreamManager, jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { RuntimeError } from '../errors.js';
import { type OwnedConfig, type StreamOptions, streamConfigs } from './streamConfigs.js';

/** Of the NATS server, https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const NAME_IN_USE = 10058;
const STREAM_NOT_FOUND = 10059;
const SUBJECTS_OVERLAP = 10065;
const JETSTREAM_NOT_ENABLED: ReadonlySet<number> = new Set([10039, 10076]);
/** What no update can change, or what would lose messages that were promised to stay. */
const FIXED_FIELDS = ['storage', 'retention', 'sealed', 'mirror', 'sources'] as const;

/** A stream that is made is synced first, and a busy disk takes its time. */
const ANSWER_MS_MAX = 30_000;

/**
 * Makes the streams of Cairn, or brings those that are there up to date. Any number of processes may do it at once.
 * @throws RuntimeError `stream_incompatible` where a stream of that name or with those subjects is something else,
 * `nats_without_jetstream`
 */
export async function ensureStreams(nats: NatsConnection, options: Omit<StreamOptions, 'maxPayload'>): Promise<void> {
  const manager = await openManager(nats);
  const maxPayload = nats.info?.max_payload ?? 1024 * 1024;
  for (const { owned, initial } of streamConfigs({ ...options, maxPayload })) await ensureStream(manager, owned, initial);
}

async function openManager(nats: NatsConnection): Promise<JetStreamManager> {
  try {
    return await jetstreamManager(nats, { timeout: ANSWER_MS_MAX });
  } catch (cause) {
    const refused = cause instanceof JetStreamApiError && JETSTREAM_NOT_ENABLED.has(cause.code);
    if (!refused && !(cause instanceof Error && cause.name === 'JetStreamNotEnabled')) throw cause;
    throw new RuntimeError(
      'nats_without_jetstream',
      'the NATS server runs without JetStream: start it with -js, or set jetstream {} for this account',
      {
        cause,
      },
    );
  }
}

async function ensureStream(manager: JetStreamManager, owned: OwnedConfig, initial: Partial<StreamConfig>): Promise<void> {
  const present = (await findConfig(manager, owned.name)) ?? (await tryToAdd(manager, { ...initial, ...owned }));
  // Made here and now, as it should be.
  if (present === null) return;
  refuseIncompatible(present, owned);
  const isUpToDate = Object.entries(owned).every(([field, value]) => isDeepStrictEqual(present[field as keyof StreamConfig], value));
  if (isUpToDate) return;
  await withAdvice(owned.name, () => manager.streams.update(owned.name, { ...present, ...owned }));
}

async function findConfig(manager: JetStreamManager, name: string): Promise<StreamConfig | null> {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return null;
    throw error;
  }
}

/** Null once the stream is made; the config of the one that another process made in the same moment. */
async function tryToAdd(manager: JetStreamManager, config: OwnedConfig): Promise<StreamConfig | null> {
  try {
    await withAdvice(config.name, () => manager.streams.add(config));
    return null;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === NAME_IN_USE) return findConfig(manager, config.name);
    throw error;
  }
}

function refuseIncompatible(present: StreamConfig, owned: OwnedConfig): void {
  for (const field of FIXED_FIELDS) {
    const [is, wanted] = [present[field] || undefined, owned[field] || undefined];
    if (isDeepStrictEqual(is, wanted)) continue;
    throw incompatible(owned.name, `its ${field} is ${JSON.stringify(is)} and not ${JSON.stringify(wanted)}`);
  }
}

async function withAdvice(name: string, change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code === NAME_IN_USE) throw error;
    if (error.code === SUBJECTS_OVERLAP) throw incompatible(name, 'another stream already takes its subjects', error);
    throw incompatible(name, `the NATS server refused its configuration (${error.message})`, error);
  }
}

function incompatible(name: string, what: string, cause?: unknown): RuntimeError {
  return new RuntimeError(
    'stream_incompatible',
    `the stream ${name} cannot be used: ${what}. Move or remove what is in its way (nats stream ls, nats stream info ${name}), or give Cairn a NATS account of its own`,
    { cause },
  );
}

import { hostname } from 'node:os';
import type { S3Settings } from '@cairn/archive';
import { DEFAULT_TENANT_ID, isTenantId, PARTITIONS_DEFAULT, plainIssue } from '@cairn/contracts';
import { z } from 'zod';

/** The only place that reads it. */
export const environment: NodeJS.ProcessEnv = process.env;

/** The parts that one process can run. */
export const TARGETS = ['ingest', 'rule-evaluator', 'notifier', 'api'] as const;
export type Target = (typeof TARGETS)[number];

export const HTTP_PORT_DEFAULT = 7400;

const port = z.coerce.number().int().min(0).max(65_535);

/** Empty means not set: that is how a compose file leaves a variable out. */
const optional = <T extends z.ZodType>(schema: T) => z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const variables = z.object({
  NATS_URL: optional(z.string()),
  DATABASE_URL: optional(z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')),
  CAIRN_PORT: optional(port),
  CAIRN_HOST: optional(z.string()).default('127.0.0.1'),
  CAIRN_DATA_DIR: optional(z.string()),
  CAIRN_TOKEN: optional(z.string().min(16, 'must have at least 16 characters')),
  CAIRN_LOG_LEVEL: optional(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])),
  CAIRN_PARTITIONS: optional(z.coerce.number().int().min(1).max(64)).default(PARTITIONS_DEFAULT),
  CAIRN_STREAM_REPLICAS: optional(z.coerce.number().pipe(z.union([z.literal(1), z.literal(3)]))).default(1),
  CAIRN_NATS_TENANTS: optional(z.string()).default(DEFAULT_TENANT_ID),
  CAIRN_NATS_SYNC_INTERVAL: optional(z.string().regex(/^(always|\d+(ms|s|m))$/, 'must be always, or a duration such as 10s')),
  CAIRN_NATS_SERVER_BIN: optional(z.string()),
  CAIRN_EVALUATOR_NAME: optional(z.string().min(1).max(100)),
  CAIRN_REHEARSAL: optional(z.enum(['on', 'off'])),
  AWS_ACCESS_KEY_ID: optional(z.string()),
  AWS_SECRET_ACCESS_KEY: optional(z.string()),
  AWS_SESSION_TOKEN: optional(z.string()),
  AWS_REGION: optional(z.string()).default('us-east-1'),
  AWS_ENDPOINT_URL_S3: optional(z.string()),
});

export interface Config {
  /** Absent: an embedded server. */
  natsUrl: string | undefined;
  databaseUrl: string | undefined;
  /** Absent: the default, or a free one where that is taken. */
  port: number | undefined;
  host: string;
  token: string | undefined;
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent' | undefined;
  partitions: number;
  streamReplicas: 1 | 3;
  /** Tenants that events may name over NATS, where the door cannot see who publishes. */
  natsTenants: readonly string[] | '*';
  natsSyncInterval: string | undefined;
  natsServerBinary: string | undefined;
  evaluatorName: string | undefined;
  /** Absent: as the command sees fit. */
  rehearsal: boolean | undefined;
  /** Where archives on `s3://…` are; absent without credentials. */
  objectStore: S3Settings | undefined;
  hostname: string;
}

/** A variable that cannot be used: the message names it and says what it must be. */
export class ConfigError extends Error {
  readonly code = 'invalid_config';
}

/** @throws ConfigError */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = variables.safeParse(env, { error: plainIssue });
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '));
  }
  const read = parsed.data;
  return {
    natsUrl: read.NATS_URL,
    databaseUrl: read.DATABASE_URL,
    port: read.CAIRN_PORT,
    host: read.CAIRN_HOST,
    token: read.CAIRN_TOKEN,
    logLevel: read.CAIRN_LOG_LEVEL,
    partitions: read.CAIRN_PARTITIONS,
    streamReplicas: read.CAIRN_STREAM_REPLICAS,
    natsTenants: parseTenants(read.CAIRN_NATS_TENANTS),
    natsSyncInterval: read.CAIRN_NATS_SYNC_INTERVAL,
    natsServerBinary: read.CAIRN_NATS_SERVER_BIN,
    evaluatorName: read.CAIRN_EVALUATOR_NAME,
    rehearsal: read.CAIRN_REHEARSAL === undefined ? undefined : read.CAIRN_REHEARSAL === 'on',
    objectStore: objectStoreOf(read),
    hostname: hostname(),
  };
}

/** `all`, or some of the targets, separated by commas. @throws ConfigError */
export function parseTargets(text: string): ReadonlySet<Target> {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('all')) return new Set(TARGETS);
  const unknown = names.filter((name) => !TARGETS.some((target) => target === name));
  if (unknown.length > 0) throw new ConfigError(`--target ${unknown.join(', ')} is unknown: choose from all, ${TARGETS.join(', ')}`);
  return new Set(TARGETS.filter((target) => names.includes(target)));
}

/** Under the names that the tools of such stores have for them. */
function objectStoreOf(read: z.infer<typeof variables>): S3Settings | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_REGION: region,
  } = read;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  return { endpoint: read.AWS_ENDPOINT_URL_S3 ?? `https://s3.${region}.amazonaws.com`, region, credentials };
}

function parseTenants(text: string): readonly string[] | '*' {
  if (text.trim() === '*') return '*';
  const tenants = text.split(',').map((tenant) => tenant.trim());
  const wrong = tenants.find((tenant) => !isTenantId(tenant));
  if (wrong !== undefined)
    throw new ConfigError(`CAIRN_NATS_TENANTS "${wrong}" is no tenant id: list tenant ids separated by commas, or *`);
  return tenants;
}

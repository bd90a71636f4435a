import { admitEvent, CairnError, formatInstant, PLATFORMS, type Platform, parseInstant, type WireEvent } from '@cairn/contracts';
import { createClient, createEventId, isCairnApiError, isUnreachable, type SentEvent } from '@cairn/sdk';
import { type Command, Option } from 'commander';
import { type CliContext, spoolUrl } from '../cliContext.js';
import { CliError, EXIT, type ExitCode, UsageError } from '../errors.js';
import type { Server } from '../findServer.js';
import { type KeyedCall, KeyMemory } from '../spool/keyMemory.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { parseProperties } from './parseProperties.js';

interface TrackOptions {
  user: string;
  prop?: string[];
  key?: string;
  at?: string;
  team?: string;
  tenant?: string;
  platform?: Platform;
  app?: string;
  ref?: string;
}

/** Scripts wait for this command: it gives up soon, and keeps the event instead. */
const RETRY = { attemptsMax: 2, delayMsFirst: 100, delayMsMax: 500 };
const REQUEST_MS_MAX = 5000;
/** Answers that pass by themselves: the event is kept as if there were no server. */
const PASSING_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export const addTrackCommand: AddCommand = (program, host) => {
  const command: Command = program
    .command('track')
    .description('send one event; without a server it is kept, and sent later')
    .argument('<type>', 'type of the event, such as build.succeeded')
    .argument('[properties...]', 'further properties, as name=value')
    .requiredOption('--user <id>', 'who did it; required')
    .option('--prop <name=value>', 'a property; repeat it for more. JSON literals are taken as such, anything else as text', collect)
    .option('--key <key>', 'idempotency key: the same call with the same key is one event, however often it is made')
    .option('--at <instant>', 'when it happened, such as 2026-04-12T10:15:00Z (default: now)')
    .option('--team <id>', 'the team it counts for')
    .option('--tenant <id>', "the tenant (default: the token's)")
    .addOption(new Option('--platform <name>', 'where it happened').choices(PLATFORMS))
    .option('--app <name>', 'which application says so')
    .option('--ref <reference>', 'what it is about: the same user, type and reference are one event')
    .action(async (type: string, properties: string[]) => {
      host.exit(await track(host.contextOf(command), { type, properties, options: command.opts<TrackOptions>() }));
    });
  withExamples(command, [
    ['cairn track build.succeeded --user alice@example.com', 'one event, now'],
    ['cairn track incident.resolved --user alice@example.com --prop severity=sev2 --prop minutes=42', 'with properties: text and a number'],
    ['cairn track deploy.done --user ci --key deploy-4711', 'counts once, however often the job is run again'],
  ]);
};

function collect(word: string, words: readonly string[] = []): string[] {
  return [...words, word];
}

interface Call {
  type: string;
  properties: string[];
  options: TrackOptions;
}

async function track(context: CliContext, call: Call): Promise<ExitCode> {
  const said = eventOf(call);
  const found = await findServerOrReason(context);
  const url = 'server' in found ? spoolUrl(found.server) : null;
  const event = await withTime(said, { call, url, memory: new KeyMemory(context.config.dataDirectory) });
  check(event);
  if (!('server' in found)) return await keep(context, { event, url, reason: found.reason });
  const client = createClient({
    url: found.server.url,
    token: found.server.token,
    retry: RETRY,
    requestMsMax: REQUEST_MS_MAX,
    agent: 'cairn-cli',
  });
  let sent: SentEvent;
  try {
    sent = await client.sendEvent(event);
  } catch (error) {
    const passing = isUnreachable(error) || (isCairnApiError(error) && PASSING_STATUS.has(error.status));
    if (!passing) throw error;
    return await keep(context, { event, url, reason: error.message });
  }
  await context.sendKept(client, found.server);
  if (context.json) await context.output.json(sent);
  else await context.output.line(`${sent.status} ${sent.event_id} (sequence ${sent.sequence})`);
  return EXIT.success;
}

async function findServerOrReason(context: CliContext): Promise<{ server: Server } | { reason: string }> {
  try {
    return { server: await context.server() };
  } catch (error) {
    if (error instanceof CliError && (error.code === 'no_server' || error.code === 'stale_server')) return { reason: error.message };
    throw error;
  }
}

/** Everything that was said but the time. */
function eventOf({ type, properties, options }: Call): Omit<WireEvent, 'occurred_at'> {
  const source = {
    ...(options.platform === undefined ? {} : { platform: options.platform }),
    ...(options.app === undefined ? {} : { app: options.app }),
    ...(options.ref === undefined ? {} : { ref: options.ref }),
    sdk: 'cairn-cli',
  };
  return {
    type,
    actor: {
      user_id: options.user,
      ...(options.tenant === undefined ? {} : { tenant_id: options.tenant }),
      ...(options.team === undefined ? {} : { team_id: options.team }),
    },
    source,
    properties: parseProperties([...(options.prop ?? []), ...properties]),
    ...(options.key === undefined ? {} : { idempotency_key: options.key }),
  };
}

/** The time is fixed here, and with it the identity: whenever the event is sent, it is this one. */
async function withTime(
  said: Omit<WireEvent, 'occurred_at'>,
  { call, url, memory }: { call: Call; url: string | null; memory: KeyMemory },
): Promise<WireEvent> {
  const { at, key } = call.options;
  if (at !== undefined && parseInstant(at) === null) throw new UsageError(`"${at}" is not an instant: write it like 2026-04-12T10:15:00Z`);
  if (key === undefined) return { event_id: createEventId(), ...said, occurred_at: at ?? formatInstant(Date.now()) };
  if (at !== undefined) return { ...said, occurred_at: at };
  const keyed: KeyedCall = { url, key, said };
  const first = await memory.recall(keyed);
  if (first !== null) return { ...said, occurred_at: first };
  const now = formatInstant(Date.now());
  await memory.remember(keyed, now);
  return { ...said, occurred_at: now };
}

/** What is wrong by its form is wrong at once, with or without a server. */
function check(event: WireEvent): void {
  try {
    admitEvent(event, { tenantId: 'default', mayWriteTo: () => true, receivedAt: Date.now() });
  } catch (error) {
    if (error instanceof CairnError) throw new UsageError(error.message);
    throw error;
  }
}

async function keep(
  context: CliContext,
  { event, url, reason }: { event: WireEvent; url: string | null; reason: string },
): Promise<ExitCode> {
  await context.spool.keep(event, url);
  context.output.note(`cairn: ${reason}`);
  context.output.note(`cairn: the event is kept in ${context.spool.directory} and sent by the next command that reaches the server`);
  if (context.json) await context.output.json({ event_id: event.event_id ?? null, status: 'kept' });
  else await context.output.line(`kept ${event.event_id ?? event.idempotency_key ?? ''}`.trimEnd());
  return EXIT.success;
}

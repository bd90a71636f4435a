import { fileURLToPath } from 'node:url';
import { type CliContext, CliError, countOf, describeUnlock, type ExitCode, formatNumber, printable, readTotal } from '@cairn/cli';
import { PACK_NAMES } from '@cairn/packs';
import { type CairnClient, createClient } from '@cairn/sdk';
import { HTTP_PORT_DEFAULT } from '../config.js';
import type { RunningCairn } from '../serve.js';
import { importRepository } from './importRepository.js';
import { publishPacks } from './publishPacks.js';
import { startServing, untilSignal } from './serveCommand.js';

/** Three steps that the onboarding pack makes an unlock of. */
const FIRST_STEPS = ['buddy_met', 'team_met', 'neighbour_met'];

/** The clone that this file stands in. */
const CLONE = fileURLToPath(new URL('../../../../', import.meta.url));

/** Serves, publishes the packs, imports the clone's own history, prints each unlock, and stays up until a signal. */
export async function start(context: CliContext): Promise<ExitCode> {
  const { output } = context;
  output.note('cairn: starting nats-server, PostgreSQL and all services …');
  const cairn = await startServing('all', { context, logLevel: 'warn' });
  const stopped = untilSignal(cairn, output);
  const client = createClient({ url: cairn.url, token: cairn.token, agent: 'cairn-start' });
  const following = new AbortController();
  const printing = await printUnlocks(context, client, following.signal);
  await output.line(`Cairn is ready on ${cairn.url}`);
  if (!cairn.url.endsWith(`:${HTTP_PORT_DEFAULT}`))
    output.note(`cairn: not on port ${HTTP_PORT_DEFAULT}: CAIRN_PORT asks for another, or it is in use`);
  try {
    const changes = await publishPacks(client, PACK_NAMES);
    await output.line(
      `Packs ${PACK_NAMES.join(', ')}: ${changes.length === 0 ? 'nothing new' : countOf(changes.length, 'achievement')} published`,
    );
    await importOwnHistory(context, client);
    await output.lines(whereToLook(cairn));
    return await stopped;
  } finally {
    following.abort();
    await printing.ended;
    await cairn.stop();
  }
}

/** Prints what happens from now on. Resolves once the stream stands; what it resolves to ends with the signal. */
async function printUnlocks(context: CliContext, client: CairnClient, signal: AbortSignal): Promise<{ ended: Promise<void> }> {
  const { output } = context;
  let ended: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    ended = (async () => {
      for await (const message of client.streamUnlocks({ signal, onOpen: resolve })) {
        if (message.kind === 'unlock') await output.line(describeUnlock(output, message.unlock));
        if (message.kind === 'revoke') await output.line(describeUnlock(output, message.revocation));
      }
    })().catch(reject);
  });
  return { ended };
}

async function importOwnHistory(context: CliContext, client: CairnClient): Promise<void> {
  const { output } = context;
  try {
    const { repo, tally, seconds } = await importRepository(context, client, CLONE);
    const rate = formatNumber(Math.round(readTotal(tally) / seconds));
    await output.line(
      `History of ${printable(repo)}: ${countOf(readTotal(tally), 'event')}, ${formatNumber(tally.accepted)} new, ${formatNumber(tally.duplicates)} known (${rate} events/s)`,
    );
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    // A download without its history, or a machine without git: everything else works.
    output.note(`cairn: no history to import here: ${error.message}`);
  }
}

function whereToLook(cairn: RunningCairn): string[] {
  const nats = new URL(cairn.natsUrl);
  return [
    '',
    `  HTTP     ${cairn.url}           API description: ${cairn.url}/openapi.json`,
    `  NATS     ${cairn.natsUrl}       publish to events.<type>, subscribe to events.achievement.unlocked`,
    `  Token    ${cairn.token}`,
    `  Data     ${cairn.dataDir}`,
    '',
    '  Try, in another terminal of this folder:',
    '    npm run -s cairn -- unlocks',
    ...FIRST_STEPS.map((step) => `    npm run -s cairn -- track onboarding.step.completed --user ada --prop step=${step}`),
    '    npm run -s cairn -- progress ada',
    '    npm run -s cairn -- tail',
    '',
    '  For curl and for NATS clients, as in README:',
    `    export CAIRN_URL=${cairn.url} CAIRN_TOKEN=${cairn.token}`,
    `    export NATS_HOST=${nats.hostname} NATS_PORT=${nats.port}`,
    '',
    '  Ctrl-C stops all of it.',
  ];
}

import { DEAD_LETTER_STREAM } from '@cairn/contracts';
import type { PendingRecountRow } from '@cairn/store';
import { createRoute, z } from '@hono/zod-openapi';
import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { problemResponses } from '../../http/problemResponses.js';
import { isBehind, type LogStanding, type LoopStanding, type Standing } from '../../log/LogStanding.js';

const statusSchema = z
  .object({
    log: z.object({ last_sequence: z.int() }),
    evaluated_sequence: z.int().openapi({ description: 'All that the log holds up to here is committed.' }),
    lag: z.int().openapi({ description: '0 when all that was accepted, over HTTP and over NATS, is committed.' }),
    dead_letters: z.int().openapi({ description: 'Messages in the dead letters.' }),
    partitions: z.array(
      z.object({
        partition: z.int(),
        last_sequence: z.int().openapi({ description: 'The newest entry of the log that concerns it.' }),
        evaluated_sequence: z.int(),
        owner: z.string().nullable().openapi({ description: 'The evaluator that has it; null for none.' }),
        lag: z.int(),
      }),
    ),
    recounts: z
      .array(
        z.object({
          partition: z.int(),
          since_sequence: z.int().openapi({ description: 'The entry of the log that asked for it.' }),
          slugs: z.array(z.string()),
          xp_rules: z.array(z.string()).openapi({ description: 'As `<pack>/<id>`.' }),
          progress: z.number().min(0).max(1).openapi({ description: 'About how much of it is done.' }),
        }),
      )
      .openapi({
        description: "What the tenant's publications and settings asked for and is not done yet for all users; counted in `lag`.",
      }),
    teams: z
      .object({ last_sequence: z.int(), evaluated_sequence: z.int(), owner: z.string().nullable(), lag: z.int() })
      .optional()
      .openapi({ description: 'The loop that counts for teams: it follows behind the partitions.' }),
    nats_url: z.string().optional(),
    version: z.string(),
  })
  .openapi('Status');

const route = createRoute({
  method: 'get',
  path: '/v1/status',
  summary: 'How far everything is',
  tags: ['operations'],
  responses: {
    200: { description: 'Read at this moment.', content: { 'application/json': { schema: statusSchema } } },
    ...problemResponses(503),
  },
});

export interface StatusPorts {
  nats: NatsConnection;
  standing: LogStanding;
  version: string;
  natsUrl: string | undefined;
}

export function statusRoutes(app: OpenApiApp, ports: StatusPorts): void {
  const js = jetstream(ports.nats);
  app.openapi(route, async (c) => {
    const [standing, deadLetters] = await Promise.all([ports.standing.read(), countDeadLetters(js)]);
    return c.json(
      {
        log: { last_sequence: standing.lastSequence },
        evaluated_sequence: standing.evaluatedSequence,
        lag: standing.lag,
        dead_letters: deadLetters,
        partitions: standing.partitions.map((partition) => ({ partition: partition.partition, ...toView(partition) })),
        recounts: standing.recounts
          .filter(({ tenantKey }) => tenantKey === c.get('principal').tenantKey)
          .map((row) => recountView(row, standing)),
        ...(standing.teams === null ? {} : { teams: toView(standing.teams) }),
        ...(ports.natsUrl === undefined ? {} : { nats_url: ports.natsUrl }),
        version: ports.version,
      },
      200,
    );
  });
}

async function countDeadLetters(js: JetStreamClient): Promise<number> {
  const manager = await js.jetstreamManager(false);
  return (await manager.streams.info(DEAD_LETTER_STREAM)).state.messages;
}

function recountView(row: PendingRecountRow, { evaluatedSequence }: Standing) {
  const { partition, logSeq, slugs, xpRules, slices, slicesDone, readSeq } = row;
  const readOfSlice = evaluatedSequence === 0 ? 0 : Math.min(1, readSeq / evaluatedSequence);
  const progress = Math.min(1, (slicesDone + readOfSlice) / slices);
  return { partition, since_sequence: logSeq, slugs: [...slugs], xp_rules: [...xpRules], progress };
}

function toView(standing: LoopStanding) {
  const { lastSequence, evaluatedSequence, owner } = standing;
  const lag = isBehind(standing) ? lastSequence - evaluatedSequence : 0;
  return { last_sequence: lastSequence, evaluated_sequence: evaluatedSequence, owner, lag };
}

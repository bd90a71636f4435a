import { CairnError, isUserId } from '@cairn/contracts';
import { type AppEnv, requireScope } from '@cairn/runtime';
import { type Context, Hono } from 'hono';
import type { StreamFilter } from './StreamFilter.js';
import type { StreamHub } from './StreamHub.js';
import type { UserNames } from './UserNames.js';

/** `GET /v1/stream`: server-sent events `unlock`, `revoke` and `progress`, and `ready` and `reset` about the stream itself. */
export function streamRoutes(hub: StreamHub, { names }: { names: UserNames }): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get('/v1/stream', requireScope('progress:read', 'unlocks:read'), async (c) => {
    const request = { filter: readFilter(c), resumeAfter: readResumeAfter(c), abort: abortOf(c) };
    const { tenantKey } = c.get('principal');
    const connection = hub.connect({ ...request, tenantKey, filter: await named(request.filter, { tenantKey, names }) });
    return new Response(connection.body, {
      headers: {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-cache, no-transform',
        'X-Accel-Buffering': 'no',
        // Sent as it comes, from the first byte on.
        'Transfer-Encoding': 'chunked',
      },
    });
  });
  return app;
}

function readFilter(c: Context<AppEnv>): StreamFilter {
  const userId = c.req.query('user') ?? null;
  if (userId !== null && !isUserId(userId)) throw invalid('user', 'has to be 1 to 128 characters without control characters');
  return {
    tenantId: c.get('principal').tenantId,
    userId,
    progress: readFlag(c, 'progress') ?? userId !== null,
    backfilled: readFlag(c, 'backfilled') ?? false,
  };
}

/** Whoever an id stands for is followed. */
async function named(filter: StreamFilter, by: { tenantKey: number; names: UserNames }): Promise<StreamFilter> {
  if (filter.userId === null) return filter;
  const [userId, ...aliases] = await by.names.of({ tenantKey: by.tenantKey, userId: filter.userId });
  return { ...filter, userId, aliases };
}

function readFlag(c: Context<AppEnv>, name: string): boolean | null {
  const text = c.req.query(name);
  if (text === undefined) return null;
  if (text !== 'true' && text !== 'false') throw invalid(name, 'has to be true or false');
  return text === 'true';
}

/** The header is what a browser sends by itself when it comes back; the parameter is for whoever cannot set one. */
function readResumeAfter(c: Context<AppEnv>): number | null {
  const text = c.req.header('Last-Event-ID') ?? c.req.query('last_event_id');
  if (text === undefined || text === '') return null;
  const sequence = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(sequence)) throw invalid('last_event_id', 'has to be the id of an event of this stream');
  return sequence;
}

function invalid(field: string, message: string): CairnError {
  return new CairnError('invalid_request', `${field} ${message}`, { errors: [{ field, message }] });
}

/** A reader that does not read cannot be ended in an orderly way: where Node serves, its socket is cut. */
function abortOf(c: Context<AppEnv>): (() => void) | undefined {
  const { outgoing } = (c.env ?? {}) as { outgoing?: { destroy(): void } };
  return outgoing === undefined ? undefined : () => outgoing.destroy();
}

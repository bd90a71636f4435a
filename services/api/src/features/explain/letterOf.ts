import { DEFAULT_TENANT_ID, HEADER } from '@cairn/contracts';
import { z } from '@hono/zod-openapi';
import type { JsMsg } from '@nats-io/jetstream';

/** A dead letter that holds an event. */
export interface LetterFound {
  sequence: number;
  code: string;
  error: string;
}

/** Of an event, or a CloudEvent, as much as says which and whose it is. */
const lettered = z.object({
  event_id: z.string().optional(),
  idempotency_key: z.string().optional(),
  actor: z.object({ tenant_id: z.string().optional() }).optional(),
  id: z.string().optional(),
  tenantid: z.string().optional(),
});

/** The letter, where it holds an event of the tenant with this id or idempotency key. */
export function letterOf(message: JsMsg, of: { tenantId: string; eventId: string }): LetterFound | null {
  const parsed = lettered.safeParse(jsonOf(message.string()));
  if (!parsed.success) return null;
  const { event_id: eventId, idempotency_key: key, actor, id, tenantid } = parsed.data;
  if (![eventId, key, id].includes(of.eventId)) return null;
  if ((actor?.tenant_id ?? tenantid ?? DEFAULT_TENANT_ID) !== of.tenantId) return null;
  const header = (name: string): string => message.headers?.get(name) ?? '';
  return { sequence: message.seq, code: header(HEADER.errorCode), error: header(HEADER.error) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A letter can hold anything: what is no JSON is not found by an id.
    return null;
  }
}

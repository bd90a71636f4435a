/** The event as avro/binary, field by field as `schemas/event.avsc` has it: by hand, so that no encoder keeps it from being odd. */
export function producerAvro(event: Record<string, unknown>): Buffer {
  const { actor } = event as { actor: { user_id: string; team_id?: string } };
  return Buffer.concat([
    optional(event['event_id']),
    optional(event['idempotency_key']),
    text(String(event['type'])),
    text(actor.user_id),
    optional(undefined),
    optional(actor.team_id),
    long(0),
    long(Date.parse(String(event['occurred_at']))),
    optional(JSON.stringify(event['properties'])),
    long(1),
  ]);
}

function optional(value: unknown): Buffer {
  return typeof value === 'string' ? Buffer.concat([long(1), text(value)]) : long(0);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([long(bytes.length), bytes]);
}

/** Of what is not negative. */
function long(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value) * 2n;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

import { answerJson, type RemoteHost, startRemoteHost } from '@cairn/testing';

export interface SentWire {
  event_id?: string;
  idempotency_key?: string;
  type: string;
  actor: { user_id: string };
  occurred_at: string;
  properties?: Record<string, unknown>;
}

export interface RecordingHost extends RemoteHost {
  /** What was taken, in the order in which it came. */
  taken: SentWire[];
  /** Requests that bring events and are answered well before the host hangs up on all further ones. */
  requestsUntilDown: number;
  /** What its log is said to hold. */
  lastSequence: number;
}

/** The far end of an import: it takes what comes and remembers it, until it is told to be down. `refuse…` ids are rejected. */
export async function startRecordingHost(): Promise<RecordingHost> {
  const payloads = new Map<string, string>();
  const state = { taken: [] as SentWire[], requestsUntilDown: Number.POSITIVE_INFINITY, lastSequence: 0 };
  const take = (event: SentWire): Record<string, unknown> => {
    const id = event.event_id ?? event.idempotency_key ?? '';
    if (id.startsWith('refuse')) return { event_id: id, status: 'rejected', error: { code: 'invalid_event', message: 'for the test' } };
    const payload = JSON.stringify(event);
    const known = payloads.get(id);
    const status = known === undefined ? 'accepted' : known === payload ? 'duplicate' : 'conflict';
    if (status === 'accepted') {
      payloads.set(id, payload);
      state.taken.push(event);
      state.lastSequence++;
    }
    return { event_id: id, status, sequence: state.lastSequence };
  };
  const host = await startRemoteHost((request, response) => {
    if (request.path === '/v1/status') {
      const { lastSequence } = state;
      answerJson(response, 200, {
        log: { last_sequence: lastSequence },
        evaluated_sequence: lastSequence,
        lag: 0,
        dead_letters: 0,
        partitions: [],
        version: '1',
      });
      return;
    }
    if (request.path === '/readyz') {
      answerJson(response, 200, { status: 'ready', checks: {} });
      return;
    }
    if (state.requestsUntilDown-- <= 0) {
      response.destroy();
      return;
    }
    const body = JSON.parse(request.body) as SentWire | SentWire[];
    if (Array.isArray(body)) answerJson(response, 200, { results: body.map((event, index) => ({ index, ...take(event) })) });
    else answerJson(response, 202, take(body));
  });
  return Object.assign(state, host);
}

/** Server-sent events on the wire. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html */

const LINE_BREAK = /\r\n|\r|\n/;

export function eventFrame(event: {
  name: string;
  data: string;
  /** What the reader resumes by; left out for what cannot be resumed. */
  id?: number;
}): string {
  const id = event.id === undefined ? '' : `id: ${event.id}\n`;
  const data = event.data
    .split(LINE_BREAK)
    .map((line) => `data: ${line}\n`)
    .join('');
  return `event: ${event.name}\n${id}${data}\n`;
}

/** A block without data dispatches nothing at the reader, but moves its last event id: a resume then has less to read. */
export function keepAliveFrame(id: number): string {
  return `: keep-alive\nid: ${id}\n\n`;
}

export function openingFrame(retryMs: number): string {
  return `: connected\nretry: ${retryMs}\n\n`;
}

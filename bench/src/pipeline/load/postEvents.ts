/** A request to `POST /v1/events`, head and all. */
export function postEvents(to: { url: URL; token: string }, body: string): Buffer {
  const bytes = Buffer.from(body);
  const head = [
    'POST /v1/events HTTP/1.1',
    `Host: ${to.url.host}`,
    `Authorization: Bearer ${to.token}`,
    'Content-Type: application/json',
    `Content-Length: ${String(bytes.length)}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}

import type { NodeConnectionOptions } from '@nats-io/transport-node';

/**
 * `nats://[user:password@]host:port[,…]` as connection options. A user without a password is a token, as the NATS tools
 * have it; `tls://` asks for TLS. The credentials of the first server stand for all.
 */
export function parseNatsUrl(url: string): Pick<NodeConnectionOptions, 'servers' | 'user' | 'pass' | 'token' | 'tls'> {
  const urls = url
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => new URL(part.includes('://') ? part : `nats://${part}`));
  const first = urls[0];
  if (first === undefined) throw new TypeError('the NATS URL is empty');
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port === '' ? '4222' : port}`),
    ...credentialsOf(first),
    ...(first.protocol === 'tls:' ? { tls: {} } : {}),
  };
}

function credentialsOf({ username, password }: URL): { user?: string; pass?: string; token?: string } {
  if (username === '') return {};
  const user = decodeURIComponent(username);
  return password === '' ? { token: user } : { user, pass: decodeURIComponent(password) };
}

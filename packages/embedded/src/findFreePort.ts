import { once } from 'node:events';
import { createServer } from 'node:net';
import { isSystemError } from './errors.js';

const LOOPBACK = '127.0.0.1';

/**
 * A TCP port on 127.0.0.1 that nothing listens on: the first of `wanted` that is free, else any.
 * It is free at this moment only; whoever binds it has to cope with losing the race for it.
 */
export async function findFreePort(...wanted: readonly (number | undefined)[]): Promise<number> {
  for (const port of wanted) {
    if (port !== undefined && (await isPortFree(port))) return port;
  }
  const port = await bindOnce(0);
  if (port === null) throw new Error('the system has no free port');
  return port;
}

/** Whether nothing listens on this port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await bindOnce(port)) !== null;
}

async function bindOnce(port: number): Promise<number | null> {
  const server = createServer();
  try {
    server.listen({ host: LOOPBACK, port });
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : null;
  } catch (error) {
    // EACCES: a privileged port that this user may not bind is as good as taken.
    if (isSystemError(error, 'EADDRINUSE', 'EACCES')) return null;
    throw error;
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}

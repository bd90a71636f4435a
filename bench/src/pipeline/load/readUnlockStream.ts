import { get, type IncomingMessage } from 'node:http';

interface Unlock {
  caused_by: string;
}

/** Reads the unlocks of a tenant from `GET /v1/stream`. Resolves when the server says that the stream is live. */
export function readUnlockStream(from: { url: string; token: string }, onUnlock: (unlock: Unlock) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(`${from.url}/v1/stream`, { headers: { Authorization: `Bearer ${from.token}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`the stream was answered with ${String(response.statusCode)}`));
      readFrames(response, (name, data) => {
        if (name === 'ready') resolve();
        if (name === 'unlock') onUnlock(JSON.parse(data) as Unlock);
      });
    });
    request.once('error', reject);
  });
}

function readFrames(response: IncomingMessage, onFrame: (name: string, data: string) => void): void {
  let rest = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const frames = (rest + chunk).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const lines = frame.split('\n');
      const readField = (field: string): string => lines.find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2) ?? '';
      onFrame(readField('event'), readField('data'));
    }
  });
}

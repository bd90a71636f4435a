import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { KeptConnection } from './KeptConnection.js';

/** Connections that are made when the test says so. */
class Connections {
  readonly asked: { onLost(error: Error): void; resolve(client: Client): void; reject(error: Error): void }[] = [];
  readonly errors: Error[] = [];
  readonly kept = new KeptConnection<Client>({
    connect: (onLost) => new Promise((resolve, reject) => this.asked.push({ onLost, resolve, reject })),
    onError: (error) => this.errors.push(error),
  });
}

class Client {
  hasEnded = false;

  end(): Promise<void> {
    this.hasEnded = true;
    return Promise.resolve();
  }
}

describe('KeptConnection', () => {
  it('is one for all who ask, also while it is opened', async () => {
    const { kept, asked } = new Connections();
    const [one, two] = [kept.open(), kept.open()];
    const client = new Client();
    asked[0]?.resolve(client);
    expect([await one, await two, await kept.open()]).toEqual([client, client, client]);
    expect(asked).toHaveLength(1);
    await kept.close();
    expect(client.hasEnded).toBe(true);
  });

  it('is opened anew after it could not be opened, was lost or was dropped', async () => {
    const { kept, asked, errors } = new Connections();
    const failing = kept.open();
    asked[0]?.reject(new Error('nobody is there'));
    await expect(failing).rejects.toThrow('nobody is there');
    const first = kept.open();
    asked[1]?.resolve(new Client());
    await first;
    asked[1]?.onLost(new Error('gone'));
    expect(errors).toEqual([new Error('gone')]);
    const second = kept.open();
    const client = new Client();
    asked[2]?.resolve(client);
    await second;
    // What somebody else has dropped already is not what is kept now.
    kept.drop(first);
    expect(await kept.open()).toBe(client);
    kept.drop(second);
    await turn();
    expect(client.hasEnded).toBe(true);
    void kept.open();
    expect(asked).toHaveLength(4);
  });
});

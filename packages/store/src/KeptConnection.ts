export interface KeptConnectionOptions<Client> {
  /** Says later that the connection was lost. */
  connect(onLost: (error: Error) => void): Promise<Client>;
  /** A connection was lost, or did not end in good order. */
  onError(error: Error): void;
}

/** One connection for all who ask: opened when somebody first does, and anew after it was lost, dropped or could not be opened. */
export class KeptConnection<Client extends { end(): Promise<void> }> {
  readonly #options: KeptConnectionOptions<Client>;
  #opening: Promise<Client> | undefined;

  constructor(options: KeptConnectionOptions<Client>) {
    this.#options = options;
  }

  /** Rejects as `connect` does; the next call tries anew. */
  open(): Promise<Client> {
    if (this.#opening !== undefined) return this.#opening;
    const opening = this.#options
      .connect((error) => {
        this.#forget(opening);
        this.#options.onError(error);
      })
      .catch((error: unknown) => {
        this.#forget(opening);
        throw error;
      });
    this.#opening = opening;
    return opening;
  }

  /** It is of no use any more, though the server may not know: a connection to what has become a replica stays open. */
  drop(opening: Promise<Client>): void {
    if (this.#forget(opening)) void this.#end(opening);
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening !== undefined) await this.#end(opening);
  }

  /** Whether it was the one that is kept. */
  #forget(opening: Promise<Client>): boolean {
    if (this.#opening !== opening) return false;
    this.#opening = undefined;
    return true;
  }

  async #end(opening: Promise<Client>): Promise<void> {
    const [client] = await Promise.allSettled([opening]);
    if (client.status === 'fulfilled') await client.value.end().catch(this.#options.onError);
  }
}

import {
  type CommittedBatch,
  commitBatches,
  type EvaluationBatch,
  KeptConnection,
  openPipeline,
  type PipelineOptions,
  StoreError,
} from '@cairn/store';

type Pipeline = Awaited<ReturnType<typeof openPipeline>>;

/** A pipelined connection that commits: opened when it is first needed, unless that is done ahead, and anew after it was lost. */
export class CommitConnection {
  readonly #connection: KeptConnection<Pipeline>;

  constructor(options: PipelineOptions) {
    this.#connection = new KeptConnection({
      connect: (onError) =>
        openPipeline({ ...options, onError }).catch((cause: unknown) => {
          // Tried anew by the next commit, and no fault of the batch, whatever the server said.
          throw new StoreError('connection', 'a partition could not connect to the database', { cause });
        }),
      onError: options.onError,
    });
  }

  /** Ahead of the first commit, which need not wait for it then. Rejects with a StoreError, code `connection`. */
  async open(): Promise<void> {
    await this.#connection.open();
  }

  async commit(batches: readonly EvaluationBatch[]): Promise<CommittedBatch[]> {
    const opening = this.#connection.open();
    const pipeline = await opening;
    try {
      return await commitBatches(pipeline, batches);
    } catch (error) {
      if (error instanceof StoreError && error.code === 'connection') this.#connection.drop(opening);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

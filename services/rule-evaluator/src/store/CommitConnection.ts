import { type CommittedBatch, commitBatches, type EvaluationBatch, openPipeline, type PipelineOptions, StoreError } from '@cairn/store';

type Pipeline = Awaited<ReturnType<typeof openPipeline>>;

/** A pipelined connection that commits: opened when it is first needed, unless that is done ahead, and anew after it was lost. */
export class CommitConnection {
  readonly #options: PipelineOptions;
  #pipeline: Pipeline | undefined;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** Ahead of the first commit, which need not wait for it then. Rejects with a StoreError, code `connection`. */
  async open(): Promise<void> {
    this.#pipeline ??= await this.#connect();
  }

  async commit(batches: readonly EvaluationBatch[]): Promise<CommittedBatch[]> {
    const pipeline = (this.#pipeline ??= await this.#connect());
    try {
      return await commitBatches(pipeline, batches);
    } catch (error) {
      if (error instanceof StoreError && error.code === 'connection') this.#drop(pipeline);
      throw error;
    }
  }

  async close(): Promise<void> {
    const pipeline = this.#pipeline;
    this.#pipeline = undefined;
    await pipeline?.end().catch(this.#options.onError);
  }

  /** What cannot be connected is tried anew by the next commit, and is no fault of the batch, whatever the server said. */
  async #connect(): Promise<Pipeline> {
    const connection: { pipeline?: Pipeline } = {};
    connection.pipeline = await openPipeline({
      ...this.#options,
      onError: (error) => {
        if (this.#pipeline === connection.pipeline) this.#pipeline = undefined;
        this.#options.onError(error);
      },
    }).catch((cause: unknown) => {
      throw new StoreError('connection', 'a partition could not connect to the database', { cause });
    });
    return connection.pipeline;
  }

  /** Of no use any more, though the server may not know: a connection to what has become a replica stays open. */
  #drop(pipeline: Pipeline): void {
    if (this.#pipeline === pipeline) this.#pipeline = undefined;
    void pipeline.end().catch(this.#options.onError);
  }
}

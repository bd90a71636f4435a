/**
 * Adds up the processor time that this process takes between start and stop, on all its threads: what a machine does
 * besides hardly changes it, and the collection of garbage is in it.
 */
export class CpuStopwatch {
  #started: NodeJS.CpuUsage | undefined;
  #micros = 0;

  get seconds(): number {
    return this.#micros / 1e6;
  }

  start(): void {
    this.#started = process.cpuUsage();
  }

  stop(): void {
    const { user, system } = process.cpuUsage(this.#started);
    this.#micros += user + system;
  }
}

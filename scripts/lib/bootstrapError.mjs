import { constants } from 'node:os';

/** Why a clone could not be made ready, and what to do about it. */
export class BootstrapError extends Error {
  /**
   * @param {string} message one sentence
   * @param {{ output?: string, remedy?: string, signal?: string | null }} details
   *   output: what the failed command printed; signal: the one that ended it, if any
   */
  constructor(message, { output = '', remedy = '', signal = null }) {
    super(signal ? `Stopped by ${signal}.` : message);
    this.name = 'BootstrapError';
    this.output = signal ? '' : output.trimEnd();
    this.remedy = signal ? '' : remedy;
    /** As a shell would have it: 128 + the number of the signal. */
    this.exitCode = signal ? 128 + constants.signals[signal] : 1;
  }
}

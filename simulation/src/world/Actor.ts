/** Somebody whose time can be taken from them: a process, or a server. */
export interface Actor {
  readonly name: string;
  isAlive: boolean;
  /** Until then nothing of theirs runs, as after a SIGSTOP. */
  frozenUntil: number;
  /** By how much their clock is wrong, in milliseconds. */
  clockErrorMs: number;
}

export function anActor(name: string): Actor {
  return { name, isAlive: true, frozenUntil: 0, clockErrorMs: 0 };
}

import { execFile, spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { processIdentity } from '@cairn/embedded';
import { eventually } from '@cairn/testing';
import { expect } from 'vitest';

const RUNBOOKS = new URL('../../../../docs/how-to/runbooks/', import.meta.url);
const BINARY = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const run = promisify(execFile);
/** What the reader does, by a name, or types, perhaps with a tool that is not everywhere. */
const STEP = /<!-- (?:step: ([a-z-]+)|run(?:: ([a-z_]+))?) -->(?:\s*```sh\n([\s\S]*?)```)?/g;
/** Where processes that a step leaves behind are noted, for whoever has to end them. */
const JOBS = 'jobs.pid';
const STEP_MS_MAX = 120_000;

export interface Reader {
  /** Where it is typed. */
  home: string;
  env(): Promise<Record<string, string>>;
  /** What has to be done otherwise than by typing, by its name. */
  steps: Readonly<Record<string, () => Promise<void>>>;
}

export function hasTool(name: string): boolean {
  return spawnSync(name, ['--version']).status === 0;
}

/** Types a script in a shell that knows the command `cairn`, and answers what it printed. */
export async function shell(script: string, { home, env }: Pick<Reader, 'home' | 'env'>): Promise<string> {
  const PATH = `${await commands(home)}${delimiter}${process.env['PATH'] ?? ''}`;
  const options = { cwd: home, env: { ...process.env, ...(await env()), PATH }, timeout: STEP_MS_MAX };
  return (await run('bash', ['-euo', 'pipefail', '-c', `${script}\njobs -p >>${JOBS}`], options)).stdout;
}

/** A folder with the command: a job is then the process itself, and not a shell around it, which alone would get a signal. */
async function commands(home: string): Promise<string> {
  const folder = join(home, 'bin');
  await mkdir(folder, { recursive: true });
  const cairn = `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(BINARY)} "$@"\n`;
  await writeFile(join(folder, 'cairn'), cairn, { mode: 0o755 });
  return folder;
}

/** All steps of a runbook as it is written. Answers what each that was typed printed; those that need a tool that is not here are left out. */
export async function follow(runbook: string, reader: Reader): Promise<string[]> {
  const printed: string[] = [];
  const text = await readFile(new URL(runbook, RUNBOOKS), 'utf8');
  for (const [, step, tool, script] of text.matchAll(STEP)) {
    if (step !== undefined) await stepOf(reader, step)();
    else if (tool === undefined || hasTool(tool)) printed.push(await shell(script ?? '', reader));
  }
  return printed;
}

/** Ends what steps have left behind, such as a server that they started, and resolves when it is gone. */
export async function endLeftBehind(home: string): Promise<void> {
  const lines = (await readFile(join(home, JOBS), 'utf8')).split('\n');
  const pids = lines.filter((line) => line !== '').map(Number);
  for (const pid of await running(pids)) process.kill(pid, 'SIGTERM');
  await eventually(async () => expect(await running(pids)).toEqual([]), { timeoutMs: STEP_MS_MAX });
}

async function running(pids: readonly number[]): Promise<number[]> {
  const identities = await Promise.all(pids.map(processIdentity));
  return pids.filter((_, i) => identities[i] !== null);
}

function stepOf({ steps }: Reader, name: string): () => Promise<void> {
  const step = steps[name];
  if (step === undefined) throw new Error(`the runbook has a step "${name}" that nobody does`);
  return step;
}

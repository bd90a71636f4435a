import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

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
  const command = `cairn() { ${JSON.stringify(process.execPath)} ${JSON.stringify(BINARY)} "$@"; }\n${script}\njobs -p >>${JOBS}`;
  const options = { cwd: home, env: { ...process.env, ...(await env()) }, timeout: STEP_MS_MAX };
  return (await run('bash', ['-euo', 'pipefail', '-c', command], options)).stdout;
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

/** Processes that steps have left behind, such as a server that they started. */
export async function leftBehind(home: string): Promise<number[]> {
  const text = await readFile(join(home, JOBS), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

function stepOf({ steps }: Reader, name: string): () => Promise<void> {
  const step = steps[name];
  if (step === undefined) throw new Error(`the runbook has a step "${name}" that nobody does`);
  return step;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ChaosWorld } from '../world/ChaosWorld.js';
import { type Check, DIFFERENCES_SHOWN_MAX } from './Check.js';

const BINARY = fileURLToPath(new URL('../../../../services/standalone/dist/main.js', import.meta.url));

interface Report {
  verdict: string;
  tables: { table: string; rows: { rebuilt: number }; different: number; differences: unknown[] }[];
}

/** Live state = replay: `cairn replay --verify`, as an operator calls it. */
export async function checkReplay(world: ChaosWorld): Promise<Check> {
  const child = spawn(process.execPath, [BINARY, 'replay', '--verify', '--json'], {
    env: { ...process.env, NATS_URL: world.nats.url, DATABASE_URL: world.postgres.url, CAIRN_DATA_DIR: join(world.dir, 'operator') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const report = output.trim() === '' ? null : (JSON.parse(output) as Report);
  const rows = report?.tables.reduce((sum, table) => sum + table.rows.rebuilt, 0) ?? 0;
  const different = report?.tables.reduce((sum, table) => sum + table.different, 0) ?? 0;
  const differences = report?.tables.flatMap((table) => table.differences.map((it) => `${table.table}: ${JSON.stringify(it)}`)) ?? [];
  if (code !== 0 || report?.verdict !== 'equal')
    differences.unshift(`${report?.verdict ?? 'no answer'} (exit code ${String(code)}): ${errors.trim()}`);
  return {
    name: 'rows as a replay gives them',
    expected: rows,
    found: rows - different,
    differences: differences.slice(0, DIFFERENCES_SHOWN_MAX),
  };
}

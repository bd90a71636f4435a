import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { fold } from './fold.js';
import type * as engine from './index.js';
import { encodeState } from './state/encodeState.js';
import { emptyState } from './state/userState.js';
import { makeCatalogue } from './testing/makeCatalogue.js';
import { makeEvent } from './testing/makeEvent.js';
import { naivePack } from './testing/naivePack.js';

type Engine = typeof engine;

/** The engine as a browser would get it, run where there is nothing but what browsers have too. */
async function loadBundle(): Promise<Engine> {
  const entry = fileURLToPath(new URL('./index.ts', import.meta.url));
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'engine',
    metafile: true,
  });
  const external = Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter((imported) => imported.external === true));
  expect(external).toEqual([]);
  const globals: Record<string, unknown> = { TextEncoder, TextDecoder };
  vm.runInNewContext(`${outputFiles[0]?.text ?? ''};globalThis.engine = engine;`, globals);
  return globals.engine as Engine;
}

describe('the bundle for a browser', () => {
  test('folds to the same bytes as here', async () => {
    const engine = await loadBundle();
    const parsed = engine.parsePack(naivePack);
    if (!parsed.ok) throw new Error('the pack is refused');
    const empty = engine.Catalogue.empty();
    const catalogue = empty.publish(
      parsed.value,
      empty.planPublish(parsed.value, () => 1),
      { sequence: 0, publishedAt: 0, keyOf: () => 1 },
    );
    const theirs = engine.emptyState();
    const ours = emptyState();
    const unlocked = [0, 0];
    for (let i = 0; i < 200; i++) {
      const event = makeEvent({
        type: i % 3 === 0 ? 'deploy.done' : 'build.done',
        at: 1_767_000_000_000 + i * 5e7,
        properties: { n: i % 10, s: `s${String(i % 4)}` },
        sequence: i + 1,
      });
      unlocked[0] = (unlocked[0] ?? 0) + engine.fold(catalogue, theirs, event).unlocks.length;
      unlocked[1] = (unlocked[1] ?? 0) + fold(makeOurs, ours, event).unlocks.length;
    }
    expect(unlocked[0]).toBeGreaterThan(20);
    expect(unlocked[0]).toBe(unlocked[1]);
    expect([...engine.encodeState(theirs)]).toEqual([...encodeState(ours)]);
  });
});

const makeOurs = makeCatalogue(naivePack);

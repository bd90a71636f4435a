import { readFile } from 'node:fs/promises';
import { parsePack } from '@cairn/engine';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const page = await readFile(new URL('../../../docs/reference/criteria.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text = '']) => parse(text) as { slug: string }[]);
const TYPES = ['count', 'sum', 'max', 'latest', 'distinct', 'streak', 'checklist', 'sequence', 'ratio', 'xp', 'achievements', 'manual'];

describe('the reference of criteria', () => {
  it.each(examples.map((example) => [example.slug, example] as const))('has the example %s, which is accepted', (_, example) => {
    const parsed = parsePack({ pack: 'reference', achievements: [example] });
    expect(parsed.ok ? [] : parsed.issues).toEqual([]);
  });

  it('has all examples in one pack, one of every criterion', () => {
    const parsed = parsePack({ pack: 'reference', achievements: examples });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    expect(new Set(parsed.value.achievements.map(({ criteria }) => criteria.type))).toEqual(new Set(TYPES));
    for (const type of TYPES) expect(page).toContain(`\n## ${type}\n`);
  });
});

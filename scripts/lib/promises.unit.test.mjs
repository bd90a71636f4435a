import { describe, expect, it } from 'vitest';
import { claimsIn, problemsOf, tableOf, unprovenIn } from './promises.mjs';

const FILE = 'packages/a/src/a.unit.test.ts';
const promise = (id) => ({ id, about: 'all', text: `${id} holds` });
const claim = (id, title = 'a title') => ({ id, file: FILE, line: 1, title });
const report = (title, status) => ({ testResults: [{ name: `/somewhere/${FILE}`, assertionResults: [{ title, status }] }] });

describe('claims', () => {
  it('are read from the lines above a test, also where its title is on the next line', () => {
    const source = [
      '  // proves: one, two',
      "  it('does it', async () => {});",
      '// proves: three',
      'test(',
      "  'says \\'yes\\'',",
      '  () => {},',
      ');',
    ].join('\n');
    expect(claimsIn(FILE, source)).toEqual({
      claims: [
        { id: 'one', file: FILE, line: 1, title: 'does it' },
        { id: 'two', file: FILE, line: 1, title: 'does it' },
        { id: 'three', file: FILE, line: 3, title: "says 'yes'" },
      ],
      problems: [],
    });
  });

  it('that stand above no test are a problem', () => {
    const { claims, problems } = claimsIn(FILE, '// proves: one\nconst x = 1;');
    expect(claims).toEqual([]);
    expect(problems).toEqual([expect.stringContaining(`${FILE}:1`)]);
  });
});

describe('a promise', () => {
  it('has to be claimed, made once, and known', () => {
    expect(problemsOf([promise('one')], [claim('one')])).toEqual([]);
    expect(problemsOf([promise('one')], [])).toEqual([expect.stringContaining('no test proves one')]);
    expect(problemsOf([promise('one'), promise('one')], [claim('one')])).toEqual(['the promise one is made twice']);
    expect(problemsOf([promise('one')], [claim('one'), claim('two')])).toEqual([expect.stringContaining('two is no promise')]);
  });

  it('is proven where its test passed', () => {
    expect(unprovenIn([claim('one')], report('a title', 'passed'))).toEqual([]);
    expect(unprovenIn([claim('one')], report('a title', 'failed'))).toHaveLength(1);
    expect(unprovenIn([claim('one')], report('another title', 'passed'))).toHaveLength(1);
    const elsewhere = { ...claim('one'), file: 'packages/a/src/a.properties.test.ts' };
    expect(unprovenIn([elsewhere], report('a title', 'passed'))).toEqual(['one: none of its tests ran']);
    expect(unprovenIn([elsewhere, claim('one')], report('a title', 'passed'))).toEqual([]);
    expect(unprovenIn([claim('one', 'counts %s')], report('counts sums', 'passed'))).toEqual([]);
    expect(unprovenIn([claim('one', 'counts %s')], report('counts sums', 'skipped'))).toHaveLength(1);
  });

  it('is a row of the table, with its proofs', () => {
    expect(tableOf([promise('one')], [claim('one', 'a | b')])).toContain(`| all | \`one\` | one holds | [a \\| b](../../${FILE}) |`);
  });
});

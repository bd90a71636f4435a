import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';
import { lintPackFile } from './lintPackFile.js';
import { readPackFile } from './readPackFile.js';

const GOOD = `pack: team
achievements:
  - slug: first
    name: First
    description: Build something.
    reason: We want people to build.
    criteria:
      type: count
      event: build.succeeded
      threshold: 1
`;

/** `line:column message` of each issue. */
async function told(text: string): Promise<string[]> {
  const path = join(await temporaryDirectory(), 'team.yaml');
  await writeFile(path, text);
  const linted = lintPackFile(await readPackFile(path));
  return linted.ok ? [] : linted.issues.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const SAME_COLUMN = 'fields that belong together begin at the same column, what belongs to a field two spaces further';

it.each([
  ['    name', '   name', `4:4 name begins behind 3 spaces, and slug in line 3 behind 4 spaces: ${SAME_COLUMN}`],
  ['    name', '     name', `4:6 name begins behind 5 spaces, and slug in line 3 behind 4 spaces: ${SAME_COLUMN}`],
  ['      type', '    type', `9:7 event begins behind 6 spaces, and type in line 8 behind 4 spaces: ${SAME_COLUMN}`],
  ['      type', '\ttype', '8:1 a tab stands at the beginning of this line: write two spaces for each level'],
  ['- slug', '-slug', '3:3 write a space behind the dash: - slug: first'],
  ['name: First', 'name:First', '4:5 write a space behind the colon: name: First'],
  ['slug: first', 'slug:\u00a0first', '3:10 this looks like a space, and is another character: type the space anew'],
  ['name: First', 'First', '4:5 this is no field: write its name, a colon, a space and its value'],
  ['Build something.', 'Do this: do it.', '5:18 a text with a colon in it has to stand in quotes: description: "Do this: do it."'],
  ['Build something.', 'Do "this": do it.', `5:18 a text with a colon in it has to stand in quotes: description: 'Do "this": do it.'`],
  ['Build something.', "'Don't'", "5:23 the text ends at the quote before this. In single quotes an apostrophe is written twice: ''"],
  [
    'Build something.',
    '"Say "hi""',
    '5:24 the text ends at the quote before this. In double quotes write \\" for a quote, or put the whole into single quotes',
  ],
  ['Build something.', '{value} builds', '5:26 a text that begins with { has to stand in quotes'],
  ['Build something.', '*', '5:18 a text cannot begin with *: put it into quotes'],
  ['Build something.', '@all', '5:18 a text cannot begin with @: put it into quotes'],
  [
    'Build something.',
    '*build',
    '5:18 *build refers to something named &build, which is not there: put a text that begins with * into quotes',
  ],
  ['    name: First', '    name: First\n    name: Second', '5:5 the field name stands here a second time: leave one of them out'],
  [
    'criteria:\n      type: count',
    'criteria: { type: count',
    '7:23 a { or [ is opened before this and not closed: write its } or ] at the end',
  ],
])('says once what to write instead of what is no YAML: %j as %j', async (right, wrong, message) => {
  expect(await told(GOOD.replace(right, wrong))).toEqual([message]);
});

it('tells a quote that is not closed, two packs in a file, and all fields that stand twice', async () => {
  expect(await told('pack: "team\n')).toEqual([expect.stringContaining('a quote is opened before this, and not closed')]);
  expect(await told('pack: a\n---\npack: b\n')).toEqual(['2:1 a file holds one pack: put what follows the --- into a file of its own']);
  expect(await told('pack: a\npack: b\nachievements: []\nachievements: []\n')).toHaveLength(2);
});

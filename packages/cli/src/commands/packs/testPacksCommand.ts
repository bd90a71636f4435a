import { type PackTestFailure, type PackTestOutcome, parsePackTests, runPackTest } from '@cairn/engine/authoring';
import type { CliContext } from '../../cliContext.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { countOf } from '../../output/numbers.js';
import { printable } from '../../output/printable.js';
import type { GoodPack } from '../../packs/lintPackFile.js';
import { locateIssue, type Position } from '../../packs/locateIssue.js';
import { goodPacks } from './goodPacks.js';

interface Ran extends PackTestOutcome, Position {
  file: GoodPack['file'];
  pack: string;
}

/** `cairn packs test`: runs the cases that stand in packs. */
export async function testPacksCommand(context: CliContext, paths: string[]): Promise<ExitCode> {
  const packs = await goodPacks(context, paths, 'nothing was run');
  if (packs === null) return EXIT.failure;
  const ran: Ran[] = [];
  for (const pack of packs) {
    const outcomes = run(pack);
    ran.push(...outcomes);
    if (!context.json) await print(context, pack, outcomes);
  }
  const failed = ran.filter(({ failures }) => failures.length > 0).length;
  const passed = ran.length - failed;
  if (context.json) await context.output.json({ items: ran.map(view), passed, failed });
  else await context.output.line(summary(context, passed, failed));
  return failed === 0 ? EXIT.success : EXIT.failure;
}

function run({ file, document }: GoodPack): Ran[] {
  const parsed = parsePackTests(document);
  // What cannot be parsed was told before.
  if (!parsed.ok) return [];
  const { pack, tests } = parsed.value;
  return tests.map((test, i) => ({
    ...runPackTest(pack, test),
    ...locateIssue(file, `tests[${String(i)}].name`, 'value'),
    file,
    pack: pack.pack,
  }));
}

async function print({ output }: CliContext, { file, pack }: GoodPack, outcomes: readonly Ran[]): Promise<void> {
  await output.line(output.style('bold', printable(file.name)));
  if (outcomes.length === 0) output.note(`cairn: ${printable(pack.pack)} holds no tests`);
  for (const outcome of outcomes) {
    const { name, failures, line, column } = outcome;
    if (failures.length === 0) {
      await output.line(`  ${output.style('green', '✓')} ${printable(name)}`);
      continue;
    }
    await output.line(`  ${output.style('red', '✗')} ${printable(name)}  ${file.name}:${line}:${column}`);
    for (const failure of failures) await output.lines(describe(outcome, failure));
    if (outcome.evaluationFailures > 0)
      await output.line(`      ${countOf(outcome.evaluationFailures, 'expression')} failed to evaluate, so that an event was no match`);
  }
}

function describe({ file }: Ran, { path, message, why }: PackTestFailure): string[] {
  const { line, column } = locateIssue(file, path, 'key');
  return [`      ${printable(message)}  ${file.name}:${line}:${column}`, ...(why === null ? [] : [`        why: ${printable(why)}`])];
}

function summary({ output }: CliContext, passed: number, failed: number): string {
  if (passed + failed === 0) return 'no tests';
  const parts = [...(failed > 0 ? [output.style('red', `${failed} failed`)] : []), `${passed} passed`];
  return parts.join(', ');
}

function view({ file, pack, name, line, column, failures, unlocks, evaluationFailures }: Ran): Record<string, unknown> {
  return {
    file: file.name,
    pack,
    name,
    line,
    column,
    passed: failures.length === 0,
    unlocks,
    evaluation_failures: evaluationFailures,
    failures: failures.map(({ path, code, message, why }) => ({ ...locateIssue(file, path, 'key'), path, code, message, why })),
  };
}

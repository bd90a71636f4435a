import type { CliContext } from '../../cliContext.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { countOf } from '../../output/numbers.js';
import { printable } from '../../output/printable.js';
import { type Asked, askServer } from '../../packs/askServer.js';
import type { LintedPack, LintIssue } from '../../packs/lintPackFile.js';
import { issuesOf, readPackFiles } from '../../packs/lintPackFiles.js';

/** `cairn packs lint`: what is wrong, where, and what to write instead. Warnings alone are no failure. */
export async function lintPacksCommand(context: CliContext, paths: string[], { offline }: { offline?: boolean }): Promise<ExitCode> {
  const linted = await readPackFiles(paths);
  const asked: Asked = offline === true ? { known: null, unchecked: 'no server was asked' } : await askServer(context);
  const issues = issuesOf(linted, asked.known);
  const errors = issues.filter(({ severity }) => severity === 'error').length;
  if (context.json) {
    const checkedAgainst = asked.known === null ? null : asked.url;
    const warnings = issues.length - errors;
    await context.output.json({ items: issues, files: linted.length, errors, warnings, checked_against: checkedAgainst });
  } else await print(context, linted, issues);
  if (asked.unchecked !== null && offline !== true)
    context.output.note(`cairn: ${asked.unchecked}, so ${NOT_CHECKED[asked.known === null ? 'nothing' : 'types']}`);
  return errors === 0 ? EXIT.success : EXIT.failure;
}

const NOT_CHECKED = {
  nothing: 'types of events, tiers and achievements of other packs were not checked',
  types: 'types of events were not checked',
} as const;

async function print({ output }: CliContext, linted: readonly LintedPack[], issues: readonly LintIssue[]): Promise<void> {
  const complainedOf = new Set(issues.map(({ file }) => file));
  for (const file of linted)
    if (file.ok && !complainedOf.has(file.file.name))
      await output.line(`${file.file.name}: ${countOf(file.pack.achievements.length, 'achievement')}, nothing to complain about`);
  for (const issue of issues) await output.line(describeIssue(issue));
  const warnings = issues.filter(({ severity }) => severity === 'warning').length;
  if (issues.length > 0) output.note(`${countOf(issues.length - warnings, 'error')}, ${countOf(warnings, 'warning')}`);
}

/** As compilers write it, so that editors jump there. */
export function describeIssue({ file, line, column, severity, path, code, message }: LintIssue): string {
  return `${file}:${line}:${column}: ${severity} ${code}: ${path === '' ? '' : `${printable(path)} `}${printable(message)}`;
}

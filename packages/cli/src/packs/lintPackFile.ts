import { type Issue, type Pack, parsePack } from '@cairn/engine';
import { locateIssue, type Position, positionAt } from './locateIssue.js';
import type { PackFile } from './readPackFile.js';

/** Something that is wrong with a pack, and where. */
export interface LintIssue extends Position {
  file: string;
  /** `achievements[2].criteria.where`; empty where the file as a whole is meant. */
  path: string;
  code: string;
  /** What is wrong, and what to write instead. */
  message: string;
}

export type LintedPack = { ok: true; pack: Pack; document: unknown } | { ok: false; issues: LintIssue[] };

/** Checks a pack file: its YAML first, then what it says. */
export function lintPackFile(file: PackFile): LintedPack {
  const troubles = [...file.document.errors, ...file.document.warnings];
  if (troubles.length > 0) {
    const issues = troubles.map((trouble) => ({
      file: file.name,
      ...positionAt(file, trouble.pos[0]),
      path: '',
      code: 'invalid_yaml',
      message: trouble.message,
    }));
    return { ok: false, issues };
  }
  let document: unknown;
  try {
    document = file.document.toJS();
  } catch (error) {
    // Aliases that would unfold to more than any pack is.
    return {
      ok: false,
      issues: [
        {
          file: file.name,
          line: 1,
          column: 1,
          path: '',
          code: 'invalid_yaml',
          message: error instanceof Error ? error.message : String(error),
        },
      ],
    };
  }
  const parsed = parsePack(document);
  if (parsed.ok) return { ok: true, pack: parsed.value, document };
  return { ok: false, issues: parsed.issues.map((issue) => toLintIssue(file, issue)).sort(byPosition) };
}

function toLintIssue(file: PackFile, issue: Issue): LintIssue {
  return { file: file.name, ...locateIssue(file, issue.path, KEY_CODES.has(issue.code) ? 'key' : 'value'), ...issue };
}

/** Issues that are about a key and not about what stands behind it. */
const KEY_CODES: ReadonlySet<string> = new Set(['unknown_key', 'unknown_field', 'xp_reward_and_levels']);

function byPosition(a: LintIssue, b: LintIssue): number {
  return a.line - b.line || a.column - b.column;
}

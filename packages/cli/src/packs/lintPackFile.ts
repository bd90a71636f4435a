import type { Issue, Pack } from '@cairn/engine';
import { type Finding, parsePackTests } from '@cairn/engine/authoring';
import { type Document, visit } from 'yaml';
import { clarifyIssues } from './clarifyIssues.js';
import { describeYamlErrors } from './describeYamlErrors.js';
import { type About, locateIssue, type Position, positionAt } from './locateIssue.js';
import type { PackFile } from './readPackFile.js';
import type { YamlIssue } from './yamlIssue.js';

/** Something that is wrong with a pack, and where. */
export interface LintIssue extends Position {
  file: string;
  severity: Finding['severity'];
  /** `achievements[2].criteria.where`; empty where the file as a whole is meant. */
  path: string;
  code: string;
  /** What is wrong, and what to write instead. */
  message: string;
}

/** A file that holds a pack. */
export interface GoodPack {
  ok: true;
  file: PackFile;
  pack: Pack;
  document: unknown;
}

export type LintedPack = GoodPack | { ok: false; file: PackFile; issues: LintIssue[] };

/** Checks a pack file: its YAML first, then what it says. */
export function lintPackFile(file: PackFile): LintedPack {
  const troubles = describeYamlErrors(file);
  if (troubles.length > 0)
    return { ok: false, file, issues: troubles.map(({ message, offset }) => invalidYaml(file, message, positionAt(file, offset))) };
  let document: unknown;
  try {
    document = file.document.toJS();
  } catch (error) {
    const unresolved = findUnresolved(file.document);
    // Else aliases that would unfold to more than any pack is.
    const message = unresolved?.message ?? (error instanceof Error ? error.message : String(error));
    return { ok: false, file, issues: [invalidYaml(file, message, positionAt(file, unresolved?.offset ?? 0))] };
  }
  const parsed = parsePackTests(document);
  if (parsed.ok) return { ok: true, file, pack: parsed.value.pack, document };
  const issues = clarifyIssues(parsed.issues, document);
  return { ok: false, file, issues: issues.map((issue) => toLintIssue(file, issue, 'error')).sort(byPosition) };
}

export function toLintIssue(file: PackFile, { path, code, message, at }: Issue, severity: Finding['severity']): LintIssue {
  const about: About = KEY_CODES.has(code) ? 'key' : at === undefined ? 'value' : { character: at };
  return { file: file.name, ...locateIssue(file, path, about), severity, path, code, message };
}

/** Issues that are about a key and not about what stands behind it. */
const KEY_CODES: ReadonlySet<string> = new Set(['unknown_field', 'xp_reward_and_levels', 'threshold_and_levels']);

export function byPosition(a: LintIssue, b: LintIssue): number {
  return a.line - b.line || a.column - b.column;
}

function invalidYaml(file: PackFile, message: string, at: Position): LintIssue {
  return { file: file.name, ...at, severity: 'error', path: '', code: 'invalid_yaml', message };
}

/** A text that begins with `*` and was meant as one. */
function findUnresolved(document: Document.Parsed): YamlIssue | null {
  let found: YamlIssue | null = null;
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      const message = `*${alias.source} refers to something named &${alias.source}, which is not there: put a text that begins with * into quotes`;
      found = { message, offset: alias.range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return found;
}

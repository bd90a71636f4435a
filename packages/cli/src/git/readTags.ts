import { CliError } from '../errors.js';
import { parseGitDate } from './gitDate.js';
import { decodeText, type GitRepository, gitAnswer, gitLines } from './gitProcess.js';

/** Tags of one import, all in memory at once: some hundred bytes each. */
const TAGS_MAX = 500_000;

export interface TagRecord {
  name: string;
  /** The tagger of an annotated tag, else the author of the commit; null where there is neither. Mailmap applied. */
  person: Person | null;
}

export interface Person {
  name: string;
  email: string;
  /** Seconds and offset: `1775988900 +0200`. */
  date: string;
}

/** `*` looks through an annotated tag at what it points to. */
const FIELDS = [
  'refname:strip=2',
  ...['tagger', 'author', '*author'].flatMap((role) => [`${role}name`, `${role}email`, `${role}date:raw`]),
].map((field) => `%(${field})`);

/** All tags, in order of time. */
export async function readTags(repository: GitRepository): Promise<TagRecord[]> {
  const tags: TagRecord[] = [];
  for await (const line of gitLines(repository, ['for-each-ref', 'refs/tags', `--format=${FIELDS.join('%00')}`])) {
    if (tags.length === TAGS_MAX)
      throw new CliError('repository_too_large', `the repository has more than ${TAGS_MAX} tags, the most that one import takes`);
    tags.push(parseTag(decodeText(line)));
  }
  await applyMailmap(repository, tags);
  const timed = tags.map((tag) => ({ tag, instant: tag.person === null ? 0 : (parseGitDate(tag.person.date)?.instant ?? 0) }));
  return timed.sort((a, b) => a.instant - b.instant).map(({ tag }) => tag);
}

function parseTag(line: string): TagRecord {
  const [name = '', ...people] = line.split('\0');
  for (let first = 0; first < people.length; first += 3) {
    const [personName = '', email = '', date = ''] = people.slice(first, first + 3);
    if (date !== '') return { name, person: { name: personName, email: email.replace(/^<|>$/g, ''), date } };
  }
  return { name, person: null };
}

/** `for-each-ref` knows no mailmap (before git 2.43), so git is asked about each address once. */
async function applyMailmap(repository: GitRepository, tags: readonly TagRecord[]): Promise<void> {
  const contacts = new Map<string, string>();
  for (const { person } of tags) if (person !== null && isContact(person)) contacts.set(contactOf(person), person.email);
  if (contacts.size === 0) return;
  const lines = [...contacts.keys()];
  const answers = await gitAnswer(
    repository,
    ['check-mailmap', '--stdin'],
    lines.map((line) => `${line}\n`),
  );
  for (const [index, contact] of lines.entries()) {
    const mapped = /<([^<>]*)>$/.exec(answers[index] ?? '')?.[1];
    if (mapped !== undefined) contacts.set(contact, mapped);
  }
  for (const { person } of tags) if (person !== null) person.email = contacts.get(contactOf(person)) ?? person.email;
}

/** Anything else would make git give up on the whole list. */
function isContact(person: Person): boolean {
  return person.email !== '' && !/[<>\n\r]/.test(person.email) && !/[<>\n\r]/.test(person.name);
}

function contactOf(person: Person): string {
  return `${person.name} <${person.email}>`.trim();
}

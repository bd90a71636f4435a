/** The promises of docs/explanation/promises.json and the tests that claim to prove them. Pure: texts in, findings out. */

/** `// proves: at-most-one-unlock, order-does-not-matter`, on the lines right above a test. */
const CLAIM = /^\s*\/\/ proves: (.+)$/;
const TEST = /^\s*(?:it|test)(?:\.[a-zA-Z]+(?:\([^)]*\))?)*\(\s*(?:(['"`])((?:\\.|(?!\1).)*)\1)?/;
/** Where a title holds what only a run knows, the rest of it is not compared. */
const FILLED_IN = /%[a-z%]|\$\{|\$[a-zA-Z]/;

/**
 * @typedef {{ id: string, text: string, about: string }} Promised
 * @typedef {{ id: string, file: string, line: number, title: string }} Claim
 */

/**
 * @param {string} file its path, `/` between folders
 * @param {string} source
 * @returns {{ claims: Claim[], problems: string[] }}
 */
export function claimsIn(file, source) {
  const lines = source.split('\n');
  const claims = [];
  const problems = [];
  for (const [at, text] of lines.entries()) {
    const ids = CLAIM.exec(text)?.[1];
    if (ids === undefined) continue;
    const title = titleBelow(lines, at);
    if (title === null) {
      problems.push(`${file}:${at + 1}: "proves:" stands right above a test whose title is a text; move it there`);
      continue;
    }
    for (const id of ids.split(',')) claims.push({ id: id.trim(), file, line: at + 1, title });
  }
  return { claims, problems };
}

/** A formatter may break the line between the bracket and the title. */
function titleBelow(lines, at) {
  let below = at + 1;
  while (CLAIM.test(lines[below] ?? '')) below += 1;
  const match = TEST.exec(lines[below] ?? '');
  if (match === null) return null;
  const title = match[2] ?? /^\s*(['"`])((?:\\.|(?!\1).)*)\1/.exec(lines[below + 1] ?? '')?.[2];
  return title === undefined ? null : title.replace(/\\(.)/g, '$1');
}

/**
 * @param {readonly Promised[]} promised
 * @param {readonly Claim[]} claims
 * @returns {string[]} what is wrong: a promise that nothing proves, a claim of what is not promised
 */
export function problemsOf(promised, claims) {
  const ids = promised.map(({ id }) => id);
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `the promise ${id} is made twice`),
    ...promised
      .filter(({ id }) => !claims.some((claim) => claim.id === id))
      .map(({ id }) => `no test proves ${id}: write "// proves: ${id}" above the one that does`),
    ...claims
      .filter(({ id }) => !ids.includes(id))
      .map(({ id, file, line }) => `${file}:${line}: ${id} is no promise of docs/explanation/promises.json`),
  ];
}

/**
 * @param {readonly Claim[]} claims
 * @param {{ testResults: { name: string, assertionResults: { title: string, status: string }[] }[] }} report what vitest's JSON reporter wrote
 * @returns {string[]} claims whose test did not pass in that run, and promises of which none of the tests ran: some suites run by themselves
 */
export function unprovenIn(claims, report) {
  const didRun = (claim) => report.testResults.some((result) => isOf(result, claim));
  const ids = [...new Set(claims.map(({ id }) => id))];
  return [
    ...claims
      .filter((claim) => didRun(claim) && !report.testResults.some((result) => isOf(result, claim) && hasPassed(result, claim)))
      .map(({ id, file, title }) => `${id}: its test did not pass: ${file} › ${title}`),
    ...ids.filter((id) => !claims.some((claim) => claim.id === id && didRun(claim))).map((id) => `${id}: none of its tests ran`),
  ];
}

const isOf = (result, { file }) => result.name.replaceAll('\\', '/').endsWith(`/${file}`);

/** All of them where a title stands for several. */
function hasPassed(result, { title }) {
  const cut = title.search(FILLED_IN);
  const meant = result.assertionResults.filter((test) => (cut < 0 ? test.title === title : test.title.startsWith(title.slice(0, cut))));
  return meant.length > 0 && meant.every(({ status }) => status === 'passed');
}

/**
 * @param {readonly Promised[]} promised
 * @param {readonly Claim[]} claims
 * @returns {string} the table of docs/explanation/correctness.md
 */
export function tableOf(promised, claims) {
  const rows = promised.map(({ id, text, about }) => {
    const proofs = claims.filter((claim) => claim.id === id).map(({ file, title }) => `[${escapeCell(title)}](../../${file})`);
    return `| ${about} | \`${id}\` | ${escapeCell(text)} | ${proofs.join('<br>')} |`;
  });
  return ['| about | promise | what it says | proven by |', '|---|---|---|---|', ...rows].join('\n');
}

const escapeCell = (text) => text.replaceAll('|', '\\|').replaceAll('`', "'");

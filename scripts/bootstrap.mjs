/**
 * Makes a clone ready to run: checks Node, installs what has changed, builds what has changed. Nothing is
 * assumed but Node and npm; when nothing has changed, neither the network nor a package manager is touched.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BootstrapError } from './lib/bootstrapError.mjs';
import { isMain } from './lib/isMain.mjs';
import { ROOT } from './lib/root.mjs';
import { runCaptured } from './lib/runCaptured.mjs';
import { withLock } from './lib/withLock.mjs';

const STAMP = join(ROOT, 'node_modules', '.cairn-install');
const LOCK = join(ROOT, '.cache', 'bootstrap.lock');
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/** Whatever decides what `pnpm install` puts into node_modules, besides each workspace's package.json. */
const INSTALL_INPUTS = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs', '.npmrc'];
const WORKSPACE_PARENTS = ['packages', 'services'];

/**
 * Installs and builds. On failure it prints the reason and the remedy and ends the process with code 1:
 * every caller could do no more than that.
 *
 * @param {{ quiet?: boolean }} [options] quiet: no progress lines, only failures
 */
export async function bootstrap({ quiet = false } = {}) {
  const say = quiet ? () => {} : (line) => process.stderr.write(`cairn: ${line}\n`);
  try {
    const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    requireNode(manifest.engines.node);
    await withLock({ path: LOCK, onWait: () => say('another command is installing or building, waiting for it') }, async () => {
      await install({ packageManager: manifest.packageManager, say });
      await build(say);
    });
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    process.stderr.write(`${error.output ? `${error.output}\n` : ''}cairn: ${error.message}\n`);
    if (error.remedy) process.stderr.write(`cairn: ${error.remedy}\n`);
    process.exit(error.exitCode);
  }
}

/** @param {string} range the `engines.node` of package.json, of the form `>=20.20` */
function requireNode(range) {
  const [major, minor = 0] = range.replace(/^>=/, '').split('.').map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  throw new BootstrapError(`Cairn needs Node ${major}.${minor} or later; this is ${process.version}.`, {
    remedy: 'Install a newer Node from https://nodejs.org (or with nvm, fnm or mise) and try again.',
  });
}

async function install({ packageManager, say }) {
  const wanted = await installFingerprint();
  if ((await readIfThere(STAMP)) === wanted) return;
  // The hash behind a `+` is for corepack; npx wants name and version alone.
  const spec = packageManager.split('+')[0];
  const result = await runCaptured('npx', {
    args: ['--yes', '--prefer-offline', spec, 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'],
    cwd: ROOT,
    env: installEnvironment(),
    shell: process.platform === 'win32',
    doing: existsSync(STAMP) ? 'installing what has changed' : 'installing dependencies (the first time takes a minute or two)',
    say,
  });
  if (result.code !== 0 || result.signal) {
    throw new BootstrapError('The dependencies could not be installed.', {
      output: result.output,
      remedy: `Is the npm registry reachable? If a package.json was edited, run "npx ${spec} install" to bring pnpm-lock.yaml up to date.`,
      signal: result.signal,
    });
  }
  await writeFile(STAMP, wanted);
}

function installEnvironment() {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, CI: 'true' }; // CI: pnpm asks no questions
  env.npm_config_loglevel = 'warn'; // `npm -s` passes on its silence, and a failure would say nothing
  delete env.NODE_ENV; // `production` would leave out what the build needs
  return env;
}

/** Changes when an install would do something; another platform or Node ABI means other binaries. */
async function installFingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.versions.modules}`);
  for (const path of [...INSTALL_INPUTS, ...(await workspaceManifests())]) {
    hash.update(`\0${path}\0`).update((await readIfThere(join(ROOT, path))) ?? '');
  }
  return hash.digest('hex');
}

async function workspaceManifests() {
  const manifests = ['bench/package.json', 'simulation/package.json'];
  for (const parent of WORKSPACE_PARENTS) {
    for (const name of (await readdir(join(ROOT, parent))).sort()) manifests.push(`${parent}/${name}/package.json`);
  }
  return manifests;
}

/**
 * One compiler for all projects, not turbo: turbo starts every task through pnpm, which need not be there,
 * and fifteen compilers in a row are slower than one that has the types in memory.
 */
async function build(say) {
  const result = await runCaptured(process.execPath, { args: [TSC, '-b', ROOT], cwd: ROOT, env: process.env, doing: 'building', say });
  if (result.code !== 0 || result.signal) {
    throw new BootstrapError('The build failed.', {
      output: result.output,
      remedy: 'Mend the errors above. If the sources are untouched, build from nothing: npx tsc -b --force',
      signal: result.signal,
    });
  }
}

async function readIfThere(path) {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

if (isMain(import.meta.url)) await bootstrap();

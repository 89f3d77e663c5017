// Installs what a fresh checkout lacks. Built-ins of Node only: this is what runs `npm ci`.
import fs from 'node:fs';
import path from 'node:path';
import { PlainError, exitCodeOf, findProgram, npmCommand, projectRoot, run } from './processes.mjs';

/** Runs `npm ci` unless node_modules holds just what package-lock.json asks for. */
export async function ensureModules() {
  if (modulesAreCurrent()) return;
  console.log('Installing the npm packages (npm ci) ...');
  const { command, args, options } = npmCommand(['ci', '--no-audit', '--no-fund']);
  await run(command, args, options);
}

/** Builds the bundles in dist/, and the native code where there is a compiler. */
export async function buildExtension() {
  await run(process.execPath, [path.join(projectRoot, 'esbuild.mjs')]);
  await run(process.execPath, [path.join(projectRoot, 'scripts', 'build-native.mjs')]);
}

/**
 * Installs missing programs, with apt-get where permitted. `wanted` lists { found, packageName, title }; `found()` is
 * true if the program is installed. Throws a PlainError with the names of programs that stay missing.
 */
export async function ensurePrograms(wanted) {
  const missing = wanted.filter(program => !program.found());
  if (missing.length === 0) return;
  const packages = missing.map(program => program.packageName);
  if (process.getuid?.() === 0 && findProgram(['apt-get'])) {
    console.log(`Installing ${packages.join(' and ')} (apt-get) ...`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await exitCodeOf('apt-get', ['update', '-qq'], { env });
    await exitCodeOf('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
  }
  const still = missing.filter(program => !program.found());
  if (still.length > 0) {
    const titles = still.map(program => program.title).join(' and ');
    const command = `apt-get install ${still.map(program => program.packageName).join(' ')}`;
    throw new PlainError(`Please install ${titles} first (on Debian and Ubuntu: ${command}).`);
  }
}

/** npm writes what it installed to node_modules/.package-lock.json; packages for other platforms are missing there. */
function modulesAreCurrent() {
  const installedFile = path.join(projectRoot, 'node_modules', '.package-lock.json');
  if (!fs.existsSync(installedFile)) return false;
  const installed = JSON.parse(fs.readFileSync(installedFile, 'utf8')).packages;
  const wanted = JSON.parse(fs.readFileSync(path.join(projectRoot, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([name, { version, optional }]) =>
      name === '' || (installed[name] ? installed[name].version === version : optional === true),
  );
}

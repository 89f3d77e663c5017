// Runs the extension tests inside a real VS Code: every scenario of test/vscode, one VS Code start each.
//
//   node scripts/test-vscode.mjs [--vscode VERSION]... [--scenario NAME]... [--grep TEXT] [--user NAME] [--jobs N]
//
// With --jobs, so many scenarios run side by side, in processes of their own; each is printed when it has ended.
// QUICKSILVER_VSCODE=desktop takes the desktop VS Code that @vscode/test-electron downloads. Without it, on Linux, the
// tests use the VS Code server with headless Chromium. Root can run everything as another user with --user. The option
// --extension FOLDER tests another extension; --no-build takes the existing bundles.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readOptions } from './lib/options.mjs';
import { removeTree } from './lib/remove-tree.mjs';
import { buildExtension } from './lib/prerequisites.mjs';
import {
  PlainError,
  exitCodeOf,
  findProgram,
  outcomeOf,
  outputOf,
  projectRoot,
  reportFailure,
} from './lib/processes.mjs';
import { getVscode, knownReleases } from './vscode/get-vscode.mjs';
import { bundlesFolder, runScenario, scenarioNames, scenariosFolder } from './vscode/run.mjs';

const { values: options } = readOptions('npm run test:vscode --', {
  vscode: { type: 'string', multiple: true, default: knownReleases },
  scenario: { type: 'string', multiple: true },
  grep: { type: 'string' },
  user: { type: 'string' },
  jobs: { type: 'string', default: '1' },
  extension: { type: 'string' },
  'no-build': { type: 'boolean', default: false },
});

await main().catch(reportFailure);

async function main() {
  const desktop = process.env.QUICKSILVER_VSCODE === 'desktop' || process.platform !== 'linux';
  const known = scenarioNames();
  const scenarios = options.scenario ?? known;
  for (const name of scenarios) {
    if (!known.includes(name)) throw new PlainError(`There is no scenario ${name}; there are: ${known.join(', ')}`);
  }
  if (!options['no-build']) await build(scenarios);
  if (options.user) {
    if (!desktop) for (const version of options.vscode) await getVscode(version);
    process.exitCode = await runAsUser(options.user);
    return;
  }
  if (!desktop) for (const version of options.vscode) await getVscode(version);
  const runs = options.vscode.flatMap(version => scenarios.map(name => ({ version, name })));
  const isAlone = options.jobs === '1' || runs.length === 1;
  const results = isAlone ? await oneByOne(runs, desktop) : await sideBySide(runs, Number(options.jobs));
  const sum = key => results.reduce((total, result) => total + result[key], 0);
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(sum);
  console.log(`\nextension tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

async function oneByOne(runs, desktop) {
  const results = [];
  for (const { version, name } of runs) {
    console.log(`\nVS Code ${version}${desktop ? ' (desktop)' : ''}, scenario ${name}, user ${os.userInfo().username}`);
    const extension = options.extension && path.resolve(options.extension);
    const result = await runScenario(name, { version, desktop, extension, grep: options.grep });
    if (result.problem) console.log(`scenario ${name}: ${result.problem}`);
    results.push({ ...result, failed: Math.max(result.failed, result.problem ? 1 : 0) });
  }
  return results;
}

async function sideBySide(runs, count) {
  const results = [];
  // The long ones first, so that at the end not one of them runs on alone.
  const waiting = runs.toSorted((a, b) => lengthOf(b.name) - lengthOf(a.name));
  const work = async () => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) results.push(await inProcess(run));
  };
  await Promise.all(Array.from({ length: count }, work));
  return results;
}

/** Returns the bytes of a scenario's tests: the more there is to do, the longer it takes. */
function lengthOf(scenario) {
  const folder = path.join(scenariosFolder, scenario);
  const tests = fs.readdirSync(folder).filter(file => file.endsWith('.test.ts'));
  return tests.reduce((sum, file) => sum + fs.statSync(path.join(folder, file)).size, 0);
}

/** Runs one scenario as this program does, and prints all at its end. */
async function inProcess({ version, name }) {
  const shared = ['grep', 'extension'].flatMap(key => (options[key] === undefined ? [] : [`--${key}`, options[key]]));
  const args = [import.meta.filename, '--no-build', '--vscode', version, '--scenario', name, ...shared];
  const { code, stdout, stderr } = await outcomeOf(process.execPath, args);
  const [text, counts] = stdout.split(/^extension tests: (.*)\n/m);
  process.stdout.write(text);
  process.stderr.write(stderr);
  if (counts === undefined) console.log(`scenario ${name}: its program ended with ${code}`);
  const [passed, failed, skipped] = (counts ?? '0 passed, 1 failed, 0 skipped').split(', ').map(Number.parseFloat);
  return { passed, failed, skipped };
}

/** Builds the extension, unless the tests use another one, and bundles each test file and the entry. */
async function build(scenarios) {
  if (!options.extension) await buildExtension();
  const esbuild = await import('esbuild');
  fs.rmSync(bundlesFolder, { recursive: true, force: true });
  const files = scenarios.flatMap(name =>
    fs
      .readdirSync(path.join(scenariosFolder, name))
      .flatMap(file => (file.endsWith('.test.ts') ? [`${name}/${file}`] : [])),
  );
  await esbuild.build({
    absWorkingDir: scenariosFolder,
    entryPoints: ['index.ts', ...files],
    outbase: '.',
    outdir: bundlesFolder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/**
 * Runs this program as an ordinary user, with its own home, in a copy of the checkout that the user can read. Files
 * are hard links where possible; only the folders above them differ.
 */
async function runAsUser(user) {
  const setpriv = findProgram(['setpriv']);
  if (process.getuid?.() !== 0 || !setpriv) throw new PlainError('--user needs root and setpriv (Debian: util-linux).');
  const ids = await Promise.all(['-u', '-g'].map(async flag => Number(await outputOf('id', [flag, user]))));
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-user-'));
  try {
    const temporary = path.join(home, 'tmp');
    const copy = path.join(home, 'checkout');
    const node = path.join(home, 'node');
    fs.mkdirSync(temporary);
    for (const folder of [home, temporary]) fs.chownSync(folder, ids[0], ids[1]);
    await copyCheckout(copy);
    // Node itself may lie in a folder that only root may enter.
    fs.copyFileSync(process.execPath, node);
    fs.chmodSync(node, 0o755);
    const again = process.argv.slice(2).filter((arg, index, all) => arg !== '--user' && all[index - 1] !== '--user');
    const privileges = ['--reuid', String(ids[0]), '--regid', String(ids[1]), '--clear-groups'];
    const script = path.join(copy, 'scripts', 'test-vscode.mjs');
    return await exitCodeOf(setpriv, [...privileges, node, script, ...again, '--no-build'], {
      cwd: copy,
      env: { ...process.env, HOME: home, TMPDIR: temporary, USER: user, LOGNAME: user, PATH: userPath(home) },
    });
  } finally {
    removeTree(home);
  }
}

function userPath(home) {
  // The copied Node is found first: the shim is started by its name.
  return [home, process.env.PATH].join(path.delimiter);
}

async function copyCheckout(copy) {
  fs.mkdirSync(copy, { recursive: true });
  const needed = [
    'package.json',
    'package.nls.json',
    'dist',
    'media',
    'node_modules',
    'scripts',
    'test',
    '.vscode-test',
  ];
  const present = needed.filter(name => fs.existsSync(path.join(projectRoot, name)));
  try {
    await outputOf('cp', ['-al', ...present, copy]);
  } catch {
    // Hard links do not reach across file systems; a real copy takes a few seconds more.
    fs.rmSync(copy, { recursive: true, force: true });
    fs.mkdirSync(copy);
    await outputOf('cp', ['-a', ...present, copy]);
  }
}

// Runs the extension tests inside a real VS Code: every scenario of test/vscode, one VS Code start each.
//
//   node scripts/test-vscode.mjs [--vscode VERSION]... [--scenario NAME]... [--grep TEXT] [--user NAME]
//
// QUICKSILVER_VSCODE=desktop takes the desktop VS Code that @vscode/test-electron downloads; without it, on Linux, the
// VS Code server with headless Chromium is used. --user runs everything as that user, which root alone can do.
// --extension FOLDER tests another extension than this checkout's; --no-build takes the bundles that are there.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension } from './lib/prerequisites.mjs';
import { PlainError, exitCodeOf, findProgram, outputOf, projectRoot, reportFailure } from './lib/processes.mjs';
import { getVscode, knownReleases } from './vscode/get-vscode.mjs';
import { bundlesFolder, runScenario, scenarioNames, scenariosFolder } from './vscode/run.mjs';

const { values: options } = parseArgs({
  options: {
    vscode: { type: 'string', multiple: true, default: knownReleases },
    scenario: { type: 'string', multiple: true },
    grep: { type: 'string' },
    user: { type: 'string' },
    extension: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
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
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const version of options.vscode) {
    if (!desktop) await getVscode(version);
    for (const name of scenarios) {
      console.log(
        `\nVS Code ${version}${desktop ? ' (desktop)' : ''}, scenario ${name}, user ${os.userInfo().username}`,
      );
      const extension = options.extension && path.resolve(options.extension);
      const result = await runScenario(name, { version, desktop, extension, grep: options.grep });
      for (const key of Object.keys(total)) total[key] += result[key];
      if (result.problem) {
        console.log(`scenario ${name}: ${result.problem}`);
        if (result.failed === 0) total.failed++;
      }
    }
  }
  console.log(`\nextension tests: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
}

/** Builds the extension, unless another one is to be tested, and bundles each test file and the entry. */
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
 * Runs this program as an ordinary user, with a home of its own, in a copy of the checkout that the user can read
 * (hard links where possible: the files are the same, only the folders above them are others).
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
    fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
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

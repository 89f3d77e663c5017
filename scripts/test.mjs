// `npm test`: installs what is missing, then runs every check there is, in order, and sums them up.
//
//   npm test -- [--only NAME]... [--skip NAME]... [--every-release]
//
// The newest VS Code runs every scenario, and a selection as an ordinary user. With --every-release each known release
// runs every scenario, and the oldest one the selection: do that before a release of the extension.
//
// The stage newer-hg needs a Mercurial that is newer than the usual one: QUICKSILVER_NEWER_HG names the program.
//
// Names: typecheck, lint, build, unit, differential, newer-hg, vscode (or one of vscode-<version>, vscode-user),
// package, package-cli.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readOptions } from './lib/options.mjs';
import { lastLines, nodeFailures, vscodeFailures } from './lib/failures.mjs';
import { buildExtension, ensureModules, ensurePrograms } from './lib/prerequisites.mjs';
import { PlainError, findProgram, outcomeOf, projectRoot, reportFailure } from './lib/processes.mjs';
import { knownReleases } from './vscode/get-vscode.mjs';
import { findChromium } from './vscode/launch.mjs';
import { findHg } from './vscode/mercurial.mjs';

const { values: options } = readOptions('npm test --', {
  only: { type: 'string', multiple: true, default: [] },
  skip: { type: 'string', multiple: true, default: [] },
  'every-release': { type: 'boolean', default: false },
});

const desktop = process.env.QUICKSILVER_VSCODE === 'desktop' || process.platform !== 'linux';
const hg = { found: () => findHg() !== undefined, packageName: 'mercurial', title: 'Mercurial' };
const chromium = { found: () => findChromium() !== undefined, packageName: 'chromium', title: 'Chromium or Chrome' };
const strace = {
  found: () => process.platform !== 'linux' || findProgram(['strace']),
  packageName: 'strace',
  title: 'strace',
};
const forVscode = desktop ? [hg] : [hg, chromium];

// Each stage has a name, a group that --only and --skip know too, and a function that resolves to { ok, passed,
// failed, failures }. The counts are those of single tests; stages without tests have none. `failures` has some lines
// for each failure. Stages that are `together` run side by side: the linter and the compiler use one processor each.
const together = true;
const stages = [
  { name: 'build', run: build },
  { name: 'typecheck', together, run: () => tool('typescript', 'tsc', ['-p', 'tsconfig.json']) },
  { name: 'lint', together, run: lint },
  { name: 'unit', together, run: () => nodeTests('unit') },
  { name: 'differential', programs: [hg, strace], run: () => nodeTests('differential') },
  { name: 'newer-hg', run: newerHgTests },
  ...(options['every-release'] ? knownReleases : knownReleases.slice(-1)).map(version => ({
    name: `vscode-${version}`,
    group: 'vscode',
    programs: forVscode,
    run: () => vscodeTests(['--vscode', version]),
  })),
  ...(canTestAsOrdinaryUser() ? [ordinaryUserStage()] : []),
  { name: 'package', programs: forVscode, run: () => node(['scripts/package.mjs', '--check']) },
  { name: 'package-cli', group: 'package', programs: [hg], run: () => node(['scripts/package-cli.mjs', '--check']) },
];

/** Test files that take longest. They are started first, so that at the end not one of them runs on alone. */
const longFiles = [
  ...['storeHistory', 'hostile', 'revisions', 'soak', 'fuzz', 'faultsPermissions', 'cliProcess', 'live'],
  ...['mutations', 'bazaarStatus', 'hgCommandRun'],
];

/** Differential tests of what differs between versions of Mercurial. */
const newerHgFiles = [
  ...['formats', 'filters', 'cliPatterns', 'cliStatus', 'ignore', 'ignoreFuzz', 'snapshot'],
  ...['scopes', 'largefiles', 'cliTerse', 'cliSubrepos', 'repository', 'undecided'],
  ...['largefilesRevisions', 'dirstate', 'remoteFiles', 'mergeState', 'linkContents', 'branchHeads'],
];

await main().catch(reportFailure);

async function main() {
  const chosen = chooseStages();
  await ensureModules();
  await ensurePrograms([...new Set(chosen.flatMap(stage => stage.programs ?? []))]);
  let passed = 0;
  let failed = 0;
  const broken = [];
  const run = async stage => {
    const start = Date.now();
    const result = await stage.run();
    console.log(`\n${stage.name}: ${result.ok ? 'ok' : 'FAILED'} (${Math.round((Date.now() - start) / 1000)} s)`);
    passed += result.passed ?? 0;
    // A stage that failed without a failing test of its own counts as one failure, so that none is lost in the sum.
    failed += result.ok ? 0 : Math.max(1, result.failed ?? 0);
    if (!result.ok) broken.push({ name: stage.name, failures: result.failures ?? [] });
  };
  while (chosen.length > 0) {
    const first = chosen.findIndex(stage => stage.together !== true);
    const group = chosen.splice(0, first < 0 ? chosen.length : Math.max(1, first));
    console.log(`\n=== ${group.map(({ name }) => name).join(', ')} ===\n`);
    await Promise.all(group.map(run));
  }
  console.log(broken.length > 0 ? `\nfailed: ${broken.map(({ name }) => name).join(', ')}\n` : '');
  for (const { name, failures } of broken) for (const failure of failures) console.log(`[${name}] ${failure}\n`);
  console.log(`tests: ${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

function chooseStages() {
  const matches = (stage, names) => names.includes(stage.name) || names.includes(stage.group);
  for (const name of [...options.only, ...options.skip]) {
    if (!stages.some(stage => matches(stage, [name]))) {
      throw new PlainError(`There is no stage ${name}; there are: ${stages.map(stage => stage.name).join(', ')}`);
    }
  }
  return stages.filter(
    stage => (options.only.length === 0 || matches(stage, options.only)) && !matches(stage, options.skip),
  );
}

async function build() {
  await buildExtension();
  return { ok: true };
}

async function lint() {
  const [eslint, prettier] = await Promise.all([
    tool('eslint', 'eslint', ['.']),
    tool('prettier', 'prettier', ['--check', '.']),
  ]);
  return { ok: eslint.ok && prettier.ok, failures: [...eslint.failures, ...prettier.failures] };
}

/** Runs a selection of the differential tests with another Mercurial first on the PATH. */
async function newerHgTests() {
  const program = process.env.QUICKSILVER_NEWER_HG;
  if (program === undefined || program === '') {
    console.log('Skipped, because QUICKSILVER_NEWER_HG names no program.');
    return { ok: true };
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'newer-hg-'));
  const paths = process.env.PATH;
  try {
    fs.symlinkSync(path.resolve(program), path.join(folder, 'hg'));
    process.env.PATH = `${folder}${path.delimiter}${paths}`;
    return await nodeTests('differential', name => newerHgFiles.includes(path.basename(name, '.test.ts')));
  } finally {
    process.env.PATH = paths;
    fs.rmSync(folder, { recursive: true });
  }
}

async function nodeTests(kind, isChosen = () => true) {
  // Node 20 does not expand patterns itself.
  const folder = path.join(projectRoot, 'test', kind);
  const files = fs
    .readdirSync(folder, { recursive: true })
    .filter(name => name.endsWith('.test.ts') && isChosen(name))
    .map(name => path.join('test', kind, name))
    .sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  if (files.length === 0) {
    console.error(`There are no tests in ${folder}.`);
    return { ok: false };
  }
  const flags = ['--import', 'tsx', '--test', '--test-concurrency=2', '--test-reporter=spec'];
  const { ok, output, failures } = await node([...flags, ...files]);
  const count = word => Number(new RegExp(`^. ${word} (\\d+)$`, 'mu').exec(output)?.[1] ?? 0);
  const passed = count('pass');
  return {
    ok: ok && passed > 0,
    passed,
    failed: count('fail') + count('cancelled'),
    failures: anyOf(nodeFailures(output), failures),
  };
}

function rankOf(file) {
  const rank = longFiles.indexOf(path.basename(file, '.test.ts'));
  return rank < 0 ? longFiles.length : rank;
}

async function vscodeTests(args) {
  // Two side by side: much of a scenario is the start of a VS Code, and much of the rest is waiting.
  const { ok, output, failures } = await node(['scripts/test-vscode.mjs', '--jobs', '2', ...args]);
  const counts = /^extension tests: (\d+) passed, (\d+) failed/m.exec(output);
  const [passed, failed] = [Number(counts?.[1] ?? 0), Number(counts?.[2] ?? 0)];
  return { ok, passed, failed, failures: anyOf(vscodeFailures(output), failures) };
}

/** Returns the failures of tests; for a program that listed none, its last output. */
function anyOf(listed, others) {
  return listed.length > 0 ? listed : others;
}

/** Some things differ for root, file permissions above all. These scenarios start each part of the extension once. */
function ordinaryUserStage() {
  const scenarios = ['smoke', 'live', 'folders', 'restricted', 'refused', 'contents', 'commit', 'hostile'];
  return {
    name: 'vscode-user',
    group: 'vscode',
    programs: forVscode,
    run: () =>
      vscodeTests([
        ...['--vscode', options['every-release'] ? knownReleases[0] : knownReleases.at(-1), '--user', 'nobody'],
        ...scenarios.flatMap(name => ['--scenario', name]),
      ]),
  };
}

function canTestAsOrdinaryUser() {
  return !desktop && process.getuid?.() === 0 && findProgram(['setpriv']) !== undefined;
}

function tool(packageName, binary, args) {
  const folder = path.join(projectRoot, 'node_modules', packageName);
  const { bin } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return node([path.join(folder, typeof bin === 'string' ? bin : bin[binary]), ...args]);
}

async function node(args) {
  const { code, stdout, stderr } = await outcomeOf(process.execPath, args, { tee: true });
  const ok = code === 0;
  return { ok, output: stdout, failures: ok ? [] : [lastLines(stdout + stderr)] };
}

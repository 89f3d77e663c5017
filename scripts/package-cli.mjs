// `npm run package:cli`: builds the command line and packs it: quicksilver-cli-<version>.tgz, for npm install --global.
// The tarball holds the files that run, with the native code of every platform in dist/native. It has no dependencies.
// With --check, the tarball goes to a temporary folder and is installed and used from there.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkNativeCode } from './lib/native-code.mjs';
import { readOptions } from './lib/options.mjs';
import { buildExtension, ensureModules } from './lib/prerequisites.mjs';
import { PlainError, npmCommand, outcomeOf, outputOf, projectRoot, reportFailure } from './lib/processes.mjs';
import { chunksIn } from './lib/shared-chunks.mjs';
import { makeSample } from './sample-repository.mjs';

const sizeLimit = 500_000; // Bytes of the tarball.
const { values: options } = readOptions('npm run package:cli --', { check: { type: 'boolean', default: false } });

await main().catch(reportFailure);

async function main() {
  await ensureModules();
  await buildExtension();
  const temporary = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-cli-')));
  try {
    const folder = path.join(temporary, 'package');
    await stage(folder);
    const target = options.check ? temporary : projectRoot;
    const listed = JSON.parse(await npm(['pack', '--json', '--pack-destination', target], folder))[0];
    const file = path.join(target, listed.filename);
    checkContents(listed, folder);
    console.log(`${path.basename(file)}: ${fs.statSync(file).size} bytes`);
    if (options.check) await tryInstalled(file, temporary);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/** The names of the programs, and of what they share. */
function bundles() {
  return ['cli.cjs', 'worker.cjs', 'scanner.cjs', 'linear.cjs', ...chunksIn(path.join(projectRoot, 'dist'))];
}

/** Copies the files that run, and writes a package.json and a manual page beside them. */
async function stage(folder) {
  const inDist = name => path.join(projectRoot, 'dist', name);
  fs.mkdirSync(path.join(folder, 'dist', 'native'), { recursive: true });
  fs.mkdirSync(path.join(folder, 'man'));
  for (const name of [...bundles(), 'third-party-notices.txt']) {
    fs.copyFileSync(inDist(name), path.join(folder, 'dist', name));
  }
  if (fs.existsSync(inDist('native')))
    fs.cpSync(inDist('native'), path.join(folder, 'dist', 'native'), { recursive: true });
  fs.cpSync(path.join(projectRoot, 'hgext'), path.join(folder, 'hgext'), { recursive: true });
  fs.copyFileSync(path.join(projectRoot, 'LICENSE'), path.join(folder, 'LICENSE'));
  const page = await outputOf(process.execPath, [inDist('cli.cjs'), 'manpage']);
  fs.writeFileSync(path.join(folder, 'man', 'quicksilver.1'), page);
  const { version, license, repository, bugs, homepage, engines } = JSON.parse(
    fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8'),
  );
  const description =
    'Fast Mercurial status on the command line: reads the repository itself and starts no hg process.';
  const manifest = {
    ...{ name: 'quicksilver-cli', version, description, license, repository, bugs, homepage },
    keywords: ['mercurial', 'hg', 'status'],
    engines: { node: engines.node },
    bin: { quicksilver: 'dist/cli.cjs' },
    man: ['man/quicksilver.1'],
    files: ['dist', 'hgext', 'man'],
  };
  fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

function checkContents({ files, size }, folder) {
  const natives = fs.readdirSync(path.join(folder, 'dist', 'native')).map(name => `dist/native/${name}`);
  const expected = ['package.json', 'LICENSE', 'man/quicksilver.1', 'dist/third-party-notices.txt']
    .concat('hgext/quicksilver.py', 'hgext/COPYING')
    .concat(
      bundles().map(name => `dist/${name}`),
      natives,
    )
    .sort();
  const packed = files.map(({ path: name }) => name).sort();
  if (JSON.stringify(packed) !== JSON.stringify(expected)) {
    throw new PlainError(`The tarball has ${packed.join(', ')}; expected: ${expected.join(', ')}.`);
  }
  if (size > sizeLimit) throw new PlainError(`The tarball is too large: ${size} bytes, the limit is ${sizeLimit}.`);
}

/** Installs the tarball globally below a temporary prefix, without network, and compares a status with that of hg. */
async function tryInstalled(tarball, temporary) {
  const prefix = path.join(temporary, 'prefix');
  await npm(['install', '--global', '--offline', '--prefix', prefix, tarball], temporary);
  const isWindows = process.platform === 'win32';
  const program = isWindows ? path.join(prefix, 'quicksilver.cmd') : path.join(prefix, 'bin', 'quicksilver');
  const sample = path.join(temporary, 'sample');
  await makeSample(sample);
  const how = { cwd: sample, shell: isWindows };
  const installed = await outputOf(program, ['status', '-A'], how);
  if (installed === '' || installed !== (await outputOf('hg', ['status', '-A'], how))) {
    throw new PlainError(`The installed command line answers:\n${installed}`);
  }
  if (fs.existsSync(path.join(projectRoot, 'dist', 'native', `${process.platform}-${process.arch}.node`))) {
    await checkNativeCode(program, [], how);
  }
  // Patterns need the linear engine's file, the report needs hg; "--help" needs neither.
  await outputOf(program, ['status', '-I', 're:(a*)*b'], how);
  const { code } = await outcomeOf(program, ['doctor'], how);
  if (code !== 0) throw new PlainError(`The installed doctor ends with ${code}.`);
  if (!(await outputOf(program, ['completion', 'bash'], how)).includes('complete -F'))
    throw new PlainError('No completion.');
  const page = path.join(prefix, 'share', 'man', 'man1', 'quicksilver.1');
  if (!isWindows && !fs.existsSync(page)) throw new PlainError('npm did not install the manual page.');
  console.log('Installed globally, it answers as hg does.');
}

function npm(args, cwd) {
  const { command, args: all, options: how } = npmCommand(args);
  return outputOf(command, all, { cwd, ...how, env: { ...process.env, npm_config_update_notifier: 'false' } });
}

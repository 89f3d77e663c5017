#!/usr/bin/env -S node --import tsx
// `node --import tsx .ci/oracle-contents.mjs ORACLE`: whether the contents of the first parent, in each recorded repository,
// are those that the real hg printed: list, kind and content of every file through the engine, and of a fixed sample
// through the built command line program.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fromDisplay } from '../src/base/bytePath.ts';
import { QuicksilverError } from '../src/base/errors.ts';
import { currentEnvironment } from '../src/files/environment.ts';
import { MercurialRepository } from '../src/mercurial/repository/repository.ts';
import { Vfs } from '../src/files/vfs.ts';

/** A process is started for one file of every so many snapshots. */
const SAMPLE = 10;
const KINDS = { '': 'file', x: 'executable', l: 'symlink' };
const PLACE = '@@SNAP@@';

const oracle = process.argv[2] ?? path.join(import.meta.dirname, '..', '..', 'shared', 'oracle');
const work = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-contents-')));
const counts = { snapshots: 0, files: 0, printed: 0, unrecorded: 0, wrong: 0, refusedSnapshots: 0, refusedFiles: 0 };
const refusals = new Map();
const began = Date.now();
try {
  checkAll();
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
for (const [reason, count] of [...refusals].sort((a, b) => b[1] - a[1])) console.log(`refused ${count} x ${reason}`);
console.log(
  `contents: ${counts.files} files of ${counts.snapshots} repositories and ${counts.printed} printed, ${counts.wrong} wrong; ` +
    `refused by name: ${counts.refusedFiles} files of ${counts.refusedSnapshots}; ` +
    `without a recorded answer: ${counts.unrecorded} (${Math.round((Date.now() - began) / 1000)} s)`,
);
// Nothing compared is no success.
if (counts.wrong > 0 || counts.files < 1000 || counts.printed < 50) process.exitCode = 1;

function checkAll() {
  const archive = path.join(oracle, 'snaps.tar.gz');
  const { status } = spawnSync('tar', ['-xzpf', archive, '--no-same-owner', '-C', work], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${archive} cannot be extracted`);
  for (const [number, id] of fs.readdirSync(path.join(work, 'snaps')).sort().entries()) {
    const directory = path.join(work, 'snaps', id);
    relocate(directory);
    const recorded = readJson(path.join(directory, 'info.json'));
    if (recorded?.files === undefined) counts.unrecorded++;
    else check(id, directory, recorded, number % SAMPLE === 0);
  }
}

/** Files in which the place of the snapshot is recorded. */
function relocate(directory) {
  for (const name of ['hgrc', 'repo/.hg/sharedpath']) {
    const file = path.join(directory, name);
    if (!fs.existsSync(file)) continue;
    const text = fs.readFileSync(file, 'latin1');
    if (text.includes(PLACE)) fs.writeFileSync(file, text.replaceAll(PLACE, directory), 'latin1');
  }
}

function readJson(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
}

function variablesOf(directory) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('HG'));
  return { ...Object.fromEntries(own), HGRCPATH: path.join(directory, 'hgrc'), HGPLAIN: '1', TZ: 'UTC' };
}

function check(id, directory, { p1, files }, printed) {
  const root = path.join(directory, 'repo');
  const names = Object.keys(files);
  try {
    const environment = { ...currentEnvironment(), variables: variablesOf(directory) };
    const repository = MercurialRepository.open(root, { vfs: new Vfs(), environment });
    // What the tracked files show is refused only when they are read.
    repository.readDirstate();
    compare(id, repository.store, p1, files);
    counts.snapshots++;
  } catch (error) {
    if (!(error instanceof QuicksilverError) || error.code !== 'unsupported') {
      return wrong(id, error instanceof QuicksilverError ? error.message : error.stack);
    }
    counts.refusedSnapshots++;
    counts.refusedFiles += names.length;
    const reason = error.message.replaceAll(directory, '…').replace(/\(\[encode\] in .*\)/, '([encode])');
    refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
    return;
  }
  if (printed) print(id, directory, files);
}

function compare(id, store, p1, files) {
  const tree = store.baseTree(p1);
  const changeset = store.changelog.findNode(p1);
  const manifest = changeset < 0 ? [] : store.manifest(store.changelog.manifestNode(changeset)).entries();
  const listed = [...manifest].map(([name]) => name).sort();
  // The records name the directories outside of a narrow clone, too; hg lists nothing there.
  const isListed = name => files[name].flags !== 't';
  const expectedNames = Object.keys(files).filter(isListed).map(fromDisplay).sort();
  if (listed.join('\0') !== expectedNames.join('\0')) wrong(id, `lists ${listed.join(', ')}`);
  for (const [name, expected] of Object.entries(files)) {
    if (expected.sha1 === undefined) {
      counts.unrecorded++;
      continue;
    }
    const file = tree.find(fromDisplay(name));
    if (file === undefined) {
      wrong(id, `${name}: not found`);
      continue;
    }
    const content = file.content();
    const source = { size: content.length, chunks: () => [content] };
    const longer = { size: content.length + 1, chunks: () => [content, Buffer.from('\n')] };
    const got = `${file.revision} ${file.kind} ${sha1(content)} ${file.matches(source)} ${file.matches(longer)}`;
    const want = `${expected.node} ${KINDS[expected.flags]} ${expected.sha1} true false`;
    if (got !== want) wrong(id, `${name}: ${got} instead of ${want}`);
    counts.files++;
  }
}

/** One file of the snapshot, a different one each time, whose name can be given to a program. */
function print(id, directory, files) {
  const names = Object.keys(files).filter(name => files[name].sha1 !== undefined && name.isWellFormed());
  if (names.length === 0) return;
  const name = names[counts.printed % names.length];
  const cli = path.join(import.meta.dirname, '..', 'dist', 'cli.cjs');
  const args = [cli, 'cat', '-R', path.join(directory, 'repo'), `path:${name}`];
  const options = { cwd: path.join(directory, 'repo'), env: variablesOf(directory), maxBuffer: 1 << 28 };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
  if (status === 3) {
    const reason = String(stderr).trim();
    refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  } else if (status !== 0 || sha1(stdout) !== files[name].sha1) wrong(id, `cat ${name}: exit ${status} ${stderr}`);
  counts.printed++;
}

function sha1(bytes) {
  return createHash('sha1').update(bytes).digest('hex');
}

function wrong(id, what) {
  counts.wrong++;
  console.log(`WRONG ${id}: ${what}`);
}

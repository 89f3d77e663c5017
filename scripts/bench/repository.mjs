// The repositories of the benchmark: made once and kept in a folder outside the checkout, the same on every machine.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { encodeStorePath, storeLayout } from '../../src/mercurial/store/storePath.ts';
import { PlainError } from '../lib/processes.mjs';
import { encodeVersion1, encodeVersion2, patchVersion1 } from './dirstates.mjs';
import { makeGitRepository, recordGitChanges } from './gitRepository.mjs';
import { nodeOf, writeHistory } from './history.mjs';
import { hgStatus, runHg } from './programs.mjs';
import { randomSource } from './random.mjs';
import { HGIGNORE, IGNORED_ROOT, contentOf, planStats, planTree } from './tree.mjs';

const CHANGES = { modified: 100, sameSize: 10, added: 20, removed: 20, deleted: 20, unknown: 50 };
const UPDATED = 1000;
/** Clean files that the measurements change and change back. */
const TOUCHED = 64;
const DATA_ID = '5e1fbe4c';
const SOURCES = ['random.mjs', 'tree.mjs', 'dirstates.mjs', 'history.mjs', 'gitRepository.mjs', 'repository.mjs'];

/** The default place: in the user's cache, so that restarting the machine does not remove it. */
export function defaultCacheFolder() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'quicksilver-bench');
}

/** A repository with `count` tracked files: the one that was made before, if it is still as it was made. */
export async function benchRepository(cache, count) {
  const folder = path.join(cache, `${count}-${sourceHash()}`);
  const known = path.join(folder, 'plan.json');
  if (fs.existsSync(known)) {
    const repository = new BenchRepository(folder, JSON.parse(fs.readFileSync(known, 'utf8')));
    if (await repository.isAsMade()) return repository;
    console.log(`${folder} is not as it was made (a measurement was interrupted?) and is made again.`);
  }
  for (const name of fs.existsSync(cache) ? fs.readdirSync(cache) : []) {
    if (name.startsWith(`${count}-`)) fs.rmSync(path.join(cache, name), { recursive: true, force: true });
  }
  const started = performance.now();
  console.log(`Making the repository with ${count} files in ${folder} ...`);
  const plan = await make(folder, count);
  fs.writeFileSync(known, JSON.stringify(plan));
  const repository = new BenchRepository(folder, plan);
  if (!(await repository.isAsMade())) throw new PlainError(`hg status disagrees with what was made in ${folder}.`);
  console.log(`Made in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  return repository;
}

/** The making is a part of the repository: what another version of it made is not taken. */
function sourceHash() {
  const hash = createHash('sha1');
  for (const name of SOURCES) hash.update(fs.readFileSync(path.join(import.meta.dirname, name)));
  return hash.digest('hex').slice(0, 8);
}

export class BenchRepository {
  constructor(folder, plan) {
    this.folder = folder;
    this.plan = plan;
    this.root = path.join(folder, 'tree');
    this.gitDirectory = path.join(folder, 'git');
    this.trackedList = path.join(folder, 'tracked.list');
    this.hgDirectory = path.join(this.root, '.hg');
  }

  /** Names in the root that a walk for a status does not enter. */
  get skipped() {
    return ['.hg', IGNORED_ROOT];
  }

  /** The lines of a status: 'M path' and so on, ordered. */
  get expected() {
    return this.plan.expected;
  }

  absolute(name) {
    return path.join(this.root, name);
  }

  /** Puts a recorded state in the place of the dirstate, in one step, as Mercurial does. */
  use(state) {
    const version2 = state === 'v2';
    this.#place(version2 ? 'requires-v2' : 'requires-v1', 'requires');
    if (version2) this.#place('v2.data', `dirstate.${DATA_ID}`);
    this.#place(state, 'dirstate');
  }

  /** Writes a state that is made from that of version 1: see patchVersion1. `changes` are by path. */
  writeState(name, parent, changes) {
    const bytes = fs.readFileSync(path.join(this.folder, 'states', 'v1'));
    const placed = changes.map(change => ({ ...change, offset: this.plan.offsets[change.path] }));
    fs.writeFileSync(path.join(this.folder, 'states', name), patchVersion1(bytes, parent, placed));
  }

  /** Makes a copy of a file as it is recorded, to take its place; beside the working copy, where nobody sees it. */
  makeCopy(file) {
    const copy = this.copyOf(file);
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.writeFileSync(copy, this.contentOf(file));
    setTime(copy, file);
  }

  copyOf({ index }) {
    return path.join(this.folder, 'copies', String(index));
  }

  /** Puts a file back as it is recorded. */
  restore(file) {
    this.makeCopy(file);
    fs.renameSync(this.copyOf(file), this.absolute(file.path));
  }

  contentOf(file) {
    return file.path === '.hgignore' ? Buffer.from(HGIGNORE, 'latin1') : contentOf(file.index, file.size);
  }

  async isAsMade() {
    this.use('v1');
    const lines = await hgStatus(this.root);
    return JSON.stringify(lines) === JSON.stringify(this.expected);
  }

  #place(state, name) {
    const temporary = path.join(this.hgDirectory, `.${name}-bench`);
    fs.rmSync(temporary, { force: true });
    // A link: nothing of the size of a dirstate is written between two measurements.
    fs.linkSync(path.join(this.folder, 'states', state), temporary);
    fs.renameSync(temporary, path.join(this.hgDirectory, name));
    // A rename onto another link of the same file does nothing, and leaves both.
    fs.rmSync(temporary, { force: true });
  }
}

async function make(folder, count) {
  const root = path.join(folder, 'tree');
  fs.mkdirSync(root, { recursive: true });
  await runHg(folder, ['init', 'tree']);
  const tree = planTree(count);
  const stats = planStats(count);
  for (const directory of [...tree.directories, ...tree.ignoredDirectories]) fs.mkdirSync(path.join(root, directory));
  const files = writeTracked(root, tree, stats);
  writeIgnored(root, tree);
  const roles = chooseRoles(files, tree.directories);
  const changesets = writeStore(root, files, roles);
  await makeGitRepository(path.join(folder, 'git'), root, files, roles);
  changeFiles(root, roles);
  await recordGitChanges(path.join(folder, 'git'), root, roles);
  const offsets = writeStates(folder, { files, roles, tree, parent: changesets[0] });
  fs.writeFileSync(path.join(folder, 'tracked.list'), files.map(file => `${file.path}\0`).join(''), 'latin1');
  const described = list =>
    list.map(({ path: name, index, size, seconds, nanoseconds }) => ({
      path: name,
      index,
      size,
      seconds,
      nanoseconds,
    }));
  return {
    count,
    directories: tree.directories.length + 1,
    ignored: tree.ignoredFiles.length,
    pathBytes: files.reduce((sum, file) => sum + file.path.length, 0) / files.length,
    dirstateBytes: fs.statSync(path.join(folder, 'states', 'v1')).size,
    changesets,
    expected: expectedLines(roles),
    ignoreFile: described(files.slice(0, 1))[0],
    committed: described(roles.modified.slice(0, 1))[0],
    touched: described(roles.touched),
    updated: described(roles.updated),
    burst: described(files.filter(file => !roles.taken.has(file)).slice(0, Math.round(count / 6))),
    offsets,
  };
}

export function writeTracked(root, { files }, { sizes, seconds, nanoseconds }) {
  return files.map((name, index) => {
    const content = index === 0 ? Buffer.from(HGIGNORE, 'latin1') : contentOf(index, sizes[index]);
    const file = { path: name, index, size: content.length, seconds: seconds[index], nanoseconds: nanoseconds[index] };
    const absolute = path.join(root, name);
    fs.writeFileSync(absolute, content);
    setTime(absolute, file);
    file.node = nodeOf(content);
    file.blob = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
    return file;
  });
}

function setTime(absolute, { seconds, nanoseconds }) {
  const time = seconds + nanoseconds / 1e9;
  fs.utimesSync(absolute, time, time);
}

export function writeIgnored(root, { ignoredFiles }) {
  for (const [index, name] of ignoredFiles.entries()) fs.writeFileSync(path.join(root, name), contentOf(index, 300));
}

/** Which file plays which part. No file has two. */
export function chooseRoles(files, directories) {
  const random = randomSource(files.length ^ 0x801e);
  const updates = Math.min(UPDATED, Math.floor(files.length / 20));
  const needed = CHANGES.modified + CHANGES.removed + CHANGES.deleted + TOUCHED + updates;
  const drawn = random.sample(files.slice(1), needed);
  const taken = new Set([files[0], ...drawn]);
  const next = count => drawn.splice(0, count);
  const made = (name, count) =>
    Array.from({ length: count }, (_, index) => {
      const number = String(index).padStart(2, '0');
      return `${random.pick(directories)}/${name}_${number}.txt`;
    });
  return {
    taken,
    modified: next(CHANGES.modified),
    removed: next(CHANGES.removed),
    deleted: next(CHANGES.deleted),
    touched: next(TOUCHED),
    updated: next(updates),
    added: made('added', CHANGES.added),
    unknown: made('unknown', CHANGES.unknown),
  };
}

/** The content of a modified file: longer, or of the same length for the last of them. */
function changedContent(roles, file) {
  const content = contentOf(file.index, file.size);
  const isSameSize = roles.modified.indexOf(file) >= CHANGES.modified - CHANGES.sameSize;
  if (!isSameSize) return Buffer.concat([content, Buffer.from('changed line\n')]);
  content.write('#', 20, 'latin1');
  return content;
}

/** The content of a file after the update. */
export function updatedContent(file) {
  return Buffer.concat([contentOf(file.index, file.size), Buffer.from('// Updated.\n')]);
}

function writeStore(root, files, roles) {
  const store = path.join(root, '.hg', 'store');
  // Those of the store are in a file of their own if a repository may be shared.
  const required = ['.hg/requires', '.hg/store/requires'].map(name => path.join(root, name)).filter(fs.existsSync);
  const layout = storeLayout(new Set(required.flatMap(file => fs.readFileSync(file, 'utf8').split('\n'))));
  const filelogs = [];
  const names = [];
  const withHistory = (file, ...later) => {
    const name = `data/${file.path}.i`;
    names.push(`${name}\n`);
    filelogs.push({
      file: encodeStorePath(name, layout),
      texts: [{ text: contentOf(file.index, file.size), link: 0 }, ...later],
    });
  };
  const committed = roles.modified[0];
  const commit = { text: changedContent(roles, committed), link: 1 };
  withHistory(committed, commit);
  for (const file of roles.modified.slice(1)) withHistory(file);
  for (const file of roles.updated) withHistory(file, { text: updatedContent(file), link: 2 });
  fs.writeFileSync(path.join(store, 'fncache'), names.join(''), 'latin1');
  return writeHistory({
    store,
    cacheFile: path.join(root, '.hg', 'wcache', 'manifestfulltextcache'),
    files,
    children: [
      [{ path: committed.path, node: nodeOf(commit.text, committed.node) }],
      roles.updated.map(file => ({ path: file.path, node: nodeOf(updatedContent(file), file.node) })),
    ],
    filelogs,
  });
}

export function changeFiles(root, roles) {
  for (const file of roles.modified) fs.writeFileSync(path.join(root, file.path), changedContent(roles, file));
  for (const file of [...roles.removed, ...roles.deleted]) fs.unlinkSync(path.join(root, file.path));
  for (const name of [...roles.added, ...roles.unknown]) fs.writeFileSync(path.join(root, name), `${name}\n`);
}

function writeStates(folder, { files, roles, tree, parent }) {
  const states = path.join(folder, 'states');
  fs.mkdirSync(states);
  const hgDirectory = path.join(folder, 'tree', '.hg');
  const removed = new Set(roles.removed);
  const added = roles.added.map(name => ({ path: name, state: 'added', size: 0, seconds: 0, nanoseconds: 0 }));
  // Ordered, as hg writes them when it fills a working copy; what is added later comes at the end.
  const recorded = files.map(file => ({ ...file, state: removed.has(file) ? 'removed' : 'normal' }));
  const entries = [...recorded.sort((a, b) => (a.path < b.path ? -1 : 1)), ...added];
  const version1 = encodeVersion1(parent, entries);
  fs.writeFileSync(path.join(states, 'v1'), version1.bytes);
  const contents = createHash('sha1').update(HGIGNORE).digest();
  const version2 = encodeVersion2({
    parent,
    id: DATA_ID,
    entries,
    directoryTimes: directoryTimes(path.join(folder, 'tree'), files, roles, tree),
    ignoreHash: createHash('sha1').update('.hgignore ').update(contents).update('\n').digest(),
  });
  fs.writeFileSync(path.join(states, 'v2'), version2.docket);
  fs.writeFileSync(path.join(states, 'v2.data'), version2.data);
  const requires = fs.readFileSync(path.join(hgDirectory, 'requires'), 'utf8');
  fs.writeFileSync(path.join(states, 'requires-v1'), requires);
  fs.writeFileSync(path.join(states, 'requires-v2'), `${requires}dirstate-v2\n`);
  const offsets = {};
  const needed = new Set([roles.modified[0], ...roles.updated].map(file => file.path));
  for (const [at, { path: name }] of entries.entries()) if (needed.has(name)) offsets[name] = version1.offsets[at];
  return offsets;
}

/** Returns the directories without unrecorded children, as Mercurial's Rust form would record them. */
function directoryTimes(root, files, roles, { directories }) {
  const parentOf = name => name.slice(0, Math.max(0, name.lastIndexOf('/')));
  const recorded = new Set();
  for (const name of [...files.map(file => file.path), ...roles.added]) {
    for (let above = parentOf(name); above !== '' && !recorded.has(above); above = parentOf(above)) recorded.add(above);
  }
  const open = new Set(roles.unknown.map(parentOf));
  for (const directory of directories) if (!recorded.has(directory)) open.add(parentOf(directory));
  const times = new Map();
  for (const directory of recorded) {
    if (open.has(directory)) continue;
    const { mtimeNs } = fs.lstatSync(path.join(root, directory), { bigint: true });
    times.set(directory, { seconds: Number(mtimeNs / 1_000_000_000n), nanoseconds: Number(mtimeNs % 1_000_000_000n) });
  }
  return times;
}

export function expectedLines(roles) {
  const lines = (letter, list) => list.map(item => `${letter} ${item.path ?? item}`);
  return [
    ...lines('M', roles.modified),
    ...lines('A', roles.added),
    ...lines('R', roles.removed),
    ...lines('!', roles.deleted),
    ...lines('?', roles.unknown),
  ].sort();
}

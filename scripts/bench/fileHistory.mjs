// A file with 2,000 versions of 4,588 lines: its annotation (cold, and after a commit), its history, and that of some
// lines. The annotation of a file with 200 versions, too. Processor time counts.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MercurialBackend } from '../../src/backends/mercurial/mercurialBackend.ts';
import { MercurialHistory } from '../../src/backends/mercurial/mercurialHistory.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { finish } from '../../src/mercurial/annotate/finish.ts';
import { compressed, deltaOf, nodeOf, writeRevlog } from './history.mjs';
import { randomSource } from './random.mjs';
import { makeRow } from './report.mjs';

const LINES = 4588;
const SEPARATE = 0x0002_0001;
/** Versions from one whole text to the next. */
const CHAIN = 100;
const NULL = Buffer.alloc(20);
export const FILE = 'file.txt';

export function measureFileHistory(rounds) {
  const row = (id, title, values, limit) =>
    makeRow({ id: `history.file.${id}`, files: 1, title, values, targets: [{ of: 'median', limit }] });
  const large = measured(2000, rounds);
  const small = measured(200, rounds);
  return [
    row('annotate', 'annotate 2,000 versions of 4,588 lines', large.annotate, 2500),
    row('commit', 'annotate it after a commit', large.commit, 30),
    row('small', 'annotate 200 versions', small.annotate, 150),
    row('history', 'first 300 of 2,000 versions of a file', large.history, 60),
    row('all', 'all 2,000 versions of a file', large.all, 60),
    row('lines', 'history of 20 of its lines', large.lines, 2500),
  ];
}

/**
 * Each takes a repository of whose history nothing was read, except for the annotation after a commit. The snapshot is
 * there in each case, because the status of the repository needs it.
 */
function measured(versions, rounds) {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-file-')));
  try {
    const commit = repositoryWriter(root);
    for (let version = 0; version < versions; version++) commit(version === versions - 1);
    const times = { annotate: [], commit: [], history: [], all: [], lines: [] };
    const measure = (name, work) => times[name].push(cpu(work));
    for (let round = 0; round < rounds; round++) {
      const opened = open(root);
      measure('annotate', () => opened.annotate({ path: FILE, skip: [] }));
      commit(true);
      opened.reload();
      measure('commit', () => opened.annotate({ path: FILE, skip: [] }));
      const histories = { history: { limit: 300 }, all: { limit: 10_000 } };
      for (const [name, query] of Object.entries(histories)) {
        const { fileHistory } = open(root);
        measure(name, () => fileHistory({ path: FILE, ...query }));
      }
      const { fileHistory, tip } = open(root);
      const lines = { first: 2000, end: 2020 };
      measure('lines', () => fileHistory({ path: FILE, node: tip(), lines, limit: 10_000 }));
    }
    return times;
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

function open(root) {
  const backend = new MercurialBackend(root, new Vfs(), currentEnvironment());
  const history = new MercurialHistory(backend);
  let snapshot = backend.load(undefined);
  return {
    reload: () => (snapshot = backend.load(snapshot)),
    annotate: query => expectKind(finish(history.annotate(snapshot, query)), 'lines'),
    fileHistory: query => finish(history.fileHistory(snapshot, query)),
    tip: () => snapshot.head.firstParent,
  };
}

function expectKind(answer, kind) {
  if (answer.kind !== kind) throw new Error(`no ${kind}: ${answer.message}`);
  return answer;
}

/** Milliseconds of processor time. */
function cpu(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * Makes a repository of one file. Returns a function that adds a version, which replaces three lines in a row. The
 * function writes the files if it is asked to.
 */
export function repositoryWriter(root, lineCount = LINES) {
  const store = path.join(root, '.hg', 'store');
  fs.mkdirSync(path.join(store, 'data'), { recursive: true });
  fs.writeFileSync(path.join(root, '.hg', 'requires'), 'dotencode\nfncache\ngeneraldelta\nrevlogv1\nstore\n');
  const { next: random } = randomSource(7);
  const line = at => `line ${String(at).padStart(6, '0')} ${String(Math.floor(random() * 1e9)).padStart(10, '0')}\n`;
  const lines = Array.from({ length: lineCount }, (_, at) => line(at));
  const logs = { file: [], manifest: [], changelog: [] };
  const length = Buffer.byteLength(lines[0]);
  return writes => {
    const version = logs.file.length;
    const hunks = [];
    if (version > 0) {
      const first = Math.floor(random() * (lineCount - 3));
      for (let at = first; at < first + 3; at++) {
        lines[at] = line(at);
        hunks.push({ at: at * length, line: lines[at] });
      }
    }
    const add = (log, text, chunk, base) => {
      const node = nodeOf(text, log.at(-1)?.node ?? NULL);
      log.push({ node, text: { length: text.length }, chunk, link: version, parent: version - 1, base });
      return node;
    };
    const text = Buffer.from(lines.join(''));
    const isWhole = version % CHAIN === 0;
    const base = isWhole ? version : version - 1;
    const node = add(logs.file, text, compressed(isWhole ? text : deltaOf(hunks)), base);
    const manifest = Buffer.from(`${FILE}\0${node.toString('hex')}\n`);
    const root_ = add(logs.manifest, manifest, compressed(manifest), version);
    const changeset = Buffer.from(
      `${root_.toString('hex')}\nAnn <ann@example.org>\n${version} 0\n${FILE}\n\nversion ${version}`,
    );
    const tip = add(logs.changelog, changeset, compressed(changeset), version);
    if (!writes) return;
    writeRevlog(path.join(store, '00changelog'), logs.changelog, SEPARATE);
    writeRevlog(path.join(store, '00manifest'), logs.manifest, SEPARATE);
    writeRevlog(path.join(store, 'data', `${FILE}`), logs.file, SEPARATE);
    fs.writeFileSync(path.join(root, FILE), text);
    // A dirstate of version 1 with the file, whose time is not known.
    const entry = Buffer.alloc(17);
    entry.write('n', 0);
    entry.writeInt32BE(0o100644, 1);
    entry.writeInt32BE(text.length, 5);
    entry.writeInt32BE(-1, 9);
    entry.writeInt32BE(FILE.length, 13);
    fs.writeFileSync(path.join(root, '.hg', 'dirstate'), Buffer.concat([tip, NULL, entry, Buffer.from(FILE)]));
  };
}

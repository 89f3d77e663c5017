// The history of 500,000 changesets: from nothing to the first rows of the graph, rows anywhere, a new changeset, and a
// search. Two kinds: a dozen features at a time, and 400 of which many are never merged. Processor time counts.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { finish } from '../../src/mercurial/annotate/finish.ts';
import { HistoryModel } from '../../src/mercurial/history/historyModel.ts';
import { openStore } from '../../src/mercurial/store/store.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { measureFileHistory } from './fileHistory.mjs';
import { randomSource } from './random.mjs';
import { makeRow } from './report.mjs';

const COUNT = 500_000;
const KINDS = [
  { name: 'typical', features: 12, abandoned: 0 },
  { name: 'wild', features: 400, abandoned: 0.15 },
];
const NULL = '0'.repeat(40);
const ROWS = 60;
const SEARCHED = 20_000;
/** Texts that one request reads for branches. */
const ONE_REQUEST = 1024;

export function measureHistory(rounds) {
  return [...KINDS.flatMap(kind => measureKind(kind, rounds)), ...measureFileHistory(rounds)];
}

function measureKind(kind, rounds) {
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-graph-')));
  try {
    const parents = randomParents(kind, COUNT + rounds);
    const write = writer(directory, parents);
    write(COUNT);
    const open = [];
    const windows = [];
    const appended = [];
    const all = [];
    let model;
    for (let round = 0; round < rounds; round++) {
      model = modelOf(directory);
      open.push(cpu(() => rows(openView(model), model, 0)));
    }
    const current = [];
    const elsewhere = [];
    for (let round = 0; round < rounds; round++) {
      current.push(cpu(() => openCurrent(modelOf(directory), Infinity)));
      fs.writeFileSync(path.join(directory, 'branch'), 'elsewhere\n');
      const other = modelOf(directory);
      elsewhere.push(cpu(() => openCurrent(other, ONE_REQUEST)));
      if (round === 0) all.push(cpu(() => openCurrent(other, Infinity)));
      fs.rmSync(path.join(directory, 'branch'));
    }
    const message = messageBytes(openView(model), model);
    const view = openView(model);
    const searched = [cpu(() => search(model))];
    for (let at = 0; at < 200; at++) {
      const first = Math.floor((at * (view.rows - ROWS)) / 200);
      windows.push(cpu(() => rows(view, model, first)));
    }
    for (let round = 1; round <= rounds; round++) {
      write(COUNT + round);
      appended.push(cpu(() => rows(openView(model), model, 0)));
    }
    const row = (id, title, values, targets) =>
      makeRow({ id: `history.${kind.name}.${id}`, files: COUNT, title: `${kind.name}: ${title}`, values, targets });
    return [
      row('open', 'open to the first rows', open, [{ of: 'median', limit: 120 }]),
      row('current', 'current branch and drafts, no cache of Mercurial', current, []),
      row('elsewhere', 'the same on a branch that no changeset has: to the first rows', elsewhere, [
        { of: 'median', limit: 120 },
      ]),
      row('elsewhere.all', 'the same until all branches are read', all, []),
      row('rows', '60 rows anywhere', windows, [{ of: 'p95', limit: 60 }]),
      row('commit', 'rows after a commit', appended, [{ of: 'median', limit: 150 }]),
      makeRow({
        id: `history.${kind.name}.message`,
        files: COUNT,
        title: `${kind.name}: a message with ${ROWS} rows`,
        values: [message],
        unit: 'KB',
        targets: [{ of: 'median', limit: 24 }],
      }),
      row('search', 'search in the newest 20,000 for a word that is nowhere', searched, []),
    ];
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

function modelOf(directory) {
  const vfs = new Vfs();
  const layout = { hgDirectory: directory, storeDirectory: directory, requirements: new Set(['store']), files: [] };
  const store = openStore({ vfs, ...layout });
  return new HistoryModel({ vfs, layout: { ...layout, sharedSource: undefined }, store });
}

function openView(model) {
  finish(model.load([NULL, NULL]));
  return finish(model.view({ kind: 'all' }, false));
}

/** Opens the graph of the current branch, with at most so many texts of changesets read for it. */
function openCurrent(model, maxTexts) {
  const filter = { kind: 'auto' };
  finish(model.load([NULL, NULL]));
  finish(model.prepare(filter, maxTexts));
  rows(finish(model.view(filter, false)), model, 0);
}

/** Reads the texts, as a search for a word does. */
function search(model) {
  const first = model.count - SEARCHED;
  model.keepingOpen(() => {
    for (let revision = model.count - 1; revision >= first; revision--) {
      const { user, description, branch } = model.changeset(revision);
      if (`${user}\n${description}\n${branch}`.toLowerCase().includes('nowhere')) throw new Error('found');
    }
  });
}

/** Kilobytes of the answer with the first rows. */
function messageBytes(view, model) {
  const { revisions, columns, colors, edges } = view.window(0, ROWS);
  const all = [...revisions].map((revision, at) => ({
    ...model.row(revision),
    column: columns[at],
    color: colors[at],
  }));
  return Buffer.byteLength(JSON.stringify({ first: 0, rows: all, edges: [...edges] })) / 1024;
}

function rows(view, model, first) {
  const { revisions } = view.window(first, ROWS);
  for (const revision of revisions) model.row(revision);
}

/** Milliseconds of processor time. */
function cpu(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function randomParents({ features, abandoned }, count) {
  const { next: random } = randomSource(1);
  const parents = new Int32Array(count * 2).fill(-1);
  const open = [];
  let trunk = 0;
  for (let at = 1; at < count; at++) {
    if (open.length < features && random() < 0.15) {
      parents[at * 2] = trunk;
      open.push(at);
    } else if (open.length > 0 && random() < 0.6) {
      const which = Math.floor(random() * open.length);
      parents[at * 2] = open[which];
      open[which] = at;
    } else if (open.length > features / 2 && random() < 0.4) {
      const [last] = open.splice(Math.floor(random() * open.length), 1);
      parents[at * 2] = trunk;
      if (random() >= abandoned) parents[at * 2 + 1] = last;
      trunk = at;
    } else {
      parents[at * 2] = trunk;
      trunk = at;
    }
  }
  return parents;
}

/** Writes the changelog of the typical history, and returns the node of its last changeset. */
export function writeTypicalChangelog(directory) {
  return writer(directory, randomParents(KINDS[0], COUNT))(COUNT);
}

/**
 * Returns a function that writes the changelog up to a number of changesets, and returns the last node. The changesets
 * that are there stay.
 */
function writer(directory, parents) {
  const nodes = [];
  let written = 0;
  let offset = 0;
  return count => {
    const entries = [];
    const texts = [];
    for (; written < count; written++) {
      const text = Buffer.from(
        `${NULL}\nAnn Lee <ann@example.org>\n${1_500_000_000 + written * 60} 0\nsrc/f${written % 500}\n\nChange ${written}`,
      );
      const [p1, p2] = [parents[written * 2], parents[written * 2 + 1]];
      const [n1, n2] = [p1, p2].map(parent => nodes[parent] ?? Buffer.alloc(20));
      const [low, high] = Buffer.compare(n1, n2) < 0 ? [n1, n2] : [n2, n1];
      const node = createHash('sha1').update(low).update(high).update(text).digest();
      nodes.push(node);
      const entry = Buffer.alloc(64);
      entry.writeUIntBE(offset, 0, 6);
      if (written === 0) entry.writeUInt32BE((2 << 16) | 1, 0);
      entry.writeInt32BE(text.length + 1, 8);
      entry.writeInt32BE(text.length, 12);
      entry.writeInt32BE(written, 16);
      entry.writeInt32BE(written, 20);
      entry.writeInt32BE(p1, 24);
      entry.writeInt32BE(p2, 28);
      node.copy(entry, 32);
      entries.push(entry);
      texts.push(Buffer.from('u'), text);
      offset += text.length + 1;
    }
    fs.appendFileSync(path.join(directory, '00changelog.d'), Buffer.concat(texts));
    fs.appendFileSync(path.join(directory, '00changelog.i'), Buffer.concat(entries));
    return nodes.at(-1);
  };
}

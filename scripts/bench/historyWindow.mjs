// The history in VS Code: from the command to the first rows of the graph, and keys while a file is annotated.
import fs from 'node:fs';
import path from 'node:path';
import { loadBundled } from './bundled.mjs';
import { makeRow } from './report.mjs';
import { summarize } from './statistics.mjs';
import { canMeasureVscode, measureInVscode } from './vscode.mjs';

const VERSIONS = 2000;

let isDone = false;

/** Does not depend on the size of the working copy: measures once. */
export async function measureHistory(_, { rounds, notes }) {
  if (isDone) return [];
  isDone = true;
  const rows = loadBundled('graph.mjs').measureHistory(rounds);
  return canMeasureVscode(notes) ? [...rows, ...(await measureWindow(rounds))] : rows;
}

async function measureWindow(rounds) {
  const measured = await measureInVscode('historyMain.cjs', temporary => {
    const graph = path.join(temporary, 'graph');
    writeGraphRepository(graph);
    const file = path.join(temporary, 'file');
    fs.mkdirSync(file);
    const { FILE, repositoryWriter } = loadBundled('fileHistory.mjs');
    const commit = repositoryWriter(file);
    for (let version = 0; version < VERSIONS; version++) commit(version === VERSIONS - 1);
    return { folders: [graph, file], task: { rounds, graph, file: path.join(file, FILE) } };
  });
  return windowRows(measured);
}

/** The rows of the report, from what historyMain.cjs wrote. */
export function windowRows(measured) {
  const row = (id, title, values, targets = []) =>
    makeRow({ id: `history.window.${id}`, files: 1, title, values, targets });
  const { graph, again, emptyPages, graphProcessor, emptyProcessor, keys, keysWithout, lineBreaks } = measured;
  const share = (ours, without) => [summarize(ours).median - summarize(without).median];
  return [
    row('graph', 'the command until rows of 500,000 changesets are painted, first time', graph),
    row('again', 'the same in a warm window', again, [{ of: 'median', limit: 400 }]),
    row('empty', 'a page of one word in its place', emptyPages),
    row('processor', 'its processor time in extension and engine', graphProcessor, [{ of: 'median', limit: 120 }]),
    row('emptyProcessor', 'processor time of the page of one word', emptyProcessor),
    row(
      'processorShare',
      'our share of the processor time: the difference of the medians',
      share(graphProcessor, emptyProcessor),
    ),
    row('keys', 'a key in an annotated file of 4,588 lines, processor time of the extension host', keys, [
      { of: 'median', limit: 4 },
    ]),
    row('keysWithout', 'the same without annotations', keysWithout),
    row('keysShare', 'our share of a key: the difference of the medians', share(keys, keysWithout), [
      { of: 'median', limit: 1 },
    ]),
    row('lineBreaks', 'a line break in the annotated file', lineBreaks),
  ];
}

/** A repository without files. */
function writeGraphRepository(root) {
  const store = path.join(root, '.hg', 'store');
  fs.mkdirSync(store, { recursive: true });
  fs.writeFileSync(path.join(root, '.hg', 'requires'), 'dotencode\nfncache\ngeneraldelta\nrevlogv1\nstore\n');
  const tip = loadBundled('graph.mjs').writeTypicalChangelog(store);
  fs.writeFileSync(path.join(root, '.hg', 'dirstate'), Buffer.concat([tip, Buffer.alloc(20)]));
  writeBranches(path.join(root, '.hg', 'cache'), fs.readFileSync(path.join(store, '00changelog.i')));
}

/** Mercurial's cache of the branch of each changeset: all are on the branch that has number 0. */
function writeBranches(cache, index) {
  const records = Buffer.alloc(index.length / 8);
  for (let entry = 0; entry < index.length; entry += 64) index.copy(records, entry / 8, entry + 32, entry + 36);
  fs.mkdirSync(cache);
  fs.writeFileSync(path.join(cache, 'rbc-names-v1'), 'default');
  fs.writeFileSync(path.join(cache, 'rbc-revs-v1'), records);
}

// Manifests that are looked up in Mercurial's cache of full texts, where they are, and what that reads.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { emptyCounters } from '../../../../src/mercurial/store/counters.ts';
import { ManifestText } from '../../../../src/mercurial/store/manifest.ts';
import { ManifestFile } from '../../../../src/mercurial/store/manifestFile.ts';
import { openStore } from '../../../../src/mercurial/store/store.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { temporaryDirectory } from '../../../support/temporaryDirectory.ts';

interface HistoryToWrite {
  readonly store: string;
  readonly cacheFile: string;
  readonly files: readonly { readonly path: string; readonly node: Buffer }[];
  readonly children: readonly never[];
  readonly filelogs: readonly never[];
}

// As the benchmark writes it: a commit of so many files takes hg seconds.
const HISTORY = new URL('../../../../scripts/bench/history.mjs', import.meta.url).href;
const { writeHistory } = (await import(HISTORY)) as { writeHistory: (history: HistoryToWrite) => string[] };

const FILES = 20_000;
/** What one look-up may read of some two megabytes. */
const FEW_BYTES = 128 << 10;

const names = Array.from({ length: FILES }, (_, index) => `directory-${index % 300}/and-one-more/file-${index}.txt`);
const sorted = [...names].sort();
const nodeOf = (name: string): Buffer => createHash('sha1').update(name).digest();

function manifestFile(t: TestContext, text: string) {
  const directory = temporaryDirectory(t);
  const file = path.join(directory.root, 'cache');
  fs.writeFileSync(file, `header${text}trailer`);
  const vfs = new Vfs();
  const open = vfs.open(file)!;
  open.close();
  const counters = emptyCounters();
  const place = { file, identity: open.identity, start: 6, length: text.length };
  return { file, counters, manifest: new ManifestFile(vfs, place, counters) };
}

test('each line is found as in memory, and little is read for it', t => {
  const text = sorted.map(name => `${name}\0${nodeOf(name).toString('hex')}\n`).join('');
  const { manifest, counters } = manifestFile(t, text);
  const whole = new ManifestText(Buffer.from(text), 'text');
  const absent = ['', '0', 'directory-1', 'directory-299/and-one-more/file-1.txt', 'zzz', '\xff'];
  for (const name of [...sorted.filter((_, index) => index % 37 === 0), sorted.at(-1)!, ...absent]) {
    counters.bytesRead = 0;
    assert.deepEqual(manifest.find(name), whole.find(name), name);
    assert.ok(counters.bytesRead <= FEW_BYTES, `${name}: ${counters.bytesRead} bytes`);
  }
  assert.equal(manifest.text()?.bytes.toString(), text);
  assert.equal(Buffer.concat([...manifest.pieces()].map(piece => Buffer.from(piece))).length, text.length);
});

test('another file, none, and lines that are too long are not known', t => {
  const long = `${'x'.repeat(200_000)}\0${'0'.repeat(40)}\n`;
  assert.equal(manifestFile(t, long).manifest.find('x'), 'unknown');
  const { file, manifest } = manifestFile(t, `a\0${'1'.repeat(40)}\n`);
  assert.deepEqual(manifest.find('a'), { node: '1'.repeat(40), flag: '' });
  fs.appendFileSync(file, 'more');
  assert.deepEqual([manifest.find('a'), manifest.text(), [...manifest.pieces()]], ['unknown', undefined, []]);
  fs.unlinkSync(file);
  assert.deepEqual([manifest.find('a'), manifest.text(), [...manifest.pieces()]], ['unknown', undefined, []]);
});

function largeStore(t: TestContext) {
  const { root } = temporaryDirectory(t);
  const store = path.join(root, '.hg', 'store');
  const cacheFile = path.join(root, '.hg', 'wcache', 'manifestfulltextcache');
  fs.mkdirSync(store, { recursive: true });
  const files = names.map(name => ({ path: name, node: nodeOf(name) }));
  const [parent] = writeHistory({ store, cacheFile, files, children: [], filelogs: [] });
  const options = { vfs: new Vfs(), storeDirectory: store, hgDirectory: path.join(root, '.hg') };
  return { cacheFile, parent: parent!, store: openStore({ ...options, requirements: new Set(['store', 'fncache']) }) };
}

test('of a large manifest only what is looked for is read, all of it for many, until there is a rest', t => {
  const { store, parent, cacheFile } = largeStore(t);
  const length = fs.statSync(cacheFile).size;
  const tree = store.baseTree(parent);
  const reads = (name: string): number => {
    const before = store.counters.bytesRead;
    assert.equal(tree.find(bytePath(name))?.revision, nodeOf(name).toString('hex'));
    return store.counters.bytesRead - before;
  };
  // It is verified once.
  assert.ok(reads(names[0]!) > length - 100);
  for (let index = 1; index < 64; index++) assert.ok(reads(names[index]!) <= FEW_BYTES);
  assert.ok(reads(names[64]!) > length - 100);
  for (let index = 65; index < 300; index++) assert.equal(reads(names[index]!), 0);
  tree.release();
  const again = reads(names[65]!);
  assert.ok(again > 0 && again <= FEW_BYTES);
  assert.equal(store.counters.manifestCacheHits, 1);
  assert.equal(store.counters.deltasApplied, 0);
});

test('a cache that was replaced is not looked into', t => {
  const { store, parent, cacheFile } = largeStore(t);
  const tree = store.baseTree(parent);
  assert.ok(tree.find(bytePath(names[0]!)));
  fs.writeFileSync(cacheFile, 'something else');
  assert.equal(tree.find(bytePath(names[1]!))?.revision, nodeOf(names[1]!).toString('hex'));
  // It has been rebuilt from the history, and stays.
  tree.release();
  const before = store.counters.bytesRead;
  assert.ok(tree.find(bytePath(names[2]!)));
  assert.equal(store.counters.bytesRead, before);
});

test('a cache with a damaged text is not believed', t => {
  const { store, parent, cacheFile } = largeStore(t);
  const bytes = fs.readFileSync(cacheFile);
  bytes.write('f', bytes.length - 10);
  bytes.write('0', bytes.length - 9);
  fs.writeFileSync(cacheFile, bytes);
  const last = sorted.at(-1)!;
  assert.equal(store.baseTree(parent).find(bytePath(last))?.revision, nodeOf(last).toString('hex'));
  assert.equal(store.counters.manifestCacheHits, 0);
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { bytePath } from '../../../../src/base/bytePath.ts';
import type { ContentSource } from '../../../../src/base/fileStat.ts';
import type { BaseTree } from '../../../../src/status/types.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { openStore, type Store, type StoreFile } from '../../../../src/mercurial/store/store.ts';
import { makeRevlog, temporaryDirectory, writeRevlog, type Revision, type RevlogFiles } from './revlogWriter.ts';

const NULL = '0'.repeat(40);
const text = (value: string): Buffer => Buffer.from(value, 'latin1');

interface Source extends ContentSource {
  reads: number;
}

function source(content: string | Buffer, chunkSize = 3): Source {
  const bytes = typeof content === 'string' ? text(content) : content;
  return {
    size: bytes.length,
    reads: 0,
    *chunks() {
      this.reads++;
      for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
    },
  };
}

interface Repository {
  readonly directory: string;
  readonly store: Store;
  readonly vfs: Vfs;
  /** Nodes of the changesets, each with the manifest of the same number. */
  readonly changesets: readonly string[];
  readonly manifests: readonly string[];
  /** Nodes of the revisions of the file 'f'. */
  readonly files: readonly string[];
}

/** A changeset for each revision of the file 'f'. */
function repository(
  context: { after(cleanUp: () => void): void },
  revisions: readonly Revision[],
  directory = temporaryDirectory(context),
): Repository {
  const files = makeRevlog(revisions);
  const manifest = makeRevlog(
    files.nodes.map((node, i) => ({
      text: text(`d/x\0${'e'.repeat(40)}x\nf\0${node.toString('hex')}\nl\0${node.toString('hex')}l\n`),
      p1: i - 1,
    })),
  );
  const changelog = makeRevlog(
    manifest.nodes.map((node, i) => ({
      text: text(`${node.toString('hex')}\nme\n${i} 0\nf\n\nchange ${i}`),
      p1: i - 1,
    })),
  );
  const write = (name: string, log: RevlogFiles): void => writeRevlog(path.join(directory, 'store'), name, log);
  write('data/f', files);
  write('data/l', files);
  write('00manifest', manifest);
  write('00changelog', changelog);
  const vfs = new Vfs();
  const store = openStore({
    vfs,
    storeDirectory: path.join(directory, 'store'),
    hgDirectory: directory,
    requirements: new Set(['revlogv1', 'store', 'fncache', 'dotencode']),
  });
  const hex = (log: RevlogFiles): string[] => log.nodes.map(node => node.toString('hex'));
  return { directory, store, vfs, changesets: hex(changelog), manifests: hex(manifest), files: hex(files) };
}

function fileAt(from: Repository, changeset: number, name = 'f'): StoreFile {
  const file = from.store.baseTree(from.changesets[changeset]!).find(bytePath(name));
  assert.ok(file);
  return file;
}

test('nothing is read before the first find, and what is found is what the manifest says', t => {
  const made = repository(t, [{ text: text('abc') }]);
  const tree: BaseTree = made.store.baseTree(made.changesets[0]!);
  assert.equal(made.vfs.filesOpened, 0);
  const file = tree.find(bytePath('f'));
  assert.equal(file?.kind, 'file');
  assert.equal(file.revision, made.files[0]);
  assert.equal(tree.find(bytePath('l'))?.kind, 'symlink');
  assert.equal(tree.find(bytePath('d/x'))?.kind, 'executable');
  assert.equal(tree.find(bytePath('d')), undefined);
  assert.equal(tree.find(bytePath('g')), undefined);
  assert.equal(made.store.counters.revlogsOpened, 2);
  // The manifest's; of the changeset only the beginning is looked at.
  assert.equal(made.store.counters.textsRebuilt, 1);
});

test('the null revision has no files and reads nothing', t => {
  const made = repository(t, [{ text: text('abc') }]);
  const tree = made.store.baseTree(NULL);
  assert.equal(tree.find(bytePath('f')), undefined);
  assert.equal(tree.warning, undefined);
  assert.equal(made.vfs.filesOpened, 0);
  assert.throws(() => made.store.baseTree('abc'), { code: 'usage' });
});

test('an unknown revision is taken for the null revision, with a warning', t => {
  const made = repository(t, [{ text: text('abc') }]);
  const tree = made.store.baseTree('5'.repeat(40));
  assert.equal(tree.warning, undefined, 'nothing was read yet');
  assert.equal(tree.find(bytePath('f')), undefined);
  assert.match(tree.warning!, /5{40} is unknown/);
});

test('an equal file is told by its hash, without any text', t => {
  const made = repository(t, [{ text: text('abc') }, { text: text('abcd'), p1: 0 }]);
  const file = fileAt(made, 1);
  const rebuilt = made.store.counters.textsRebuilt;
  assert.equal(file.matches(source('abcd')), true);
  assert.equal(file.matches(source('abcx')), false);
  assert.equal(made.store.counters.hashMatches, 1);
  assert.equal(made.store.counters.textsRebuilt, rebuilt);
});

test('a file of another size is told without reading it', t => {
  const made = repository(t, [{ text: text('abc') }, { text: text('abcdefgh'), p1: 0 }]);
  const longer = source('abcdefghi');
  const shorter = source('abcdef');
  assert.equal(fileAt(made, 1).matches(longer), false);
  assert.equal(fileAt(made, 1).matches(shorter), false);
  assert.equal(longer.reads + shorter.reads, 0);
  assert.equal(made.store.counters.sizeMismatches, 2);
});

const COPY = `\x01\ncopy: old\ncopyrev: ${'7'.repeat(40)}\n\x01\n`;

test('metadata of a copy is no content', t => {
  const made = repository(t, [{ text: text(`${COPY}abc`) }]);
  const file = fileAt(made, 0);
  assert.equal(file.content().toString(), 'abc');
  assert.equal(file.matches(source('abc')), true);
  for (const other of ['abd', 'abcd', 'ab', '', COPY, `${COPY}abc`])
    assert.equal(file.matches(source(other)), false, other);
  const filelog = made.store.filelog(bytePath('f'))!;
  assert.deepEqual(filelog.copySource(0), { path: 'old', node: '7'.repeat(40) });
  assert.equal(made.store.counters.hashMatches, 0);
});

test('a block that names no source is no content either', t => {
  // The name of the source ended with the first byte of the mark.
  const text = `\x01\ncopy: old\x01\ncopyrev: ${'7'.repeat(40)}\n\x01\nnew\n`;
  const file = fileAt(repository(t, [{ text: Buffer.from(text) }]), 0);
  const content = text.slice(text.indexOf('\x01\n', 2) + 2);
  assert.equal(file.matches(source(content)), true);
  assert.equal(file.matches(source('new\n')), false);
});

test('content that begins like metadata has an empty block before it', t => {
  for (const content of ['\x01\n', '\x01\nabc', '\x01\n\x01\n', `${COPY}abc`]) {
    for (const parent of [false, true]) {
      const stored: Revision = { text: text(`\x01\n\x01\n${content}`), p1: parent ? 0 : -1 };
      const made = repository(t, [{ text: text('first') }, stored]);
      const file = fileAt(made, 1);
      assert.equal(file.content().toString('latin1'), content);
      const rebuilt = made.store.counters.textsRebuilt;
      for (const chunkSize of [1, 2, 100]) assert.equal(file.matches(source(content, chunkSize)), true);
      assert.equal(made.store.counters.hashMatches, 3);
      assert.equal(made.store.counters.textsRebuilt, rebuilt);
      assert.equal(file.matches(source(`\x01\n\x01\n${content}`)), false);
      assert.equal(file.matches(source(content.replace('\n', '\r'))), false);
    }
  }
});

test('contents shorter than the mark', t => {
  for (const content of ['', '\x01', 'a']) {
    const file = fileAt(repository(t, [{ text: text(content) }]), 0);
    assert.equal(file.matches(source(content)), true);
    assert.equal(file.matches(source(`${content}x`)), false);
    assert.equal(file.matches(source('b')), false);
  }
});

test('an unrecorded length costs a comparison, not the answer', t => {
  const made = repository(t, [
    { text: text('abc'), fullLength: -1 },
    { text: text(`${COPY}xyz`), fullLength: -1 },
  ]);
  assert.equal(fileAt(made, 0).matches(source('abc')), true);
  assert.equal(fileAt(made, 0).matches(source('abd')), false);
  assert.equal(fileAt(made, 0).matches(source('abcd')), false);
  assert.equal(fileAt(made, 1).matches(source('xyz')), true);
});

test('a censored revision equals only the empty file', t => {
  const tombstone = '\x01\ncensored: bad\n\x01\n';
  const made = repository(t, [{ text: text(tombstone), flags: 0x8000, node: Buffer.alloc(20, 3) }]);
  const file = fileAt(made, 0);
  assert.equal(file.matches(source('')), true);
  assert.equal(file.matches(source('x')), false);
  assert.equal(file.content().length, 0);
  assert.equal(made.store.filelog(bytePath('f'))!.isCensored(0), true);
});

test('where the node is of another history, contents are compared', t => {
  const made = repository(t, [{ text: text('abc'), flags: 0x4000, node: Buffer.alloc(20, 3) }]);
  assert.equal(fileAt(made, 0).matches(source('abc')), true);
  assert.equal(fileAt(made, 0).matches(source('abd')), false);
});

test('content kept elsewhere is compared by its size and SHA-256', t => {
  const sha256 = createHash('sha256').update('large').digest('hex');
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize 5\nx-is-binary 0\n`;
  const made = repository(t, [
    { text: text(pointer), flags: 0x2000, node: Buffer.alloc(20, 3) },
    { text: text('no pointer'), flags: 0x2000, node: Buffer.alloc(20, 4) },
  ]);
  const file = fileAt(made, 0);
  assert.equal(file.matches(source('large')), true);
  assert.equal(file.matches(source('LARGE')), false);
  const longer = source('larger');
  assert.equal(file.matches(longer), false);
  assert.equal(longer.reads, 0);
  assert.throws(() => file.content(), { code: 'unsupported', message: /has not been downloaded/ });
  const objects = path.join(made.directory, 'store/lfs/objects', sha256.slice(0, 2));
  fs.mkdirSync(objects, { recursive: true });
  fs.writeFileSync(path.join(objects, sha256.slice(2)), 'large');
  assert.equal(file.content().toString(), 'large');
  fs.writeFileSync(path.join(objects, sha256.slice(2)), 'wrong');
  assert.throws(() => file.content(), { code: 'unsupported' });
  assert.throws(() => fileAt(made, 1).matches(source('no pointer')), { code: 'corrupt' });
});

test("Mercurial's cache of manifests is used if it is right", t => {
  for (const [name, damage, hits] of [
    ['right', (bytes: Buffer) => bytes, 1],
    ['wrong text', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), text('!')]), 0],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -1), 0],
    [
      'huge length',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 20), Buffer.alloc(4, 255), bytes.subarray(24)]),
      0,
    ],
    ['empty', () => Buffer.alloc(0), 0],
  ] as const) {
    const made = repository(t, [{ text: text('abc') }]);
    const manifest = text(`d/x\0${'e'.repeat(40)}x\nf\0${made.files[0]}\nl\0${made.files[0]}l\n`);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(manifest.length);
    const other = Buffer.concat([Buffer.alloc(20, 1), Buffer.from('00000002ffff', 'hex')]);
    const cache = damage(Buffer.concat([Buffer.from(made.manifests[0]!, 'hex'), length, manifest]));
    fs.mkdirSync(path.join(made.directory, 'wcache'));
    fs.writeFileSync(path.join(made.directory, 'wcache/manifestfulltextcache'), Buffer.concat([other, cache]));
    assert.equal(fileAt(made, 0).matches(source('abc')), true, name);
    assert.equal(made.store.counters.manifestCacheHits, hits, name);
  }
});

test('an open store sees what is appended later', t => {
  const revisions: Revision[] = [{ text: text('abc') }, { text: text('abcd'), p1: 0 }, { text: text('x'), p1: 1 }];
  const made = repository(t, revisions.slice(0, 1));
  assert.equal(fileAt(made, 0).matches(source('abc')), true);
  const later = repository(t, revisions, made.directory);
  const file = made.store.baseTree(later.changesets[2]!).find(bytePath('f'));
  assert.ok(file);
  assert.equal(file.revision, later.files[2]);
  assert.equal(file.matches(source('x')), true);
  assert.equal(fileAt(made, 0).matches(source('abc')), true);
});

test('refresh opens again only what is another file by now', t => {
  const made = repository(t, [{ text: text('abc') }, { text: text('abcd'), p1: 0 }]);
  assert.equal(fileAt(made, 1).matches(source('abcd')), true);
  assert.equal(made.store.counters.revlogsOpened, 3);
  made.store.refresh();
  assert.equal(fileAt(made, 1).matches(source('abcd')), true);
  assert.equal(made.store.counters.revlogsOpened, 3);
  fs.appendFileSync(path.join(made.directory, 'store/data/f.i'), 'x');
  made.store.refresh();
  assert.equal(fileAt(made, 1).matches(source('abcd')), true);
  assert.equal(made.store.counters.revlogsOpened, 4);
});

test('a manifest of the same changeset is read once', t => {
  const made = repository(t, [{ text: text('abc') }]);
  fileAt(made, 0);
  const { bytesRead, textsRebuilt } = made.store.counters;
  fileAt(made, 0, 'l');
  assert.equal(made.store.counters.textsRebuilt, textsRebuilt);
  assert.equal(made.store.counters.bytesRead, bytesRead);
});

test('what the store lacks is corrupt', t => {
  const made = repository(t, [{ text: text('abc') }]);
  assert.throws(() => fileAt(made, 0, 'd/x').matches(source('')), {
    code: 'corrupt',
    message: /the store lacks revision e{40} of "d\/x"/,
  });
  assert.throws(() => made.store.manifest('5'.repeat(40)), { code: 'corrupt', message: /no manifest 5{40}/ });
  assert.equal(made.store.filelog(bytePath('none')), undefined);
  assert.throws(() => made.store.filelog(bytePath('../../f')), { code: 'corrupt' });
});

test('a history in Git is refused, and files that are kept elsewhere by name', () => {
  const store = (requirement: string): ReturnType<typeof openStore> => {
    const requirements = new Set(['store', requirement]);
    return openStore({ vfs: new Vfs(), storeDirectory: '/none', hgDirectory: '/none', requirements });
  };
  assert.throws(() => store('git'), { code: 'unsupported' });
  for (const requirement of ['exp-remotefilelog-repo-req-1', 'exp-sqlite-001']) {
    const code = 'unsupported';
    assert.equal(store(requirement).hasFilelogs, false);
    assert.throws(() => store(requirement).filelog(bytePath('a/b')), { code, message: /history of 'a\/b' is not/ });
    assert.equal(store(requirement).ownFilelog(bytePath('a/b')), undefined);
    assert.throws(() => store(requirement).content(bytePath('a/b'), '1'.repeat(40)), {
      code,
      message: /^the content of 'a\/b' is kept /,
    });
  }
});

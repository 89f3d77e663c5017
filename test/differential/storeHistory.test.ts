// A random history made by the real program, in every form in which it can keep one: every file of every changeset must
// have the content that the real program says it has.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { bytePath, toDisplay } from '../../src/base/bytePath.ts';
import type { Store, StoreFile } from '../../src/mercurial/store/store.ts';
import { HgServer } from '../support/hgServer.ts';
import { StoreRepository, contentSource, requirementsOf } from './storeRepository.ts';

/** Runs a command of the real program and answers its output, a byte string. */
type Hg = (...args: string[]) => Promise<string>;

function commandsIn(t: TestContext, root: string, config: readonly string[] = []): Hg {
  const server = new HgServer(root, config);
  t.after(() => server.close());
  return async (...args) => {
    const { code, output, errors } = await server.run(...args);
    if (code !== 0) throw new Error(`hg ${args.join(' ')}: ${errors}`);
    return output;
  };
}

interface ExpectedFile {
  readonly node: string;
  readonly kind: 'file' | 'executable' | 'symlink';
  readonly content: Buffer;
}

interface Expected {
  readonly node: string;
  readonly files: ReadonlyMap<string, ExpectedFile>;
  /** Names and nodes of the files, ordered. */
  readonly listed: readonly string[];
}

/** Numbers that look random and are the same in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomBytes(random: (below: number) => number, count: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: count }, () => random(256)));
}

function randomLines(random: (below: number) => number, count: number): string {
  return Array.from({ length: count }, (_, i) => `line ${i} ${'word '.repeat(random(5))}${random(1000)}\n`).join('');
}

/** Content of every kind that is stored differently. */
function newContent(random: (below: number) => number): Buffer {
  switch (random(9)) {
    case 0:
      return Buffer.alloc(0);
    case 1:
      return Buffer.from(`\x01\n${randomLines(random, random(4))}`);
    case 2:
      return Buffer.from('\x01\ncopy: a\n\x01\nrest');
    case 3:
      return randomBytes(random, random(3000));
    case 4:
      return randomBytes(random, random(8) === 0 ? 1_200_000 : 70_000);
    case 5:
      return Buffer.from(randomLines(random, random(8) === 0 ? 80_000 : 6_000));
    case 6:
      return Buffer.concat([Buffer.from([0]), randomBytes(random, 40)]);
    default:
      return Buffer.from(randomLines(random, random(60)));
  }
}

function edited(random: (below: number) => number, content: Buffer): Buffer {
  const at = random(content.length + 1);
  const end = Math.min(content.length, at + random(40));
  return Buffer.concat([content.subarray(0, at), Buffer.from(randomLines(random, random(3))), content.subarray(end)]);
}

async function makeHistory(repository: StoreRepository, hg: Hg, count: number, seed: number): Promise<void> {
  const random = generator(seed);
  for (let step = 0; step < count; step++) {
    const files = workingFiles(repository.root);
    const changes = step === 0 ? 30 : 2 + random(4);
    for (let i = 0; i < changes; i++) {
      const name = files[random(files.length)];
      const full = name === undefined ? '' : path.join(repository.root, name);
      const isFile = fs.lstatSync(full, { throwIfNoEntry: false })?.isFile() ?? false;
      const fresh = `${['', 'dir/', 'dir/sub/', 'Other/x/y/', `${'long'.repeat(20)}/`][random(5)]!}f${step}_${i}`;
      // With many files, few new ones, so that what is looked at is mostly their history.
      const action = files.length > 70 ? 3 + random(9) : random(12);
      if (name === undefined || action < 4) repository.write(fresh, newContent(random));
      else if (action < 8 && isFile) fs.writeFileSync(full, edited(random, fs.readFileSync(full)));
      else if (action === 8 && isFile) fs.chmodSync(full, random(2) === 0 ? 0o755 : 0o644);
      else if (action === 9 && isFile) await hg(random(2) === 0 ? 'mv' : 'cp', full, path.join(repository.root, fresh));
      else if (action === 10) fs.rmSync(full, { force: true });
      else if (isFile) {
        fs.rmSync(full);
        fs.symlinkSync(`target${random(10)}`, full);
      }
    }
    if (step % 10 === 7) await hg('branch', '-q', '-f', step % 20 === 7 ? 'größe' : 'default');
    await hg(
      'commit',
      '-q',
      '-A',
      '-m',
      `change ${step}\n\nüber`,
      '-u',
      'me',
      '-d',
      `${step * 1000} 0`,
      '--config',
      'ui.allowemptycommit=1',
    );
    if (step % 12 === 11) {
      // A second head, and a merge of both.
      await hg('update', '-q', '-C', '-r', `${step - 3}`);
      repository.write(`side${step}`, `side ${step}\n`);
      await hg('commit', '-q', '-A', '-m', `side ${step}`, '-u', 'me', '-d', '0 0');
      await hg('merge', '-q', '--tool', ':local', '-r', 'max(head() - .)');
      await hg('commit', '-q', '-m', `merge ${step}`, '-u', 'me', '-d', '0 0');
    }
  }
}

/** All files, all of which are tracked after a commit with `--addremove`; in the order of the real program. */
function workingFiles(root: string): string[] {
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(item => !item.isDirectory())
    .map(item => path.relative(root, path.join(item.parentPath, item.name)))
    .filter(name => !name.startsWith('.hg/'))
    .sort();
}

/** What the real program says of every changeset. A content is asked for once for each file node at each path. */
async function expectations(hg: Hg): Promise<Expected[]> {
  const nodes = (await hg('log', '-r', 'all()', '-T', '{node}\n')).trim().split('\n');
  const expected: Expected[] = [];
  const known = new Map<string, ExpectedFile>();
  for (const node of nodes) {
    const files = new Map<string, ExpectedFile>();
    const fresh: string[] = [];
    for (const line of (await hg('manifest', '--debug', '-r', node)).split('\n')) {
      const match = /^([0-9a-f]{40}) \d{3} ([ *@]) (.*)$/.exec(line);
      if (match === null) continue;
      const [, fileNode = '', mark = '', name = ''] = match;
      const same = known.get(`${fileNode} ${name}`);
      const kind = mark === '@' ? 'symlink' : mark === '*' ? 'executable' : 'file';
      files.set(name, { node: fileNode, kind, content: same?.content ?? NOT_ASKED });
      if (same === undefined) fresh.push(name);
    }
    const template = ['-T', '{path}\\0{data|hex}\\0'];
    const printed = fresh.length === 0 ? [] : (await hg('cat', '-r', node, ...template, ...paths(fresh))).split('\0');
    for (let i = 0; i + 1 < printed.length; i += 2) {
      const name = printed[i]!;
      const file = { ...files.get(name)!, content: Buffer.from(printed[i + 1]!, 'hex') };
      files.set(name, file);
      known.set(`${file.node} ${name}`, file);
    }
    assert.ok(![...files.values()].some(({ content }) => content === NOT_ASKED));
    expected.push({ node, files, listed: [...files].map(([name, file]) => `${name} ${file.node}`).sort() });
  }
  return expected;
}

const NOT_ASKED = Buffer.from('not asked');
const paths = (names: readonly string[]): string[] => names.map(name => `path:${name}`);

/** How the real program's template shows an extra: bytes that are not ASCII as hexadecimal. */
function escapeBytes(text: string): string {
  return text.replace(/[^\x00-\x7f]/gu, character => {
    const hex = Buffer.from(character, 'utf8').toString('hex');
    return hex.replace(/../g, '\\x$&');
  });
}

/** Returns how many files were compared, and how many different revisions of files there are among them. */
function compare(store: Store, expected: readonly Expected[]): { files: number; revisions: number } {
  let compared = 0;
  const seen = new Set<string>();
  for (const { node, files, listed: theirs } of expected) {
    const tree = store.baseTree(node);
    const manifest = store.manifest(store.changelog.manifestNode(store.changelog.findNode(node)));
    const listed = [...manifest.entries()].map(([name, entry]) => `${name} ${entry.node}`);
    assert.deepEqual(listed.sort(), theirs);
    for (const [name, { node: fileNode, kind, content }] of files) {
      const file = tree.find(bytePath(name));
      assert.ok(file, name);
      const where = `${name} in ${node}`;
      assert.equal(file.revision, fileNode, where);
      assert.equal(file.kind, kind, where);
      assert.equal(tree.find(bytePath(`${name}~`)), undefined);
      compared++;
      const key = `${fileNode} ${name}`;
      if (!seen.has(key)) compareContent(file, content, where);
      seen.add(key);
    }
    assert.equal(tree.warning, undefined);
  }
  return { files: compared, revisions: seen.size };
}

function compareContent(file: StoreFile, content: Buffer, where: string): void {
  assert.ok(file.content().equals(content), where);
  assert.equal(file.matches(contentSource(content)), true, where);
  const longer = Buffer.concat([content, Buffer.from('x')]);
  assert.equal(file.matches(contentSource(longer)), false, where);
  if (content.length === 0) return;
  const other = Buffer.from(content);
  other[other.length >> 1]! ^= 1;
  assert.equal(file.matches(contentSource(other)), false, where);
  assert.equal(file.matches(contentSource(content.subarray(1))), false, where);
}

/** Whether any of the store's revlogs is inline, and any is not. */
function forms(root: string): { inline: boolean; split: boolean } {
  const found = { inline: false, split: false };
  for (const name of fs.readdirSync(path.join(root, '.hg'), { recursive: true, encoding: 'latin1' })) {
    if (!/(?:data|dh)\/.*\.i$/.test(name)) continue;
    const header = fs.readFileSync(path.join(root, '.hg', name)).readUInt32BE(0);
    if ((header & 0x0001_0000) !== 0) found.inline = true;
    else found.split = true;
  }
  return found;
}

/** Compression, deltas, names of files and indexes have nothing to do with each other: each copy has some of them otherwise. */
const FORMS: readonly [string, readonly string[]][] = [
  ['no compression, no store', ['format.revlog-compression=none', 'format.usestore=0']],
  ['strong zstd, no fncache', ['storage.revlog.zstd.level=19', 'format.usefncache=0']],
  ['no general delta, no dotencode', ['format.usegeneraldelta=0', 'format.sparse-revlog=0', 'format.dotencode=0']],
  [
    'a tree that was flat, nodemap',
    [
      'experimental.treemanifest=1',
      'format.use-persistent-nodemap=1',
      'storage.revlog.persistent-nodemap.slow-path=allow',
    ],
  ],
];

test('every file of every changeset, in every form of storage', async t => {
  const original = new StoreRepository(t, []);
  const hg = commandsIn(t, original.root);
  const began = Date.now();
  await makeHistory(original, hg, 430, 1);
  t.diagnostic(`made in ${Date.now() - began} ms`);
  const expected = await expectations(hg);
  t.diagnostic(`asked in ${Date.now() - began} ms`);
  assert.ok(expected.length >= 500, String(expected.length));
  const files = expected.reduce((sum, each) => sum + each.files.size, 0);
  const contents = new Map(
    expected.flatMap(each => [...each.files].map(([name, file]) => [file.node + name, file.content])),
  );
  const total = { files, revisions: contents.size };
  assert.ok(files > 20_000 && contents.size > 700, JSON.stringify(total));
  assert.ok([...contents.values()].filter(({ length }) => length > 1_000_000).length >= 3);
  t.diagnostic(`${expected.length} changesets, ${files} files in them, ${contents.size} revisions of files`);

  await t.test('zstd', () => {
    assert.deepEqual(compare(original.open(), expected), total);
    assert.deepEqual(forms(original.root), { inline: true, split: true });
  });

  await t.test('changesets', async () => {
    const store = original.open();
    const template =
      '{manifest}\n{author}\n{date|hgdate}\n{branch}\n{join(extras, "|")}\n{join(files, "|")}\n{desc}\\0';
    const all = (await hg('log', '-r', 'all()', '--debug', '-T', template)).split('\0');
    expected.forEach(({ node }, number) => {
      const changeset = store.changelog.read(number);
      assert.equal(store.changelog.findNode(node), number);
      const extras = [...changeset.extra].map(([key, value]) => escapeBytes(`${key}=${value}`)).sort();
      const lines = [
        `${number}:${changeset.manifest}`,
        changeset.user,
        `${changeset.time} ${changeset.timezone}`,
        changeset.branch,
        (extras.length > 0 ? extras : ['branch=default']).join('|'),
        changeset.files.map(toDisplay).join('|'),
        changeset.description,
      ];
      assert.equal(lines.slice(1).join('\n'), toDisplay(all[number]!).split('\n').slice(1).join('\n'));
      assert.equal(changeset.manifest, all[number]!.split('\n')[0]!.split(':')[1]);
    });
  });

  for (const [name, config] of FORMS) {
    await t.test(name, t2 => {
      const copy = new StoreRepository(t2, config);
      copy.hg('pull', '-q', original.root);
      assert.deepEqual(compare(copy.open(), expected), total);
    });
  }

  await t.test('zlib, and upgraded', t2 => {
    const copy = new StoreRepository(t2, ['format.revlog-compression=zlib', 'format.sparse-revlog=0']);
    copy.hg('pull', '-q', original.root);
    const store = copy.open();
    assert.deepEqual(compare(store, expected), total);
    const options = ['revlog-compression=zstd', 'sparse-revlog=1'].flatMap(option => ['--config', `format.${option}`]);
    copy.hg(...options, 'debugupgraderepo', '-q', '--run', '--no-backup', '-o', 're-delta-all');
    assert.ok(requirementsOf(path.join(copy.root, '.hg')).has('revlog-compression-zstd'));
    assert.deepEqual(compare(copy.open(), expected), total);
    // The store that was opened before sees that all its files are others now.
    store.refresh();
    assert.deepEqual(compare(store, expected), total);
  });
});

test('a tree of manifests reads no directory that is not asked for', async t => {
  const config = ['experimental.treemanifest=1'];
  const repository = new StoreRepository(t, config);
  const hg = commandsIn(t, repository.root, config);
  await makeHistory(repository, hg, 12, 2);
  const expected = await expectations(hg);
  assert.ok(compare(repository.open(), expected).files > 50);

  const last = expected.at(-1)!;
  const atRoot = [...last.files.keys()].find(name => !name.includes('/'))!;
  const below = [...last.files.keys()].find(name => name.split('/').length === 2)!;
  const store = repository.open();
  const tree = store.baseTree(last.node);
  assert.ok(tree.find(bytePath(atRoot)));
  assert.equal(store.counters.revlogsOpened, 2);
  assert.ok(tree.find(bytePath(below)));
  assert.equal(store.counters.revlogsOpened, 3);
});

test('an open store follows commits, strips and splits of the real program', t => {
  const repository = new StoreRepository(t, ['extensions.strip=']);
  repository.write('a', 'one\n');
  const first = repository.commit('first');
  const store = repository.open();
  const matches = (node: string, content: string): boolean | undefined =>
    store
      .baseTree(node)
      .find(bytePath('a'))
      ?.matches(contentSource(Buffer.from(content)));
  assert.equal(matches(first, 'one\n'), true);
  repository.write('a', 'two\n');
  const second = repository.commit('second');
  assert.equal(matches(second, 'two\n'), true);
  repository.hg('strip', '-q', '--no-backup', second);
  repository.write('a', 'three\n');
  const third = repository.commit('third');
  assert.equal(matches(third, 'three\n'), true);
  assert.equal(matches(first, 'one\n'), true);
  // Grows the revlog beyond what stays inline.
  const random = generator(3);
  repository.write('a', randomBytes(random, 200_000));
  const large = repository.commit('large');
  assert.equal(matches(large, 'four\n'), false);
  repository.write('a', 'five\n');
  const fifth = repository.commit('fifth');
  assert.equal(matches(fifth, 'five\n'), true);
  assert.equal(matches(third, 'three\n'), true);
  assert.deepEqual(forms(repository.root), { inline: false, split: true });
  const gone = store.baseTree(second);
  store.refresh();
  assert.equal(gone.find(bytePath('a')), undefined);
  assert.match(gone.warning!, /is unknown/);
});

test("the real program's own cache of manifests is understood", t => {
  const repository = new StoreRepository(t, []);
  for (let i = 0; i < 5; i++) {
    repository.write('a', `${i}\n`);
    repository.write(`file${i}`, `${i}\n`);
    repository.commit(`change ${i}`);
  }
  assert.ok(fs.existsSync(path.join(repository.root, '.hg/wcache/manifestfulltextcache')));
  const store = repository.open();
  const file = store.baseTree(repository.node('.')).find(bytePath('a'));
  assert.equal(file?.matches(contentSource(Buffer.from('4\n'))), true);
  assert.equal(store.counters.manifestCacheHits, 1);
});

test('copies are what the real program recorded', t => {
  const repository = new StoreRepository(t, []);
  repository.write('old', 'content\n');
  repository.commit('first');
  const source = repository.hg('manifest', '--debug').slice(0, 40);
  repository.hg('mv', 'old', 'new');
  const node = repository.commit('second');
  const store = repository.open();
  const filelog = store.filelog(bytePath('new'));
  assert.deepEqual(filelog?.copySource(0), { path: 'old', node: source });
  const file = store.baseTree(node).find(bytePath('new'));
  assert.equal(file?.matches(contentSource(Buffer.from('content\n'))), true);
  assert.equal(file.matches(contentSource(Buffer.from('Content\n'))), false);
});

test('a file that the real program keeps as an LFS pointer is compared by its content', t => {
  const repository = new StoreRepository(t, ['extensions.lfs=', 'lfs.track=all()']);
  repository.write('large', 'large content\n');
  const first = repository.commit('first');
  const store = repository.open();
  const large = store.baseTree(first).find(bytePath('large'));
  assert.ok(large);
  assert.equal(store.filelog(bytePath('large'))?.pointer(0)?.size, 14);
  assert.equal(large.matches(contentSource(Buffer.from('large content\n'))), true);
  assert.equal(large.matches(contentSource(Buffer.from('Large content\n'))), false);
  assert.equal(large.content().toString(), 'large content\n');
});

test('a revision that the real program censored equals the empty file', t => {
  const repository = new StoreRepository(t, ['extensions.censor=']);
  repository.write('f', 'secret\n');
  const first = repository.commit('first');
  repository.write('f', 'public\n');
  const second = repository.commit('second');
  repository.hg('censor', '-r', first, 'f');
  const store = repository.open();
  const matches = (node: string, content: string): boolean | undefined =>
    store
      .baseTree(node)
      .find(bytePath('f'))
      ?.matches(contentSource(Buffer.from(content)));
  assert.equal(matches(first, 'secret\n'), false);
  assert.equal(matches(first, ''), true);
  assert.equal(matches(second, 'public\n'), true);
});

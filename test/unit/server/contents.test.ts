// Versions of files from repositories that the real hg makes, and the work that serving them costs.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nextTurn } from '../../../src/base/async.ts';
import { fromDisplay } from '../../../src/base/bytePath.ts';
import { currentEnvironment } from '../../../src/files/environment.ts';
import type { Store } from '../../../src/mercurial/store/store.ts';
import { Vfs } from '../../../src/files/vfs.ts';
import { Contents } from '../../../src/server/contents.ts';
import type { ContentAnswer } from '../../../src/server/protocol.ts';
import type { Snapshot } from '../../../src/workingCopy/backend.ts';
import { MercurialBackend } from '../../../src/backends/mercurial/mercurialBackend.ts';
import { MercurialQueries } from '../../../src/backends/mercurial/mercurialQueries.ts';
import { HgSandbox } from '../../support/hgSandbox.ts';

/** A repository of hg's, read as the live model reads it, but when the test says so. */
class Served {
  readonly sandbox: HgSandbox;
  readonly contents: Contents;
  readonly #backend: MercurialBackend;
  #snapshot: Snapshot | undefined;

  constructor(t: TestContext, files: Readonly<Record<string, string>>, options: readonly string[] = []) {
    this.sandbox = new HgSandbox(options);
    t.after(() => this.sandbox.dispose());
    this.sandbox.hg('.', ['init', 'repo']);
    this.write(files);
    if (Object.keys(files).length > 0) this.hg('commit', '-A', '-m', 'first');
    const environment = { ...currentEnvironment(), variables: { ...process.env, HGRCPATH: '' } };
    this.#backend = new MercurialBackend(this.sandbox.path('repo'), new Vfs(), environment);
    this.contents = new Contents({
      snapshot: () => this.#snapshot,
      settle: () => Promise.resolve(),
      queries: new MercurialQueries(this.#backend),
    });
    this.reload();
  }

  get store(): Store {
    return this.#backend.store(this.#snapshot!);
  }

  statCache(): WeakRef<object> {
    return new WeakRef(this.#snapshot!.input.statCache);
  }

  reload(): void {
    this.#snapshot = this.#backend.load(this.#snapshot);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) this.sandbox.write('repo', fromDisplay(name), content);
  }

  hg(...args: readonly string[]): string {
    return this.sandbox.hg('repo', args).toString('utf8');
  }

  node(revision = '.'): string {
    return this.hg('log', '-r', revision, '-T', '{node}');
  }

  ask(path: string, revision = 'base'): Promise<ContentAnswer> {
    return this.contents.answer({ path, revision, withBytes: true });
  }

  async text(path: string, revision = 'base'): Promise<string> {
    const answer = await this.ask(path, revision);
    if (answer.kind === 'none') return `${answer.reason}: ${answer.message}`;
    assert.equal(answer.size, answer.bytes?.length);
    return Buffer.from(answer.bytes!).toString('latin1');
  }
}

test('the base of a file is what its parent revision has, byte for byte', async t => {
  const served = new Served(t, { 'a.txt': 'one\r\ntwo\n', 'sub/dé.bin': '\0\u00ff\u0100', empty: '' });
  served.write({ 'a.txt': 'changed\n', 'new.txt': 'new\n' });
  assert.equal(await served.text('a.txt'), 'one\r\ntwo\n');
  assert.deepEqual(Buffer.from(await served.text('sub/dé.bin'), 'latin1'), Buffer.from('\0\u00ff\u0100'));
  assert.equal(await served.text('empty'), '');
  assert.equal(await served.text('new.txt'), "not-in-revision: 'new.txt' is not in the parent revision.");
  const answer = await served.ask('a.txt');
  assert.deepEqual(answer.kind === 'content' && [answer.changeset, answer.path, answer.type], [
    served.node(),
    'a.txt',
    'file',
  ]);
});

test('the base of a renamed or copied file is its source', async t => {
  const served = new Served(t, { 'old.txt': 'old\n', 'kept.txt': 'kept\n' });
  served.hg('rename', 'old.txt', 'new.txt');
  served.hg('copy', 'kept.txt', 'copy.txt');
  served.hg('copy', '--force', '--after', 'kept.txt', 'copy.txt');
  served.reload();
  const renamed = await served.ask('new.txt');
  assert.equal(renamed.kind === 'content' && renamed.path, 'old.txt');
  assert.equal(await served.text('new.txt'), 'old\n');
  assert.equal(await served.text('copy.txt'), 'kept\n');
  assert.equal(await served.text('old.txt'), 'old\n', 'a removed file has its own');
});

test('what is recorded of a copy is no part of the content, and a content that looks so is one', async t => {
  const served = new Served(t, { 'a.txt': 'a\n', marked: '\x01\nno metadata\x01\n' });
  served.hg('copy', 'a.txt', 'b.txt');
  served.hg('commit', '-m', 'copy');
  served.reload();
  assert.equal(await served.text('b.txt'), 'a\n');
  assert.equal(await served.text('marked'), '\x01\nno metadata\x01\n');
});

test('an executable and a symbolic link', async t => {
  const served = new Served(t, { run: '#!/bin/sh\n' });
  fs.chmodSync(served.sandbox.path('repo/run'), 0o755);
  fs.symlinkSync('run', served.sandbox.path('repo/link'));
  served.hg('commit', '-A', '-m', 'second');
  served.reload();
  const types = await Promise.all(['run', 'link'].map(name => served.ask(name)));
  assert.deepEqual(
    types.map(answer => answer.kind === 'content' && answer.type),
    ['executable', 'symlink'],
  );
  assert.equal(await served.text('link'), 'run');
});

test('other revisions: by node, and the second parent in a merge', async t => {
  const served = new Served(t, { 'a.txt': 'first\n' });
  const first = served.node();
  served.write({ 'a.txt': 'second\n' });
  served.hg('commit', '-m', 'second');
  served.hg('update', first);
  served.write({ 'a.txt': 'third\n' });
  served.hg('commit', '-m', 'third');
  served.reload();
  assert.equal(await served.text('a.txt', first), 'first\n');
  assert.equal(await served.text('a.txt', '1'.repeat(40)), 'no-such-revision: There is no revision 111111111111.');
  assert.equal(await served.text('b.txt', first), `not-in-revision: 'b.txt' is not in revision ${first.slice(0, 12)}.`);
  assert.equal(await served.text('a.txt', 'tip'), 'no-such-revision: "tip" is no revision.');
  assert.match(await served.text('a.txt', 'p2'), /^no-such-revision: There is no second parent/);
  served.sandbox.hg('repo', ['merge', '--tool', 'internal:local', '-r', '1']);
  served.reload();
  assert.equal(await served.text('a.txt', 'p2'), 'second\n');
  assert.equal(await served.text('a.txt'), 'third\n');
});

test('a file by its own node, and nothing by the null node', async t => {
  const served = new Served(t, { 'a.txt': 'a\n' });
  const answer = await served.ask('a.txt');
  assert.ok(answer.kind === 'content');
  served.write({ 'a.txt': 'changed\n' });
  served.hg('commit', '-m', 'second');
  served.reload();
  assert.equal(await served.text('a.txt', `file:${answer.node}`), 'a\n');
  assert.equal(await served.text('a.txt', `file:${'0'.repeat(40)}`), '');
  assert.equal(
    await served.text('a.txt', `file:${'1'.repeat(40)}`),
    "no-such-revision: 'a.txt' has no revision 111111111111.",
  );
  assert.equal(await served.text('a.txt', 'file:1'), 'no-such-revision: "1" is no revision of a file.');
});

test('a content is read once, and not again when something else was committed', async t => {
  const served = new Served(t, { 'a.txt': 'a\n', 'b.txt': 'b\n' });
  await served.text('a.txt');
  await served.text('a.txt');
  assert.deepEqual(served.contents.counters, { read: 1, remembered: 1, compared: 0 });
  served.write({ 'b.txt': 'another\n' });
  served.hg('commit', '-m', 'only b');
  const rebuilt = served.store.counters.textsRebuilt;
  served.reload();
  assert.deepEqual(served.contents.takeChangedBases(), []);
  assert.deepEqual(served.contents.counters, { read: 1, remembered: 1, compared: 1 });
  // One changeset, for its branch; its manifest is in Mercurial's cache, and nothing of the file is read.
  assert.equal(served.store.counters.textsRebuilt - rebuilt, 1);
  await served.text('a.txt');
  assert.deepEqual(served.contents.counters, { read: 1, remembered: 2, compared: 1 });
  assert.equal(served.store.counters.textsRebuilt - rebuilt, 1);
});

test('nothing is looked up when nothing recorded has changed', async t => {
  const served = new Served(t, { 'a.txt': 'a\n' });
  await served.text('a.txt');
  served.write({ 'a.txt': 'changed\n' });
  fs.writeFileSync(served.sandbox.path('repo/.hg/branch'), 'another\n');
  served.reload();
  assert.deepEqual(served.contents.takeChangedBases(), []);
  assert.equal(served.contents.counters.compared, 0);
});

test('the files whose base became another are told once, and only those asked about', async t => {
  const served = new Served(t, { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' });
  await served.text('a.txt');
  await served.text('b.txt');
  await served.text('new.txt');
  served.write({ 'a.txt': 'changed\n', 'c.txt': 'changed\n', 'new.txt': 'new\n' });
  served.hg('commit', '-A', '-m', 'second');
  served.reload();
  assert.deepEqual(served.contents.takeChangedBases().sort(), ['a.txt', 'new.txt']);
  assert.deepEqual(served.contents.takeChangedBases(), []);
  assert.equal(await served.text('a.txt'), 'changed\n');
  served.hg('update', '0');
  served.reload();
  assert.deepEqual(served.contents.takeChangedBases().sort(), ['a.txt', 'new.txt']);
  assert.equal(await served.text('a.txt'), 'a\n');
});

test('recording a copy changes the base of the copy', async t => {
  const served = new Served(t, { 'a.txt': 'a\n' });
  served.write({ 'b.txt': 'b\n' });
  served.hg('add', 'b.txt');
  served.reload();
  assert.match(await served.text('b.txt'), /^not-in-revision/);
  served.hg('copy', '--after', '--force', 'a.txt', 'b.txt');
  served.reload();
  assert.deepEqual(served.contents.takeChangedBases(), ['b.txt']);
  assert.equal(await served.text('b.txt'), 'a\n');
});

test('a change of which the snapshot knows, but nobody was told yet, is told', async t => {
  const served = new Served(t, { 'a.txt': 'a\n' });
  await served.text('a.txt');
  served.write({ 'a.txt': 'changed\n' });
  served.hg('commit', '-m', 'second');
  served.reload();
  // Asked between the change and its publication.
  assert.equal(await served.text('a.txt'), 'changed\n');
  assert.deepEqual(served.contents.takeChangedBases(), ['a.txt']);
});

test('damaged history is told as such', async t => {
  const served = new Served(t, { 'a.txt': 'a longer line, so that it is there\n' });
  const file = served.sandbox.path('repo/.hg/store/data/a.txt.i');
  const bytes = fs.readFileSync(file);
  bytes[bytes.length - 3]! ^= 1;
  fs.writeFileSync(file, bytes);
  assert.match(await served.text('a.txt'), /^damaged: .*a\.txt\.i: .*revision 0/);
});

test('a censored revision says so', async t => {
  const served = new Served(t, { 'a.txt': 'secret\n' }, ['--config', 'extensions.censor=']);
  const first = served.node();
  served.write({ 'a.txt': 'public\n' });
  served.hg('commit', '-m', 'second');
  served.hg('censor', '-r', first, 'a.txt');
  served.reload();
  assert.match(await served.text('a.txt', first), /^censored: The content of 'a\.txt' \(file revision [0-9a-f]{12}\)/);
  assert.equal(await served.text('a.txt'), 'public\n');
});

test('content on an LFS server: what is here is shown, what is missing is named', async t => {
  const served = new Served(t, {}, ['--config', 'extensions.lfs=', '--config', 'lfs.track=all()']);
  served.write({ 'big.bin': 'large content\n' });
  served.hg('commit', '-A', '-m', 'large', '--config', 'lfs.usercache=' + served.sandbox.path('cache'));
  served.reload();
  assert.equal(await served.text('big.bin'), 'large content\n');
  const other = new Served(t, {}, ['--config', 'extensions.lfs=', '--config', 'lfs.track=all()']);
  other.write({ 'big.bin': 'never seen\n' });
  other.hg('commit', '-A', '-m', 'large', '--config', 'lfs.usercache=' + other.sandbox.path('cache'));
  fs.rmSync(other.sandbox.path('repo/.hg/store/lfs'), { recursive: true });
  other.reload();
  assert.match(await other.text('big.bin'), /^not-downloaded: The content of 'big\.bin' .* LFS server/);
});

test('the bytes travel alone: no larger buffer goes with them', async t => {
  const served = new Served(t, { 'a.txt': 'a\n' });
  const answer = await served.ask('a.txt');
  assert.ok(answer.kind === 'content' && answer.bytes !== undefined);
  assert.equal(answer.bytes.buffer.byteLength, 2);
  const copy = structuredClone(answer);
  assert.deepEqual(copy.bytes, new Uint8Array([0x61, 0x0a]));
});

test('a repository that cannot be read has no contents', async () => {
  const contents = new Contents({
    snapshot: () => undefined,
    settle: () => Promise.resolve(),
    queries: new MercurialQueries(new MercurialBackend('/nowhere', new Vfs(), currentEnvironment())),
  });
  assert.deepEqual(await contents.answer({ path: 'a', revision: 'base', withBytes: true }), {
    kind: 'none',
    reason: 'unavailable',
    message: 'The repository cannot be read at the moment.',
  });
});

test('what was recorded before is not kept for the comparison', async t => {
  const served = new Served(t, { a: 'one\n' });
  assert.equal(await served.text('a'), 'one\n');
  assert.deepEqual(served.contents.takeChangedBases(), []);
  const before = served.statCache();
  served.hg('debugrebuildstate');
  served.reload();
  assert.notEqual(served.statCache().deref(), before.deref());
  // A reference that was looked at stays until the end of the turn.
  await nextTurn();
  collectGarbage();
  assert.equal(before.deref(), undefined);
  assert.deepEqual(served.contents.takeChangedBases(), []);
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

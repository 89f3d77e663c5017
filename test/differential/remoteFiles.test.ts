// Stores that keep contents of files outside of filelogs, and the user's cache of lfs: status and contents beside hg.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { hg, quicksilver, sameAnswer } from '../support/comparedCommands.ts';
import { OLD, RemoteSandbox } from '../support/remoteSandbox.ts';

const skip = process.platform === 'win32' ? 'a shell is used' : false;

test('SQLite: status by stats, comparisons of revisions, and contents refused by name', { skip }, async t => {
  const sandbox = new RemoteSandbox(t);
  if (!sandbox.has('sqlitestore')) {
    t.skip('hg has no extension sqlitestore');
    return;
  }
  const options = ['--config', 'extensions.sqlitestore=', '--config', 'storage.new-repo-backend=sqlite'];
  sandbox.hg('.', ...options, 'init', 'r');
  sandbox.write(
    'r/.hg/hgrc',
    '[extensions]\nsqlitestore =\n[storage]\nnew-repo-backend = sqlite\n[ui]\nusername = a\n',
  );
  const root = sandbox.path('r');
  for (const name of ['a', 'b', 'd/c']) sandbox.write(`r/${name}`, `${name}\n`);
  sandbox.touch('r/a', 'r/b', 'r/d/c');
  sandbox.hg('r', 'commit', '-qAm', 'one');
  sandbox.write('r/a', 'longer than before\n');
  sandbox.hg('r', 'commit', '-qm', 'two');
  fs.utimesSync(sandbox.path('r/a'), OLD + 9, OLD + 9);
  sandbox.hg('r', 'status');
  sandbox.write('r/b', 'of another size\n');
  sandbox.write('r/new', '');
  fs.rmSync(sandbox.path('r/d/c'));
  for (const args of [['-A'], ['--rev', '0', '--rev', '1', '-A'], ['--change', '1']]) {
    await sameAnswer(['status', ...args], root);
  }
  fs.utimesSync(sandbox.path('r/a'), OLD + 50, OLD + 50);
  const unsure = await quicksilver(['status'], root);
  assert.equal(unsure.code, 3);
  assert.equal(unsure.stdout, 'M b\n! d/c\n? new\n');
  assert.match(unsure.stderr, /^a: may be modified: the content of 'a' is kept in SQLite$/m);
  const cat = await quicksilver(['cat', 'b'], root);
  assert.match(cat.stderr, /^abort: b in [0-9a-f]{12}: the content of 'b' is kept in SQLite$/m);
});

test('remotefilelog: contents made here and fetched ones are compared and printed, others named', { skip }, async t => {
  const sandbox = new RemoteSandbox(t);
  if (!sandbox.has('remotefilelog')) {
    t.skip('hg has no extension remotefilelog');
    return;
  }
  sandbox.makeServer();
  for (const name of ['a', 'b', 'd/c']) sandbox.write(`server/${name}`, `${name}\n`);
  sandbox.write('server/meta', '\x01\nfoo');
  sandbox.hg('server', 'commit', '-qAm', 'one');
  sandbox.hg('server', 'copy', 'a', 'copied');
  sandbox.write('server/b', 'another\n');
  sandbox.hg('server', 'commit', '-qm', 'two');
  sandbox.shallowClone();
  const root = sandbox.path('r');
  const names = ['a', 'b', 'copied', 'd/c', 'meta'];
  sandbox.write('r/local', 'made here\n');
  sandbox.hg('r', 'commit', '-qAm', 'local');
  const questions = [
    ['status', '-A'],
    ['status', '--rev', '0', '--rev', '.'],
    ['cat', ...names, 'local'],
    ['cat', '-r', '0', 'a'],
  ];
  sandbox.touch(...[...names, 'local'].map(name => `r/${name}`));
  for (const args of questions) await sameAnswer(args, root);
  // Of equal size.
  for (const name of ['a', 'local', 'copied']) {
    const size = fs.statSync(sandbox.path(`r/${name}`)).size;
    sandbox.write(`r/${name}`, 'x'.repeat(size));
    fs.utimesSync(sandbox.path(`r/${name}`), OLD + 5, OLD + 5);
  }
  await sameAnswer(['status', '-A'], root);
  sandbox.removeFilesBelow('cache');
  const without = await quicksilver(['status'], root);
  assert.equal(without.code, 3);
  assert.equal(without.stdout, 'M local\n');
  assert.match(without.stderr, /^a: may be modified: the content of 'a' is kept elsewhere by remotefilelog /m);
  const cat = await quicksilver(['cat', 'b'], root);
  assert.match(cat.stderr, /^abort: b in [0-9a-f]{12}: the content of 'b' is kept elsewhere by remotefilelog /m);
  await sameAnswer(['cat', 'local'], root);
});

test('remotefilelog: log with files names the changesets that hg names', { skip }, async t => {
  const sandbox = new RemoteSandbox(t);
  if (!sandbox.has('remotefilelog')) {
    t.skip('hg has no extension remotefilelog');
    return;
  }
  sandbox.makeServer();
  for (const name of ['a', 'b', 'd/c', 'gone']) sandbox.write(`server/${name}`, `${name}\n`);
  sandbox.hg('server', 'commit', '-qAm', 'one');
  sandbox.hg('server', 'copy', 'a', 'copied');
  sandbox.hg('server', 'remove', 'gone');
  sandbox.write('server/b', 'another\n');
  sandbox.hg('server', 'commit', '-qm', 'two');
  sandbox.shallowClone();
  const root = sandbox.path('r');
  sandbox.write('r/local', 'made here\n');
  sandbox.write('r/d/c', 'changed here\n');
  sandbox.hg('r', 'commit', '-qAm', 'local');
  const questions = [
    ['b'],
    ['d'],
    ['d/c', 'local'],
    ['-r', '1:0', 'a', 'gone'],
    ['-G', 'gone'],
    ['nosuch'],
    ['-f', 'copied'],
    ['-T', '{rev} {files}\\n', 'b', 'd'],
  ];
  for (const question of questions) {
    const args = ['log', ...question];
    const [ours, theirs] = [await quicksilver(args, root), hg(args, root)];
    // Mercurial warns that it is slow here.
    assert.deepEqual([ours.code, ours.stdout], [theirs.code, theirs.stdout], `${args.join(' ')}: ${ours.stderr}`);
  }
  const patch = await quicksilver(['log', '-p', 'b'], root);
  assert.match(patch.stderr, /^abort: the history of 'b' is not kept in a filelog$/m);
});

test(
  'lfs: contents come from the repository or from the cache of the user, or the file is named',
  { skip },
  async t => {
    const sandbox = new RemoteSandbox(t);
    fs.mkdirSync(sandbox.path('r'));
    sandbox.hg('r', '--config', 'extensions.lfs=', 'init');
    const cache = sandbox.path('cache');
    sandbox.write(
      'r/.hg/hgrc',
      `[extensions]\nlfs =\n[lfs]\ntrack = size(">9B")\nusercache = ${cache}\n[ui]\nusername = a\n`,
    );
    const root = sandbox.path('r');
    sandbox.write('r/big', 'more than nine bytes\n');
    sandbox.write('r/small', 'small\n');
    sandbox.hg('r', 'commit', '-qAm', 'one');
    sandbox.touch('r/big', 'r/small');
    await sameAnswer(['cat', 'big', 'small'], root);
    sandbox.removeFilesBelow('r/.hg/store/lfs');
    const fromCache = await quicksilver(['cat', 'big'], root);
    assert.equal(fromCache.stdout, 'more than nine bytes\n');
    sandbox.removeFilesBelow('cache');
    // The pointer has size and hash, so the status needs no content.
    await sameAnswer(['status', '-A'], root);
    const cat = await quicksilver(['cat', 'big'], root);
    assert.match(cat.stderr, /^abort: big in [0-9a-f]{12}: .* is kept on an LFS server and has not been downloaded/m);
  },
);

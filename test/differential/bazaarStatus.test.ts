// `quicksilver status` in Bazaar working trees, byte for byte as `brz status` writes it. Every row of the second part is one
// thing that a status of a tree has to answer.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { bundle } from '../support/bundle.ts';
import { BRZ, base, environment, options, Tree } from '../support/comparedBazaar.ts';

const FORMS: readonly (readonly string[])[] = [
  [],
  ['-S'],
  ['-V'],
  ['-SV'],
  ['-v'],
  ['--show-ids'],
  ['--no-classify'],
  ['-S', '--no-classify'],
  ['--no-pending'],
  ['-S', '-q'],
];

function changes(tree: Tree): void {
  for (const name of ['a', 'dir/b', 'dir/c', 'gone', 'mode', 'to link', 'to dir', 'stays', 'moved/in'])
    tree.write(name, `${name}\n`);
  fs.symlinkSync('a', path.join(tree.root, 'link'));
  tree.write('.bzrignore', '*.o\n./build\n!keep.o\n');
  tree.commit('first');
  tree.write('a', 'A\n');
  tree.brz('mv', '-q', 'dir/b', 'b => é');
  tree.write('b => é', 'changed\n');
  tree.brz('mv', '-q', 'moved', 'dir/moved');
  tree.write('dir/moved/in', 'also changed\n');
  tree.brz('rm', '-q', '--keep', 'dir/c');
  tree.remove('gone');
  fs.chmodSync(path.join(tree.root, 'mode'), 0o755);
  tree.remove('to link');
  fs.symlinkSync('a', path.join(tree.root, 'to link'));
  tree.remove('to dir');
  tree.write('to dir/inner', 'i\n');
  tree.remove('link');
  fs.symlinkSync('b', path.join(tree.root, 'link'));
  tree.write('new/x', 'x\n');
  tree.write('new/deeper/y.o', 'y\n');
  tree.write('added', 'added\n');
  tree.write('added and gone', 'added\n');
  tree.brz('add', '-q', 'added', 'added and gone');
  tree.remove('added and gone');
  tree.write('x.o', 'x\n');
  tree.write('keep.o', 'x\n');
  tree.write('build/out', 'o\n');
}

test('changes of all kinds', options, async () => {
  const tree = new Tree('changes');
  await tree.compareForms();
  changes(tree);
  await tree.compareForms(FORMS);
  for (const paths of [
    ['dir'],
    ['a', 'stays'],
    ['new'],
    ['x.o'],
    ['nowhere', 'a'],
    ['b => é'],
    ['to dir'],
    ['.'],
    ['dir/c'],
  ])
    await tree.compare('-S', ...paths);
  await tree.compare('nowhere', 'new/x', 'dir/b');
});

test('older formats of repositories have the same dirstate', options, async () => {
  const tree = new Tree('pack-0.92', '--format=pack-0.92');
  changes(tree);
  await tree.compareForms();
});

test('one line for each pending merge, and with -v all they bring in', options, async () => {
  const tree = new Tree('pending');
  tree.write('a', 'a\n');
  tree.commit('first');
  const other = path.join(base, 'pending-other');
  tree.brz('branch', '-q', '.', other);
  for (const [i, author] of ['Bob <b@example.org>', 'c@example.org', 'Déb'].entries()) {
    fs.writeFileSync(path.join(other, `n${i}`), 'n\n');
    const message = `\n  message ${i} ${'long '.repeat(20)}\nsecond line`;
    tree.brz('add', '-q', path.join(other, `n${i}`));
    const time = ['--commit-time', '2001-02-03 23:05:06 -0300'];
    tree.brz('commit', '-q', '-m', message, '--author', author, ...time, other);
  }
  tree.write('b', 'b\n');
  tree.commit('second');
  tree.brz('merge', '-q', other);
  await tree.compareForms();
  assert.match(await tree.compare('-v'), /pending merges:\n {2}Déb 2001-02-03 message 2 .*\.\.\.\n {4}c@example/);
  assert.match(await tree.compare('-S'), /\nP {3}Déb/);
});

test('conflicts of all kinds', options, async () => {
  const tree = new Tree('conflicts');
  for (const name of ['both', 'ours deletes', 'theirs deletes', 'dir/in', 'renamed']) tree.write(name, `${name}\n`);
  tree.commit('base');
  const other = path.join(base, 'conflicts-other');
  tree.brz('branch', '-q', '.', other);
  const theirs = Object.assign(Object.create(Tree.prototype) as Tree, { root: other });
  theirs.write('both', 'theirs\n');
  theirs.write('ours deletes', 'theirs\n');
  theirs.write('new', 'theirs\n');
  theirs.write('dir/more', 'more\n');
  theirs.remove('theirs deletes');
  theirs.brz('mv', '-q', 'renamed', 'their name');
  theirs.commit('theirs');
  tree.write('both', 'ours\n');
  tree.write('theirs deletes', 'ours\n');
  tree.write('new', 'ours\n');
  for (const name of ['ours deletes', 'dir']) tree.remove(name);
  tree.brz('mv', '-q', 'renamed', 'our name');
  tree.commit('ours');
  tree.try('merge', '-q', other);
  await tree.compareForms();
  assert.match(await tree.compare('-S'), /\nC {3}Text conflict in both\n/);
  await tree.compare('-S', 'both', 'dir', 'our name');
  tree.brz('resolve', '-q', '--all');
  await tree.compareForms();
});

test('tree shape by file id: names may be exchanged, and come back with another id', options, async () => {
  const tree = new Tree('shape');
  for (const name of ['one', 'two', 'dir/x', 'dir/y']) tree.write(name, `${name}\n`);
  tree.commit('first');
  tree.brz('mv', '-q', 'one', 'three');
  tree.brz('mv', '-q', 'two', 'one');
  tree.brz('mv', '-q', 'three', 'two');
  tree.brz('rm', '-q', '--keep', 'dir/x');
  tree.brz('add', '-q', 'dir/x');
  await tree.compareForms();
  const lines = await tree.compare('-S');
  assert.match(lines, /^R {3}one => two$/m);
  assert.match(lines, /^-D {2}dir\/x\n\+N {2}dir\/x$/m);
});

test('nested trees are entered by no status', options, async () => {
  const tree = new Tree('nested');
  tree.write('a', 'a\n');
  tree.write('dir/in', 'in\n');
  tree.commit('first');
  tree.brz('init', '-q', path.join(tree.root, 'inner'));
  tree.write('inner/x', 'x\n');
  tree.brz('init', '-q', path.join(tree.root, 'dir'));
  await tree.compareForms();
  assert.match(await tree.compare('-S'), /^ K {2}dir\/ => dir\+\n D {2}dir\/in\n\? {3}inner\+$/m);
  tree.commit('second');
  tree.write('a', 'A\n');
  tree.brz('init', '-q', path.join(tree.root, 'unknown'));
  tree.write('unknown/y', 'y\n');
  fs.symlinkSync('/nothing/there', path.join(tree.root, 'away'));
  for (const form of [['-S', '-r1'], ['-r1'], ['-S', '-r-1']]) await tree.compare(...form);
  // The tree of the first path counts.
  for (const name of ['unknown', 'unknown/y', 'unknown/nothing', 'away', '.']) await tree.compare('-S', name);
});

test('options are abbreviated and taken back, and the later revision counts', options, async () => {
  const tree = new Tree('options');
  for (const text of ['1', '2', '3']) {
    tree.write('a', text);
    tree.commit(text);
  }
  tree.write('a', 'A');
  tree.write('dir/new', '');
  const forms = [
    '-S --no-short',
    '--no-short -S',
    '-V --no-versioned',
    '--no-classify --classify',
    '--no-pending --pending',
    '--show-ids --no-show-ids',
    '-S -q --no-quiet',
    '--vers',
    '--rev 1',
    '--change=2 --rev=1',
    '-r 1 -c 2',
    '--no-cl -S',
  ];
  for (const form of forms) await tree.compare(...form.split(' '));
  for (const form of ['--no-v', '--v', '--sho']) {
    await assert.rejects(tree.status([form]), /^QuicksilverError: option .* is ambiguous: --/);
  }
});

test('an alias adds options, and one of another command is rejected', options, async () => {
  const tree = new Tree('aliases');
  tree.write('a', '1');
  tree.commit('first');
  tree.write('a', '2');
  tree.commit('second');
  tree.write('new', '');
  tree.write('$HOME', '');
  const settings = path.join(base, 'settings', 'breezy', 'breezy.conf');
  const aliased = async (line: string, words: readonly string[]): Promise<void> => {
    fs.writeFileSync(settings, `[DEFAULT]\nstatus = log\n[ALIASES]\n# comment\n${line}\n`);
    const theirs = spawnSync(BRZ!, words, { cwd: tree.root, env: environment, encoding: 'latin1' });
    const [command = '', ...args] = words;
    const { code, text } = await tree.status(args, command);
    assert.deepEqual([code, text], [theirs.status, theirs.stdout], `${line}: ${words.join(' ')}`);
  };
  try {
    await aliased('status = status -S', ['status']);
    await aliased('status = status -S', ['st']);
    await aliased('st = stat -S "$HOME"', ['st']);
    await aliased('status =', ['status']);
    await aliased('status = st -S', ['status', '--no-short']);
    await aliased('cat = cat -r 1', ['cat', 'a']);
    fs.writeFileSync(settings, '[ALIASES]\nstatus = log\ncat = "\n');
    await assert.rejects(tree.status([]), /The alias status is not supported: 'log'/);
    await assert.rejects(tree.status(['a'], 'cat'), /The alias cat is not supported: '"'/);
  } finally {
    fs.rmSync(settings);
  }
});

test('lightweight checkouts, shared repositories and branches that moved on', options, async () => {
  const shared = path.join(base, 'shared');
  execFileSync(BRZ!, ['init-shared-repo', '-q', shared], { env: environment, cwd: base });
  const tree = new Tree('shared/trunk');
  tree.write('a', 'a\n');
  tree.commit('first');
  tree.brz('checkout', '-q', '--lightweight', '.', path.join(base, 'light weight'));
  const light = Object.assign(Object.create(Tree.prototype) as Tree, { root: path.join(base, 'light weight') });
  light.write('a', 'A\n');
  await light.compareForms();
  tree.write('a', 'b\n');
  tree.commit('second');
  await light.compareForms();
  assert.match((await light.status([])).complaints, /working tree is out of date/);
});

test('revisions against the working tree, and two revisions', options, async () => {
  const tree = new Tree('revisions');
  for (const name of ['a', 'dir/b', 'dir/c', 'x', 'k']) tree.write(name, `${name}\n`);
  tree.commit('first');
  tree.write('a', 'A\n');
  tree.brz('mv', '-q', 'dir/b', 'moved');
  fs.chmodSync(path.join(tree.root, 'x'), 0o755);
  tree.remove('k');
  fs.symlinkSync('a', path.join(tree.root, 'k'));
  tree.commit('second');
  tree.brz('mv', '-q', 'dir', 'folder');
  tree.write('folder/c', 'C\n');
  tree.write('new', 'n\n');
  tree.commit('third');
  tree.brz('rm', '-q', 'moved');
  tree.write('a', 'a\n');
  tree.write('unknown', 'u\n');
  for (const revision of [
    '1',
    '2',
    '-1',
    'last:2',
    'revno:1',
    'before:2',
    '0',
    '1..2',
    '2..1',
    '1..3',
    '0..3',
    '1..',
  ]) {
    await tree.compare('-S', '-r', revision);
  }
  await tree.compare('-S', '-c', '2');
  await tree.compare('--show-ids', '-r', '1..3');
  await tree.compare('-r', '1');
  for (const [revision, ...paths] of [
    ['1..2', 'dir'],
    ['1..3', 'dir/b', 'a'],
    ['1..3', 'folder'],
    ['1', 'moved', 'nowhere'],
    ['1', 'folder', 'unknown'],
    ['2', 'dir'],
  ] as const) {
    await tree.compare('-S', '-r', revision, ...paths);
  }
  for (const args of [['a'], ['-r', '1', 'a'], ['-r', '1', 'folder/c'], ['-r', '2', 'dir/c'], ['-r', '1', 'dir/b']]) {
    const expected = execFileSync(BRZ!, ['cat', ...args], { cwd: tree.root, env: environment, encoding: 'latin1' });
    assert.equal((await tree.status(args, 'cat')).text, expected, args.join(' '));
  }
  await assert.rejects(tree.status(['-r', '1', 'new'], 'cat'), /new is not in revision 1/);
  await assert.rejects(tree.status(['-r', '9']), /no revision '9'/);
});

test('a path that was removed and is there again, in comparisons with revisions', options, async () => {
  const tree = new Tree('again');
  for (const name of ['a', 'dir/b']) tree.write(name, `${name}\n`);
  tree.commit('first');
  tree.brz('rm', '-q', '--keep', 'a', 'dir/b');
  tree.commit('second');
  tree.brz('rm', '-q', '--keep', 'a');
  tree.write('unknown/deep/x', 'x\n');
  // Between two revisions, the order of these lines depends on random file ids.
  for (const args of [['2'], ['1'], ['1', 'a', 'dir'], ['2', 'unknown'], ['2', 'unknown/deep']] as const) {
    await tree.compare('-S', '-r', ...args);
  }
});

test('JSON has no ambiguous names', options, async () => {
  const tree = new Tree('json');
  tree.write('old', 'o\n');
  tree.commit('first');
  tree.brz('mv', '-q', 'old', 'a => b');
  tree.write('c\nd', 'c\n');
  const { text } = await tree.status(['-T', 'json']);
  const { changes: found } = JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) as { changes: unknown[] };
  assert.deepEqual(
    found.map(change => ({ ...(change as object), id: undefined })),
    [
      { status: '?  ', path: 'c\nd', kind: 'file', id: undefined },
      { status: 'R  ', path: 'a => b', source: 'old', kind: 'file', oldKind: 'file', id: undefined },
    ],
  );
});

test('the SHA-1 in the dirstate is used instead of reading files', options, async () => {
  const tree = new Tree('cached');
  for (let i = 0; i < 12; i++) tree.write(`f${i}`, `${i}\n`);
  tree.commit('first');
  tree.write('f0', 'changed\n');
  const old = new Date(Date.now() - 3_600_000);
  for (let i = 0; i < 12; i++) fs.utimesSync(path.join(tree.root, `f${i}`), old, old);
  assert.match((await tree.status(['--stats'])).complaints, /, 11 files read/);
  tree.later('status', '-q');
  assert.match((await tree.status(['--stats'])).complaints, /, 0 files read/);
  await tree.compareForms();
});

const HAS_STRACE = fs.existsSync('/usr/bin/strace');

test('the stats of a directory come together', { skip: options.skip || !HAS_STRACE }, () => {
  const tree = new Tree('together');
  for (let i = 0; i < 8; i++) tree.write(`dir/f${i}`, `${i}\n`);
  tree.commit('first');
  // Of the same size, so that every file has to be read.
  for (let i = 0; i < 8; i++) tree.write(`dir/f${i}`, `${9 - i}\n`);
  const cli = bundle('src/cli/main.ts', path.join(base, 'cli.cjs'));
  const log = path.join(base, 'strace.log');
  const command = [process.execPath, cli, 'status', '-R', tree.root];
  const env = { ...environment, QUICKSILVER_NATIVE: '0' };
  const { status } = spawnSync(
    '/usr/bin/strace',
    ['-f', '-e', 'trace=%file,getdents64,read', '-y', '-o', log, ...command],
    {
      env,
    },
  );
  assert.equal(status, 0);
  const calls = fs.readFileSync(log, 'latin1').split('\n');
  const name = /^\d+\s+(\w+)\(/;
  const isStat = (line: string): boolean =>
    /^(?:lstat|statx|newfstatat)$/.test(name.exec(line)?.[1] ?? '') && line.includes(`${tree.root}/dir/f`);
  const first = calls.findIndex(isStat);
  const own = calls.slice(first).filter(line => line.includes(tree.root));
  assert.deepEqual(
    own.slice(0, 8).map(line => /dir\/(f\d)/.exec(line)?.[1]),
    Array.from({ length: 8 }, (_, i) => `f${i}`),
  );
  assert.ok(own.slice(0, 8).every(isStat), own.slice(0, 9).join('\n'));
  assert.ok(
    own.slice(8).some(line => /^\d+\s+open/.test(line) && line.includes('/dir/f')),
    'files are read afterwards',
  );
  assert.ok(calls.filter(line => /^\d+\s+execve/.test(line)).length === 1, 'no process is started');
});

test('an invalid pattern does not matter while nothing is unknown, whoever scans', options, async () => {
  const tree = new Tree('invalid-pattern');
  tree.write('dir/sub/a', 'a\n');
  tree.write('.bzrignore', '');
  tree.commit('first');
  tree.write('.bzrignore', 'RE:(a\n');
  fs.chmodSync(path.join(tree.root, 'dir/sub/a'), 0o755);
  // Only a directory with something to report makes the scan ask.
  for (const nodes of ['0', '4000']) {
    process.env['QUICKSILVER_BULK_NODES'] = nodes;
    assert.match(await tree.compare('-S'), /^ {2}\* dir\/sub\/a$/m);
  }
  delete process.env['QUICKSILVER_BULK_NODES'];
});

test('what is unsupported is named', options, async () => {
  const tree = new Tree('refused');
  tree.write('a', 'a\n');
  tree.commit('first');
  const rules = path.join(base, 'settings', 'breezy', 'rules');
  fs.writeFileSync(rules, '[name *.txt]\neol = native\n');
  await assert.rejects(tree.status([]), /content filters/);
  fs.rmSync(rules);
  tree.brz('view', 'a');
  await assert.rejects(tree.status([]), /the view 'my' is in use/);
  tree.brz('view', '--delete');
  fs.rmSync(path.join(tree.root, 'a'));
  execFileSync('mkfifo', [path.join(tree.root, 'a')]);
  await assert.rejects(tree.status([]), /a fifo at a versioned path/);
});

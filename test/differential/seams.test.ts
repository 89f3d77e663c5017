// Seams between VS Code, the extension and the real hg: what the user agreed to reaches hg, and what hg leaves out is told.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { COMMAND_NAMES, CommandBench, person, said } from '../support/commandBench.ts';
import type { HgSandbox } from '../support/hgSandbox.ts';
import { noisyHooks } from '../support/noisyHooks.ts';

function commitFiles(sandbox: HgSandbox, ...files: readonly string[]): void {
  for (const file of files) sandbox.write('repo', file, `${file}\n`);
  sandbox.hg('repo', ['commit', '-q', '--addremove', '-m', files.join(' ')]);
}

async function benchWith(t: TestContext, prepare: (sandbox: HgSandbox) => void): Promise<CommandBench> {
  const answers = { ...person };
  t.after(() => Object.assign(person, answers));
  return CommandBench.start(t, { prepare });
}

const status = (bench: CommandBench): string[] => bench.hg('status', '--copies').split('\n').slice(0, -1);

function move(bench: CommandBench, from: string, to: string): { readonly oldUri: unknown; readonly newUri: unknown } {
  fs.renameSync(`${bench.root}/${from}`, `${bench.root}/${to}`);
  return { oldUri: bench.uri(from), newUri: bench.uri(to) };
}

test('a file that replaces a tracked one is recorded as renamed, with all others of its group', async t => {
  const bench = await benchWith(t, sandbox => commitFiles(sandbox, 'a', 'b', 'c', 'd/c', 'e', 'f'));
  const moves = [move(bench, 'a', 'b'), move(bench, 'c', 'd/c'), move(bench, 'e', 'd/e'), move(bench, 'f', 'g')];
  await bench.run('recordRenames', moves, 'always');
  const renamed = ['M b', '  a', 'M d/c', '  c', 'A d/e', '  e', 'A g', '  f', 'R a', 'R c', 'R e', 'R f'];
  assert.deepEqual(status(bench), renamed, said());
});

test('a rename that cannot be recorded keeps no other one from it, and its message comes once', async t => {
  const bench = await benchWith(t, sandbox => commitFiles(sandbox, 'a', 'b', 'sub/c'));
  const moves = [move(bench, 'a', 'x'), move(bench, 'b', 'y'), move(bench, 'sub/c', 'c')];
  fs.rmSync(`${bench.root}/x`);
  await bench.run('recordRenames', moves, 'always');
  assert.deepEqual(status(bench), ['A c', '  sub/c', 'A y', '  b', 'R b', 'R sub/c', '! a'], said());
  assert.equal(said().match(/not recording move/g)?.length, 1, said());
});

test('a push of secret changesets alone tells how many stay', async t => {
  const bench = await benchWith(t, sandbox => {
    commitFiles(sandbox, 'a');
    sandbox.hg('.', ['clone', '-q', 'repo', 'other']);
    commitFiles(sandbox, 'b');
    commitFiles(sandbox, 'c');
    sandbox.hg('repo', ['phase', '--secret', '--force', '1']);
    sandbox.write('repo', '.hg/hgrc', `[paths]\ndefault = ${sandbox.path('other')}\n`);
  });
  for (const command of ['push', 'pushAll', 'outgoing'] as const) {
    await bench.run(command);
    assert.match(said(), /2 changesets were not pushed: they are secret/, command);
  }
});

test('a commit without a user name offers to set one', async t => {
  const bench = await CommandBench.start(t, {
    prepare: sandbox => commitFiles(sandbox, 'a'),
    variables: () => ({ HGUSER: '', EMAIL: '' }),
  });
  const answers = { ...person };
  t.after(() => Object.assign(person, answers));
  fs.writeFileSync(`${bench.root}/a`, 'changed and longer\n');
  await bench.refresh();
  bench.repository.view.sourceControl.inputBox.value = 'message';
  // hg asks for a name, and gets none.
  person.text = () => '';
  person.button = () => undefined;
  await bench.run('commitAll');
  assert.match(said(), /No user name configured.*"Set User Name…"/);
});

test('a user name that a commit asks for is kept for the next commits', async t => {
  const bench = await CommandBench.start(t, {
    prepare: sandbox => commitFiles(sandbox, 'a'),
    variables: () => ({ HGUSER: undefined, EMAIL: undefined }),
    asks: true,
  });
  const answers = { ...person };
  const saved = process.env['HGRCPATH'];
  const hgrc = bench.sandbox.path('user.hgrc');
  process.env['HGRCPATH'] = hgrc;
  t.after(() => {
    Object.assign(person, answers);
    if (saved === undefined) delete process.env['HGRCPATH'];
    else process.env['HGRCPATH'] = saved;
  });
  fs.writeFileSync(`${bench.root}/a`, 'changed and longer\n');
  await bench.refresh();
  bench.repository.view.sourceControl.inputBox.value = 'message';
  person.text = () => 'Ada <ada@example.org>';
  await bench.run('commitAll');
  assert.equal(bench.hg('log', '-r', '.', '-T', '{author}: {desc}'), 'Ada <ada@example.org>: message');
  assert.equal(fs.readFileSync(hgrc, 'utf8'), '[ui]\nusername = Ada <ada@example.org>\n');
});

test('the words of a hook that rejects a command are shown', async t => {
  const bench = await CommandBench.start(t, {
    prepare: sandbox => {
      commitFiles(sandbox, 'a');
      sandbox.hg('.', ['init', 'other']);
      sandbox.write('.', 'other/.hg/hgrc', '[hooks]\nprechangegroup.x = echo too late today; exit 1\n');
      const hooks = '[hooks]\nprecommit.x = echo no ticket in the message; exit 1\n';
      sandbox.write('.', 'repo/.hg/hgrc', `[paths]\ndefault = ${sandbox.path('other')}\n${hooks}`);
    },
  });
  await bench.run('push');
  assert.match(said(), /Rejected by a hook: [^"]*too late today/);
  fs.writeFileSync(`${bench.root}/a`, 'changed and longer\n');
  await bench.refresh();
  bench.repository.view.sourceControl.inputBox.value = 'message';
  await bench.run('commitAll');
  assert.match(said(), /Rejected by a hook: [^"]*no ticket in the message/);
});

/** They need no repository, or are called by the extension with arguments of their own. */
const OTHERS: readonly string[] = ['clone', 'init', 'recordRenames', 'offerToResolve'];

test('every command has an answer in a repository without a commit', async t => {
  const bench = await benchWith(t, () => undefined);
  person.text = value => (value === '' ? 'name' : value);
  person.row = ([first]) => first;
  fs.writeFileSync(`${bench.root}/untracked`, '');
  await bench.refresh();
  for (const command of COMMAND_NAMES) {
    if (OTHERS.includes(command)) continue;
    await bench.run(command, bench.uri('untracked'));
    assert.doesNotMatch(said(), /0000000000|1970|Request .* failed|TypeError|undefined/, command);
    // Only some commands make a commit, or a branch.
    if (bench.hg('log', '-T', '{rev}') !== '')
      bench.hg('--config', 'extensions.strip=', 'strip', '-q', '--no-backup', '--keep', '0');
    bench.hg('branch', '-q', '--force', 'default');
    await bench.refresh();
  }
});

test('undo takes a merge back, whatever hooks write', async t => {
  const bench = await benchWith(t, sandbox => {
    commitFiles(sandbox, 'a');
    commitFiles(sandbox, 'b');
    sandbox.hg('repo', ['update', '-q', '0']);
    sandbox.hg('repo', ['branch', '-q', 'side']);
    commitFiles(sandbox, 'c');
    sandbox.hg('repo', ['merge', '-q', '1']);
    sandbox.hg('repo', ['commit', '-q', '-m', 'merge']);
    sandbox.write('repo', '.hg/hgrc', noisyHooks('log'));
  });
  await bench.run('undoCommit', { confirmed: true });
  assert.doesNotMatch(said(), /error:/);
  fs.writeFileSync(`${bench.root}/.hg/hgrc`, '');
  const parents = ['p1()', 'p2()'].map(parent => bench.hg('log', '--rev', parent, '--template', '{rev} {branch};'));
  assert.deepEqual(parents, ['2 side;', '1 default;'], said());
});

test('a name is ignored whatever its end is, and nothing else', async t => {
  const names = ['tab\t', 'two  ', 'feed\f', 'line\nbreak', 'return\r', 'hash#', 'back\\'];
  const bench = await benchWith(t, sandbox => {
    commitFiles(sandbox, 'a');
    for (const name of [...names, 'tab', 'two', 'feed', 'line', 'break', 'return', 'hash', 'back'])
      sandbox.write('repo', name, '');
  });
  for (const name of names) await bench.run('ignore', bench.uri(name));
  const unknown = ['.hgignore', 'back', 'break', 'feed', 'hash', 'line', 'return', 'tab', 'two'];
  const found = bench.hg('status', '--unknown', '--no-status', '--print0').split('\0').slice(0, -1).sort();
  assert.deepEqual(found, unknown, fs.readFileSync(`${bench.root}/.hgignore`, 'utf8'));
});

test('a line for .hgignore goes into no file outside', async t => {
  const bench = await benchWith(t, sandbox => {
    commitFiles(sandbox, 'a');
    sandbox.write('repo', 'new', '');
    sandbox.write('.', 'outside', 'mine\n');
    fs.symlinkSync('../outside', sandbox.path('repo/.hgignore'));
  });
  await bench.run('ignore', bench.uri('new'));
  assert.match(said(), /\.hgignore is a symbolic link/);
  assert.equal(fs.readFileSync(bench.sandbox.path('outside'), 'utf8'), 'mine\n');
  fs.rmSync(bench.sandbox.path('outside'));
  await bench.run('ignore', bench.uri('new'));
  assert.equal(fs.existsSync(bench.sandbox.path('outside')), false);
});

test('a parent that was rewritten is reported as obsolete, as soon as hg knows it', async t => {
  const bench = await benchWith(t, sandbox => {
    commitFiles(sandbox, 'a');
    commitFiles(sandbox, 'b');
  });
  const evolves = ['--config', 'experimental.evolution=createmarkers'];
  const agrees = async (expected: boolean): Promise<void> => {
    await bench.refresh();
    const { isObsolete = false } = bench.repository.model.head ?? {};
    assert.equal(isObsolete, bench.hg('log', '--rev', 'obsolete() and .', '--template', '{rev}') !== '');
    assert.equal(isObsolete, expected);
  };
  await agrees(false);
  const node = bench.hg('log', '--rev', '.', '--template', '{node}');
  bench.hg(...evolves, 'commit', '--amend', '-q', '-m', 'amended');
  // The parent is a successor now.
  await agrees(false);
  const amended = bench.hg('log', '--rev', '.', '--template', '{node}');
  bench.hg(...evolves, 'debugobsolete', amended);
  await agrees(true);
  bench.hg('phase', '--public', '--force', '.');
  await agrees(false);
  bench.hg('--hidden', 'update', '-q', '--rev', node);
  await agrees(true);
});

test('files that move into another repository are recorded in both, if the user wants it', async t => {
  const answers = { ...person };
  t.after(() => Object.assign(person, answers));
  const bench = await CommandBench.start(t, {
    prepare: sandbox => {
      commitFiles(sandbox, 'd/a', 'd/b', 'c');
      sandbox.write('repo', 'd/untracked', '');
      sandbox.hg('.', ['init', 'other']);
    },
    others: ['other'],
  });
  const there = bench.sandbox.path('other');
  const moves = (name: string): readonly unknown[] => {
    fs.renameSync(`${bench.root}/${name}`, `${there}/${name}`);
    return [{ oldUri: bench.uri(name), newUri: bench.uri(`../other/${name}`) }];
  };
  person.button = () => undefined;
  await bench.run('recordRenames', moves('c'), 'always');
  assert.match(said(), /'c' was moved into another repository/);
  assert.deepEqual(status(bench), ['! c', '? d/untracked']);
  person.button = ([record]) => record;
  await bench.run('recordRenames', moves('d'), 'always');
  assert.match(said(), /2 files were moved into another repository/);
  assert.equal(bench.all[1]!.model.counts.added, 2);
  assert.deepEqual(status(bench), ['R d/a', 'R d/b', '! c']);
  assert.equal(bench.sandbox.hg('other', ['status']).toString(), 'A d/a\nA d/b\n? c\n? d/untracked\n');
});

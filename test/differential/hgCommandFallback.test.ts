// Repositories that are refused, answered by the real hg through the server: the answer is that of `hg status`, hg is
// started as seldom as may be, and not at all where nobody has allowed it or needs it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { HgSandbox } from '../support/hgSandbox.ts';
import { HgServer } from '../support/hgServer.ts';
import { ServedRepository } from '../support/servedRepository.ts';

const STATUS = 'status --modified --added --removed --deleted --unknown --copies --template=FRAME';

/** Calls without the frame of their answer, which is another one each time. */
const withoutFrame = (calls: readonly string[]): string[] =>
  calls.map(call => call.replace(/--template=[^{]*\{""\}[^}]*\}(?:\\n)?/, '--template=FRAME'));

function serve(t: TestContext, prepare: (sandbox: HgSandbox) => void, options?: readonly string[]): ServedRepository {
  const served = new ServedRepository(prepare, options);
  t.after(() => served.dispose());
  return served;
}

function configure(sandbox: HgSandbox, ...lines: readonly string[]): void {
  fs.appendFileSync(sandbox.path('repo/.hg/hgrc'), `${lines.join('\n')}\n`);
}

function commitAll(sandbox: HgSandbox): void {
  sandbox.hg('repo', ['commit', '-q', '-A', '-m', 'first']);
}

/** A filter that makes a repository unsupported: for files that match patterns of another file. */
const ONLY_HG = 'include:.hg/none = cat';

/** A repository unsupported because of a filter, with changes of each kind and converted line ends. */
function withEol(sandbox: HgSandbox): void {
  sandbox.write('repo', '.hgeol', '[patterns]\n**.txt = native\n');
  for (const name of ['same.txt', 'changed.txt', 'removed.txt', 'missing.txt', 'source.txt']) {
    sandbox.write('repo', name, `${name}\nline\n`);
  }
  configure(
    sandbox,
    '[extensions]',
    'eol =',
    '[eol]',
    'native = CRLF',
    'fix-trailing-newline = no',
    '[encode]',
    ONLY_HG,
  );
  fs.writeFileSync(sandbox.path('repo/.hg/none'), '\\.none$\n');
  commitAll(sandbox);
  sandbox.write('repo', 'changed.txt', 'changed\r\n', 1_100_000_000);
  sandbox.write('repo', 'same.txt', 'same.txt\r\nline\r\n', 1_100_000_000);
  sandbox.write('repo', 'new.txt', 'new\n');
  sandbox.hg('repo', ['remove', 'removed.txt']);
  sandbox.hg('repo', ['rename', 'source.txt', 'target.txt']);
  fs.rmSync(sandbox.path('repo/missing.txt'));
}

const EOL_STATUS = [
  '! missing.txt',
  '? new.txt',
  'A target.txt < source.txt',
  'M changed.txt',
  'R removed.txt',
  'R source.txt',
];

interface Kind {
  readonly name: string;
  readonly reason: RegExp;
  readonly options?: readonly string[];
  readonly prepare: (sandbox: HgSandbox) => void;
  /** A change that is to be seen, and what is seen of it. */
  readonly change: (served: ServedRepository) => void;
}

const kinds: readonly Kind[] = [
  {
    name: 'eol',
    reason: /'include:\.hg\/none' is of a kind that is not supported/,
    prepare: withEol,
    change: served => served.write('same.txt', 'other\r\n'),
  },
  {
    name: 'encode and decode',
    reason: /'include:\.hg\/none' is of a kind that is not supported/,
    prepare: sandbox => {
      sandbox.write('repo', 'a.txt', 'abc\n');
      sandbox.write('repo', 'b.txt', 'abc\n');
      configure(sandbox, '[encode]', ONLY_HG, '*.txt = tr A-Z a-z', '[decode]', '*.txt = tr a-z A-Z');
      fs.writeFileSync(sandbox.path('repo/.hg/none'), '\\.none$\n');
      commitAll(sandbox);
      sandbox.write('repo', 'a.txt', 'ABC\n', 1_100_000_000);
      sandbox.write('repo', 'b.txt', 'ABD\n', 1_100_000_000);
    },
    change: served => served.write('a.txt', 'ABCD\n'),
  },
  {
    name: 'an ignore pattern that cannot be translated',
    reason: /pattern/,
    prepare: sandbox => {
      sandbox.write('repo', '.hgignore', 'syntax: regexp\n^(?:(a)|x)*(?(1)bc|bd)$\n');
      sandbox.write('repo', 'a', 'a\n');
      commitAll(sandbox);
      sandbox.write('repo', 'abc', 'ignored\n');
      sandbox.write('repo', 'bd', 'ignored\n');
      sandbox.write('repo', 'be', 'unknown\n');
    },
    change: served => served.write('a', 'changed\n'),
  },
];

for (const { name, reason, options, prepare, change } of kinds) {
  test(`${name}: the answer is that of hg, and says why it is asked`, async t => {
    const served = serve(t, prepare, options);
    await served.setHgPolicy(true);
    await served.open();
    assert.equal(served.state.kind, 'fallback', served.problem);
    assert.match(served.problem, reason);
    assert.notDeepEqual(served.expected, []);
    assert.deepEqual(served.entries, served.expected);
    assert.equal(served.head?.branch, 'default');
    change(served);
    const before = served.entries;
    await served.hint('');
    assert.deepEqual(served.entries, served.expected);
    assert.notDeepEqual(served.entries, before);
    assert.deepEqual(served.calls.slice(0, 2), ['version --quiet', 'serve --cmdserver=pipe']);
    assert.deepEqual(served.calls.length, 2);
    assert.deepEqual([...new Set(withoutFrame(served.commands))], [`${STATUS} by server`]);
  });
}

test('each status, and an untouched file with other line ends is clean', async t => {
  const served = serve(t, withEol);
  await served.setHgPolicy(true);
  await served.open();
  assert.deepEqual(served.entries, EOL_STATUS);
});

test('its subrepositories are told of, as they come and go', async t => {
  const served = serve(t, sandbox => {
    withEol(sandbox);
    sandbox.hg('.', ['init', 'repo/sub']);
    sandbox.write('repo', '.hgsub', 'sub = ../sub\ngit = [git]../git\n');
    sandbox.hg('repo', ['add', '.hgsub']);
  });
  await served.setHgPolicy(true);
  await served.open();
  assert.equal(served.state.kind, 'fallback', served.problem);
  const parts = (): string[] =>
    served.subrepositories.map(({ path: at, kind, isPresent }) => `${at} ${kind} ${isPresent ? 'there' : '-'}`);
  assert.deepEqual(parts(), ['git git -', 'sub hg there']);
  assert.deepEqual(served.entries, served.expected);
  served.write('.hgsub', 'sub = ../sub\nother = ../other\n');
  await served.hint('');
  assert.deepEqual(parts(), ['other hg -', 'sub hg there']);
  served.hg('forget', '.hgsub');
  await served.hint('');
  assert.deepEqual(parts(), []);
});

test('contents come from hg, converted as working files are, and once only', async t => {
  const served = serve(t, withEol);
  await served.setHgPolicy(true);
  await served.open();
  const base = async (name: string): Promise<string> => {
    const answer = await served.content(name, 'base');
    return answer.kind === 'content' ? `${answer.path}: ${Buffer.from(answer.bytes!).toString()}` : answer.reason;
  };
  assert.equal(await base('same.txt'), 'same.txt: same.txt\r\nline\r\n');
  assert.equal(await base('same.txt'), 'same.txt: same.txt\r\nline\r\n');
  assert.equal(await base('target.txt'), 'source.txt: source.txt\r\nline\r\n');
  assert.equal(await base('new.txt'), 'not-in-revision');
  assert.equal(served.commands.filter(command => command.startsWith('cat ')).length, 3);
  const first = served.head!.firstParent;
  served.hg('commit', '-q', '-m', 'second', 'target.txt', 'source.txt');
  await served.until(() => served.changedBases.includes('same.txt'));
  assert.deepEqual([...served.changedBases].sort(), ['new.txt', 'same.txt', 'target.txt']);
  assert.equal(await base('target.txt'), 'target.txt: source.txt\r\nline\r\n');
  const old = await served.content('target.txt', first);
  assert.equal(old.kind === 'none' && old.reason, 'not-in-revision');
  const wrong = await served.content('target.txt', 'p2');
  assert.equal(wrong.kind === 'none' && wrong.reason, 'no-such-revision');
  assert.deepEqual(served.calls.length, 2);
});

test('commands are followed, and hg is not asked because of what it writes itself', async t => {
  const served = serve(t, withEol);
  await served.setHgPolicy(true);
  await served.open();
  served.hg('commit', '-q', '-m', 'second');
  await served.until(() => served.entries.join() === '! missing.txt,? new.txt');
  served.hg('branch', '-q', 'other');
  await served.until(() => served.head?.branch === 'other');
  await served.settle();
  const before = served.commands.length;
  // Each of these makes hg write a dirstate, caches and a lock.
  for (let i = 0; i < 3; i++) await served.refresh();
  assert.ok(served.commands.length - before <= 6, `${served.commands.length - before} questions`);
  const settled = served.commands.length;
  // Events of what hg has written would have come by now: a change made after it is noticed by an event, too.
  served.write('mark', '');
  await served.until(() => served.entries.includes('? mark'));
  await served.settle();
  assert.ok(served.commands.length - settled <= 2, `${served.commands.length - settled} questions`);
});

test('nothing is started where nobody has allowed it', async t => {
  const served = serve(t, withEol);
  await served.open();
  await served.hint('', 'changed.txt');
  await served.refresh();
  assert.deepEqual([...served.states], ['refused']);
  assert.match(served.problem, /'include:\.hg\/none' is of a kind that is not supported/);
  assert.deepEqual(served.entries, []);
  await served.setHgPolicy(true);
  await served.settle();
  assert.deepEqual(served.entries, EOL_STATUS);
  await served.setHgPolicy(false);
  await served.settle();
  assert.equal(served.state.kind, 'refused');
  assert.deepEqual(served.entries, []);
  const calls = served.calls;
  await served.refresh();
  await served.hint('');
  assert.deepEqual(served.calls, calls);
});

test('nothing is started for a repository that is supported', async t => {
  const served = serve(t, sandbox => {
    sandbox.write('repo', 'a', 'a\n');
    commitAll(sandbox);
    sandbox.write('repo', 'b', 'b\n');
  });
  await served.setHgPolicy(true);
  await served.open();
  served.write('a', 'changed\n');
  await served.hint('a', '');
  await served.refresh();
  assert.equal(served.state.kind, 'ready');
  assert.deepEqual(served.entries, ['? b', 'M a']);
  assert.deepEqual(served.calls, []);
});

test('a repository that becomes supported is answered natively, and back', async t => {
  const served = serve(t, withEol);
  await served.setHgPolicy(true);
  await served.open();
  const hgrc = path.join(served.root, '.hg/hgrc');
  const config = fs.readFileSync(hgrc);
  fs.writeFileSync(hgrc, '');
  await served.until(() => served.state.kind === 'ready');
  await served.settle();
  assert.deepEqual(served.entries, served.expected);
  const { length } = served.calls;
  await served.hint('');
  assert.equal(served.calls.length, length);
  fs.writeFileSync(hgrc, config);
  await served.until(() => served.state.kind === 'fallback' && served.entries.length > 0);
  await served.settle();
  assert.deepEqual(served.entries, EOL_STATUS);
});

test('rules that a running server has read are read again', async t => {
  const served = serve(t, sandbox => {
    withEol(sandbox);
    sandbox.write('repo', '.hgignore', `include:rules\nsyntax: glob\n*.two\n`);
    sandbox.write('repo', 'rules', 'syntax: glob\n*.one\n');
    sandbox.write('.', 'outside', 'syntax: glob\n*.three\n');
    sandbox.write('.', 'hgrc', `[ui]\nignore = ${sandbox.path('outside')}\n`);
    for (const name of ['f.one', 'f.two', 'f.three']) sandbox.write('repo', name, '');
  });
  const hgrc = fs.readFileSync(served.sandbox.path('hgrc'), 'utf8');
  const ignored = (): string[] => ['f.one', 'f.two', 'f.three'].filter(name => !served.entries.includes(`? ${name}`));
  await served.setHgPolicy(true);
  await served.open();
  assert.deepEqual(ignored(), ['f.one', 'f.two', 'f.three']);
  // None of these touches the dirstate.
  served.write('rules', 'syntax: glob\n*.none\n');
  await served.refresh();
  assert.deepEqual(ignored(), ['f.two', 'f.three']);
  fs.writeFileSync(served.sandbox.path('outside'), 'syntax: glob\n*.xxxxx\n');
  await served.refresh();
  assert.deepEqual(ignored(), ['f.two']);
  served.write('.hgignore', 'include:rules\n');
  await served.refresh();
  assert.deepEqual(ignored(), []);
  assert.equal(served.calls.filter(call => call.startsWith('serve')).length, 1);
  // The person's own configuration is read when hg starts.
  fs.writeFileSync(served.sandbox.path('more'), 'syntax: glob\n*.one\n');
  fs.writeFileSync(served.sandbox.path('hgrc'), `${hgrc}ignore.more = ${served.sandbox.path('more')}\n`);
  await served.refresh();
  assert.deepEqual(ignored(), ['f.one']);
  assert.equal(served.calls.filter(call => call.startsWith('serve')).length, 2);
});

test('(a server of hg itself goes on with the rules of an included file)', async t => {
  const served = serve(t, sandbox => {
    sandbox.write('repo', '.hgignore', 'include:rules\n');
    sandbox.write('repo', 'rules', 'syntax: glob\n*.one\n');
    sandbox.write('repo', 'f.one', '');
    commitAll(sandbox);
  });
  const server = new HgServer(served.root);
  assert.equal((await server.run('status')).output, '');
  served.write('rules', 'syntax: glob\n*.two\n');
  // What the test before this one is about: if this is no longer so, it need not be.
  assert.equal((await server.run('status')).output, 'M rules\n');
  await server.close();
  assert.deepEqual(served.expected, ['? f.one', 'M rules']);
});

test('what a person has configured does not change the answer', async t => {
  const served = serve(t, sandbox => {
    withEol(sandbox);
    const hostile = [
      '[defaults]',
      'status = --all --rev 0',
      '[alias]',
      'status = version',
      'serve = version',
      '[ui]',
      'verbose = yes',
      'quiet = yes',
      'debug = yes',
      'formatted = yes',
      'color = always',
      'paginate = always',
      'relative-paths = yes',
      'interactive = yes',
      '[pager]',
      'pager = cat -n',
      '[color]',
      'mode = ansi',
      '[commands]',
      'status.terse = u',
      'status.verbose = yes',
      'status.relative = yes',
      '[extensions]',
      'color =',
      'pager =',
    ];
    sandbox.write('.', 'hgrc', `${hostile.join('\n')}\n`);
  });
  await served.setHgPolicy(true);
  await served.open();
  assert.deepEqual(served.entries, EOL_STATUS);
});

test('names that are not UTF-8 arrive as they are', { skip: process.platform !== 'linux' }, async t => {
  const served = serve(t, sandbox => {
    withEol(sandbox);
    sandbox.write('repo', 'caf\xe9', '');
    sandbox.write('repo', 'caf\xc3\xa9', '');
  });
  await served.setHgPolicy(true);
  await served.open();
  assert.deepEqual(
    served.entries.filter(entry => entry.startsWith('? caf')),
    ['? caf\u00e9', '? caf\udce9'],
  );
});

test('what hg says when it fails is shown, and it is asked again when something has changed', async t => {
  const served = serve(t, sandbox => {
    withEol(sandbox);
    fs.appendFileSync(sandbox.path('repo/.hg/requires'), 'exp-unheard-of\n');
  });
  await served.setHgPolicy(true);
  await served.open();
  assert.equal(served.state.kind, 'failed');
  assert.match(served.problem, /exp-unheard-of.* hg was asked instead and did not answer: abort: .*exp-unheard-of/);
  const requires = path.join(served.root, '.hg/requires');
  fs.writeFileSync(requires, fs.readFileSync(requires, 'utf8').replace('exp-unheard-of\n', ''));
  await served.until(() => served.state.kind === 'fallback' && served.entries.length > 0);
  assert.deepEqual(served.entries, EOL_STATUS);
});

// Mercurial writes no more than this file. No released version that was tried gives a status there.
test('a history in Git is named, and hg is asked where it may run', async t => {
  const served = serve(t, sandbox => {
    const git = (...args: readonly string[]): void => {
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a', ...args], { cwd: sandbox.path('repo') });
    };
    fs.rmSync(sandbox.path('repo/.hg'), { recursive: true });
    git('init', '-q');
    sandbox.write('repo', 'a', 'a\n');
    git('add', '.');
    git('commit', '-qm', 'first');
    sandbox.write('repo', '.hg/requires', 'git\n');
  });
  await served.open();
  assert.equal(served.state.kind, 'refused');
  assert.equal(served.problem, 'History that is kept in Git (the requirement git) is not supported.');
  assert.equal(served.calls.length, 0);
  await served.setHgPolicy(true);
  await served.until(() => served.state.kind === 'failed');
  assert.match(served.problem, /the requirement git.* hg was asked instead and did not answer: .*git/);
  assert.ok(served.calls.includes('serve --cmdserver=pipe'));
});

test('an hg that is killed in the middle of it is started again', async t => {
  const served = serve(t, sandbox => {
    withEol(sandbox);
    // The first status kills the process it runs in; the next ones do not.
    const once = sandbox.path('once');
    configure(sandbox, '[hooks]', `pre-status = test -e ${once} || { touch ${once}; kill -9 $PPID; }`);
  });
  await served.setHgPolicy(true);
  await served.open();
  assert.deepEqual(served.entries, EOL_STATUS);
  assert.deepEqual(withoutFrame(served.calls), ['version --quiet', 'serve --cmdserver=pipe', STATUS]);
  await served.refresh();
  assert.deepEqual(served.calls.slice(3), ['serve --cmdserver=pipe']);
});

test('an hg that the setting names and is none is told of', async t => {
  const served = serve(t, withEol);
  await served.setHgPolicy(true, '/no/such/hg');
  await served.open();
  assert.equal(served.state.kind, 'refused');
  assert.match(
    served.problem,
    /'include:\.hg\/none' is of a kind that is not supported.* '\/no\/such\/hg' \(quicksilver\.path\) was not found or is not executable\.$/,
  );
  assert.deepEqual(served.calls, []);
  await served.setHgPolicy(true);
  await served.settle();
  assert.deepEqual(served.entries, EOL_STATUS);
});

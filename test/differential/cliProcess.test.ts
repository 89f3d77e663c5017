// The command line as a process: exit codes, broken pipes, signals; and the commands that need a real repository.
import assert from 'node:assert/strict';
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, beforeEach, describe, test } from 'node:test';
import { findHg } from '../../src/hgCommand/hgExecutable.ts';
import { bundle } from '../support/bundle.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const PIPE_SCRIPT = '"$0" "$1" status -R "$2" -u | head -n 1; echo "${PIPESTATUS[0]}"';

let base = '';
let cli = '';
let root = '';
let count = 0;

function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { ...process.env, HGRCPATH: '', HGPLAIN: '1', ...more };
}

function hg(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('hg', args, { cwd: root, env: environment(), encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}

function run(args: readonly string[], more: Record<string, string> = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [cli, ...args], { cwd: root, env: environment(more), encoding: 'utf8' });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A PATH on which `hg` is a script; the real one is at $HG. */
function pathWithHg(script: string): Record<string, string> {
  const directory = join(base, `bin-${count}`);
  mkdirSync(directory);
  writeFileSync(join(directory, 'hg'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: [directory, process.env['PATH']].join(delimiter), HG: findHg() ?? '' };
}

const closedSkip = process.platform === 'linux' ? false : 'only Linux tells what Node does to a closed descriptor';
const skip = process.platform === 'win32' ? 'written for a POSIX shell' : false;

describe('the quicksilver process', { skip }, () => {
  before(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'quicksilver-process-')));
    // As the product is built: bundled, with no module called 'vscode' to be had.
    cli = bundle('src/cli/main.ts', join(base, 'cli.cjs'));
  });

  beforeEach(() => {
    root = join(base, `r${++count}`);
    mkdirSync(root);
    hg('init');
    write('.hgignore', 'syntax: glob\n*.o\nsyntax: regexp\n^build/\n^gen$\n');
    write('a', 'a\n');
    write('b', 'b\n');
    hg('add', '-q');
    hg('commit', '-m', 'one', '-u', 'somebody');
    hg('copy', 'a', 'a2');
    write('b', 'changed\n');
    write('new', '');
    write('x.o', '');
  });

  after(() => removeTree(base));

  test('status answers as hg does', () => {
    const { status, stdout, stderr } = run(['status', '-A', '-C', '-T', 'json']);
    assert.deepEqual([status, stdout, stderr], [0, hg('status', '-A', '-C', '-T', 'json'), '']);
  });

  test('help and version', () => {
    assert.equal(run(['--version']).stdout, 'quicksilver 0.1.0\n');
    const help = run(['--help']);
    assert.equal(help.status, 0);
    assert.match(help.stdout, /^usage: quicksilver /m);
    assert.equal(run(['status', '--help']).stdout, run(['help', 'status']).stdout);
    const nothing = run([]);
    assert.deepEqual([nothing.status, nothing.stdout, nothing.stderr], [255, '', help.stdout]);
  });

  test('errors are one line, and the exit code is 255', () => {
    for (const [args, message] of [
      [['satus'], "unknown command 'satus'; did you mean 'status'?"],
      [
        ['frobnicate'],
        "unknown command 'frobnicate'; there are: status, cat, annotate, log, watch, daemon, prompt, debugignore, doctor, completion, manpage",
      ],
      [
        ['constructor'],
        "unknown command 'constructor'; there are: status, cat, annotate, log, watch, daemon, prompt, debugignore, doctor, completion, manpage",
      ],
      [['d'], "command 'd' is ambiguous: daemon, debugignore, doctor"],
      [['status', '--cwd', 'nope'], `${root}/nope: no such directory`],
      [['watch', 'a'], 'quicksilver watch takes no paths: it watches the whole repository'],
      [['doctor', 'a'], 'quicksilver doctor takes no paths: it looks at the whole repository'],
      [['debugignore'], 'quicksilver debugignore needs a path to explain'],
    ] as const) {
      const { status, stdout, stderr } = run(args);
      assert.deepEqual([status, stdout, stderr], [255, '', `abort: ${message}\n`]);
    }
  });

  test('in a working tree of another system, commands for Mercurial alone name those there are', () => {
    const git = join(base, `git-${count}`);
    for (const folder of ['objects', 'refs']) mkdirSync(join(git, '.git', folder), { recursive: true });
    writeFileSync(join(git, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    const bazaar = join(base, `bazaar-${count}`);
    mkdirSync(join(bazaar, '.bzr', 'checkout'), { recursive: true });
    for (const [folder, hint] of [
      [git, "(in a Git working tree, there is only 'quicksilver status')"],
      [bazaar, "(in a Bazaar working tree, there are only 'quicksilver status' and 'cat')"],
    ] as const) {
      const message = `abort: no repository at '${folder}' (.hg not found)`;
      for (const args of [['log'], ['annotate', 'a'], ['debugignore', 'a'], ['doctor'], ['watch']]) {
        const { status, stderr } = run([...args, '-R', folder]);
        assert.deepEqual([args, status, stderr], [args, 255, `${message}\n${hint}\n`]);
      }
    }
    assert.equal(run(['log', '-R', base]).stderr, `abort: no repository at '${base}' (.hg not found)\n`);
  });

  test('a repository that must be refused: exit code 3 and one line', () => {
    appendFileSync(join(root, '.hg', 'requires'), 'exp-sparse\n');
    for (const command of ['status', 'watch']) {
      const { status, stderr } = run([command]);
      assert.equal(status, 3);
      assert.match(stderr, /^abort: .*exp-sparse.*\n$/);
    }
  });

  test('a damaged repository: exit code 255', () => {
    writeFileSync(join(root, '.hg', 'dirstate'), 'too short');
    const { status, stderr } = run(['status']);
    assert.equal(status, 255);
    assert.match(stderr, /^abort: .*dirstate.*\n$/);
  });

  test('a current directory that is gone: exit code 255, as for hg', () => {
    const args = [
      '-c',
      'mkdir gone && cd gone && rmdir ../gone && "$0" "$1" -R "$2" status',
      process.execPath,
      cli,
      root,
    ];
    const { status, stderr } = spawnSync('bash', args, { cwd: root, env: environment(), encoding: 'utf8' });
    assert.equal(status, 255);
    assert.equal(stderr, 'abort: error getting current working directory: No such file or directory\n');
  });

  test('a reader that goes away is no reason to complain', () => {
    for (let i = 0; i < 5000; i++) write(`many/${'long-name-'.repeat(10)}${i}`, '');
    const args = ['-c', PIPE_SCRIPT, process.execPath, cli, root];
    const { stdout, stderr } = spawnSync('bash', args, { env: environment(), encoding: 'utf8' });
    assert.deepEqual([stdout, stderr], [`? many/${'long-name-'.repeat(10)}0\n255\n`, '']);
  });

  test('a disk that is full is', { skip: process.platform !== 'linux' }, () => {
    const args = ['-c', '"$0" "$1" status > /dev/full', process.execPath, cli];
    const { status, stderr } = spawnSync('bash', args, { cwd: root, env: environment(), encoding: 'utf8' });
    assert.equal(status, 255);
    assert.match(stderr, /^abort: ENOSPC.*\n$/);
  });

  test('a closed standard output is an error once there is output, as for hg', { skip: closedSkip }, () => {
    const shell = (program: readonly string[], redirection: string) =>
      spawnSync('bash', ['-c', `"$@" ${redirection}; exit $?`, 'bash', ...program], {
        cwd: root,
        env: environment(),
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    const cases: [ours: string[], theirs: string[]][] = [
      [['status'], ['status']],
      [
        ['status', '-T', 'json'],
        ['status', '-T', 'json'],
      ],
      [
        ['status', '--rev', '0'],
        ['status', '--rev', '0'],
      ],
      [
        ['status', '-q', '-X', 'a2', '-X', 'b'],
        ['status', '-q', '-X', 'a2', '-X', 'b'],
      ], // prints nothing
      [
        ['cat', 'a'],
        ['cat', 'a'],
      ],
      [['log'], ['log']],
      [
        ['annotate', 'a'],
        ['annotate', 'a'],
      ],
      [
        ['debugignore', 'a'],
        ['debugignore', 'a'],
      ],
      [['help'], ['help']],
      [['--version'], ['--version']],
    ];
    for (const [ours, theirs] of cases) {
      const expected = shell([findHg() ?? 'hg', ...theirs], '>&-');
      const { status, stderr } = shell([process.execPath, cli, ...ours], '>&-');
      assert.deepEqual([ours, status, stderr], [ours, expected.status, expected.stderr]);
    }
    for (const ours of [
      ['prompt', '--init', 'bash'],
      ['doctor', '--no-hg'],
      ['completion', 'bash'],
      ['manpage'],
      ['watch'],
    ]) {
      const { status, stderr } = shell([process.execPath, cli, ...ours], '>&-');
      assert.deepEqual([ours, status, stderr], [ours, 255, 'abort: Bad file descriptor\n']);
    }
    // Output that is thrown away is no closed one, whoever throws it away.
    assert.equal(shell([process.execPath, cli, 'status'], '>/dev/null').status, 0);
    const ignored = { cwd: root, env: environment(), stdio: 'ignore' } as const;
    assert.equal(spawnSync(process.execPath, [cli, 'status'], ignored).status, 0);
    const inherited = ['-c', '"$@"; exit $?', 'bash', process.execPath, cli, 'status'];
    assert.equal(spawnSync('bash', inherited, ignored).status, 0);
  });

  test('debugignore prints what hg prints', () => {
    write('build/deep/x', '');
    write('sub/y.o', '');
    for (const path of ['x.o', 'build/deep/x', 'sub/y.o', 'sub/build/x', 'gen/x', 'gen', 'a']) {
      assert.equal(run(['debugignore', path]).stdout, hg('debugignore', path));
    }
  });

  test('warnings about ignore files come before the abort, as for hg', () => {
    write('.hgignore', 'syntax: nonsense\nre:[\nsyntax: other\n');
    const theirs = spawnSync('hg', ['status'], { cwd: root, env: environment(), encoding: 'utf8' });
    for (const command of [['status'], ['debugignore', 'x.o']]) {
      const { status, stderr } = run(command);
      const lines = stderr.trimEnd().split('\n');
      assert.deepEqual([status, lines.slice(0, -1)], [theirs.status, theirs.stderr.trimEnd().split('\n').slice(0, -1)]);
      assert.match(lines.at(-1)!, /^abort: .*\.hgignore:2: invalid pattern \(relre\): \[$/);
    }
  });

  test('debugignore aborts at a pattern that is valid only together with others, as for hg', () => {
    for (const [lines, path] of [
      ['(x\n.o)\n', 'x.o'],
      ['(no\n.no)\n^x\n', 'x.o'],
      ['^x\n(no\n.no)\n', 'x.o'],
      ['(no\n.no)\n', 'x.o'],
    ] as const) {
      write('.hgignore', lines);
      const theirs = spawnSync('hg', ['debugignore', path], { cwd: root, env: environment(), encoding: 'utf8' });
      const ours = run(['debugignore', path]);
      assert.deepEqual([lines, ours.status], [lines, theirs.status], ours.stderr);
      const said = ours.stderr.replace(/^abort: .*\.hgignore:\d+: /, 'abort: ');
      assert.equal(said, theirs.stderr);
    }
  });

  test('debugignore says that a tracked file is not ignored, and which directory is, in the order of paths', () => {
    hg('add', 'x.o');
    const ignoreFile = join(root, '.hgignore');
    const { stdout } = run(['debugignore', 'x.o', 'a', '.', 'gen/x']);
    assert.deepEqual(stdout.split('\n'), [
      ' is not ignored',
      'a is not ignored',
      'gen/x is ignored because of containing directory gen',
      `(ignore rule in ${ignoreFile}, line 5: '^gen$')`,
      'x.o is tracked, and so not ignored',
      `(ignore rule in ${ignoreFile}, line 2: '*.o')`,
      '',
    ]);
  });

  test('doctor: no difference, although the configuration gives hg other manners', () => {
    write('.hg/hgrc', '[alias]\nstatus = status -m\n[defaults]\nstatus = -n\n[ui]\nquiet = yes\n');
    const { status, stdout } = run(['doctor'], { HGPLAINEXCEPT: 'alias' });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^This repository is supported, and the answer is that of `hg status`\.$/m);
    assert.match(stdout, /^- Requirements: .*`revlogv1`/m);
    assert.match(stdout, /^- Entries: 4$/m);
    assert.match(stdout, /^- 1 modified, 1 added, 0 removed, 0 deleted, 1 unknown, 1 ignored, 2 clean$/m);
  });

  test('doctor: difference by difference, exit code 1', () => {
    const json = [
      { path: 'a', status: 'M' },
      { path: 'a2', status: 'A' },
      { path: 'b', status: 'M' },
      { path: '.hgignore', status: 'C' },
      { path: 'new', status: '?' },
      { path: 'else', status: '?' },
    ];
    const all = [...json, { path: 'answer.json', status: '?' }];
    write('answer.json', all.map(row => `${JSON.stringify(row)}\n`).join(''));
    // Each row begins with what precedes the fields in the template, as hg writes it.
    const frame = `frame=$(printf '%s\\n' "$@" | sed -n 's/^\\(--template=\\)\\{0,1\\}\\(.*\\){dict(.*/\\2/p' | sed 's/{""}//')`;
    const { status, stdout } = run(['doctor'], pathWithHg(`${frame}; sed "s/^/$frame/" '${root}/answer.json'`));
    assert.equal(status, 1);
    assert.match(
      stdout,
      /^This repository is supported, but the answer differs from that of `hg status` for 4 paths\.$/m,
    );
    assert.deepEqual(stdout.slice(stdout.indexOf('## Comparison')).split('\n').slice(2), [
      '- `a`: C here, M by hg',
      '- `a2`: A from `a` here, A by hg',
      '- `else`: not listed here, ? by hg',
      '- `x.o`: I here, not listed by hg',
      '',
    ]);
  });

  test('doctor: hg that is not there, fails, or answers something else', () => {
    const without = run(['doctor'], { PATH: '' });
    assert.equal(without.status, 0);
    // Where installers put it, it is found all the same.
    assert.match(
      without.stdout,
      /the answer is that of `hg status`|Mercurial \(hg\) was not found\. Install Mercurial/,
    );
    const unasked = run(['doctor', '--no-hg'], pathWithHg('echo "it must not be asked" >&2; exit 7'));
    assert.equal(unasked.status, 0);
    assert.match(unasked.stdout, /^This repository is supported\.$/m);
    assert.doesNotMatch(unasked.stdout, /Comparison/);
    count++;
    const failing = run(['doctor'], pathWithHg('echo "it is broken" >&2; exit 7'));
    assert.equal(failing.status, 255);
    assert.match(failing.stdout, /did not answer:\n\n {4}it is broken\n/);
    count++;
    const silent = run(['doctor'], pathWithHg('exit 0'));
    assert.equal(silent.status, 1);
    assert.match(silent.stdout, /not listed by hg/);
  });

  test('doctor: what is refused, with all reasons', () => {
    appendFileSync(join(root, '.hg', 'requires'), 'parentdelta\nmanifestv2\n');
    const { status, stdout } = run(['doctor']);
    assert.equal(status, 3);
    assert.match(stdout, /^This repository is not supported:\n\n- .*parentdelta.*\n- .*manifestv2/m);
    assert.match(stdout, /^- Requirements: .*`manifestv2`/m);
  });

  test('watch tells the state, then changes, until it is interrupted', async () => {
    const child = spawn(process.execPath, [cli, 'watch'], {
      cwd: root,
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<number | null>(resolve => child.once('close', resolve));
    const known = new Map<string, string>();
    const expected = ['new unknown', 'late unknown', 'b modified'];
    let interrupted = false;
    for await (const line of createInterface({ input: child.stdout })) {
      const update = JSON.parse(line) as {
        settled: boolean;
        reset: boolean;
        cleared: string[];
        changed: { path: string; status: string }[];
      };
      if (update.reset) known.clear();
      for (const path of update.cleared) known.delete(path);
      for (const { path, status } of update.changed) known.set(path, status);
      if (!update.settled || interrupted) continue;
      if (!known.has('late')) {
        assert.deepEqual([known.get('a2'), known.get('b'), known.get('x.o')], ['added', 'modified', 'ignored']);
        write('late', '');
      } else {
        assert.deepEqual(
          expected.filter(item => known.get(item.split(' ')[0]!) !== item.split(' ')[1]),
          [],
        );
        interrupted = child.kill('SIGINT');
      }
    }
    assert.equal(await ended, 0);
  });
});

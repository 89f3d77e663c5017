// Commands that people run, through the server and the real hg: whatever the person has configured, in order, with what hg
// asks, and with the result known when the command has ended.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { nextTurn } from '../../src/base/async.ts';
import type { HgRunResult } from '../../src/server/hgProtocol.ts';
import type { HgSandbox } from '../support/hgSandbox.ts';
import type { HgCall, HgFlag } from '../../src/hgCommand/hgCall.ts';
import { ServedRepository } from '../support/servedRepository.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const FILES = ['a.txt', 'b.txt', 'c.txt'];

async function serve(
  t: TestContext,
  prepare: (sandbox: HgSandbox) => void = () => undefined,
): Promise<ServedRepository> {
  const served = new ServedRepository(sandbox => {
    for (const name of FILES) sandbox.write('repo', name, `${name}\n`);
    sandbox.hg('repo', ['commit', '-q', '-A', '-m', 'first']);
    fs.appendFileSync(sandbox.path('hgrc'), '[ui]\nusername = tester\n');
    prepare(sandbox);
  });
  t.after(() => served.dispose());
  await served.setHgPolicy(true);
  await served.open();
  return served;
}

const PARENT_MESSAGE: HgCall = {
  verb: 'log',
  options: [
    ['--rev', '.'],
    ['--template', '{desc}'],
  ],
};
/** A tool that the extension never names, to have hg ask something. */
const MERGE_BY_PROMPT: HgCall = { verb: 'merge', options: ['--tool=:prompt' as HgFlag] };

function log({ sandbox }: ServedRepository): string[] {
  const args = ['log', '--template', '{desc|firstline}: {join(files, " ")}\n'];
  return sandbox.hg('repo', args).toString('utf8').split('\n').slice(0, -1);
}

function commit(
  served: ServedRepository,
  message: string,
  files: readonly string[],
  signal?: AbortSignal,
): Promise<HgRunResult> {
  return served.run({ verb: 'commit', options: ['--logfile=-'], input: message, files }, signal);
}

function code(result: HgRunResult): string {
  return result.kind === 'ended'
    ? `${result.code} ${result.errors}`
    : result.kind === 'stopped'
      ? result.reason
      : result.message;
}

/** Configurations that have broken programs which run hg. */
const hostile: Readonly<Record<string, string>> = {
  defaults: '[defaults]\ncommit = --amend\nlog = --follow -v\nadd = --dry-run\nstatus = --all\n',
  alias: '[alias]\ncommit = !touch "$PWNED"\nlog = !touch "$PWNED"\nadd = forget\nst = status -A\n',
  colour: '[ui]\ncolor = always\n[color]\nmode = ansi\nstatus.modified = red\n[extensions]\ncolor =\n',
  pager:
    '[extensions]\npager =\n[pager]\npager = touch "$PWNED"; cat >/dev/null\nattend = commit, log, add\n[ui]\npaginate = always\n',
  editor: '[ui]\neditor = touch "$PWNED"; false\nmerge = vimdiff\n',
  noise: '[ui]\nverbose = True\ndebug = True\ntraceback = True\nreport_untrusted = True\n',
  quiet: '[ui]\nquiet = True\ninteractive = False\ntimeout = -1\n',
  templates:
    '[ui]\nlogtemplate = {rev}\\n\ntweakdefaults = True\n[command-templates]\nlog = x\n[committemplate]\nchangeset = HG: nothing\n',
  'status after commit': '[commands]\ncommit.post-status = True\nstatus.relative = True\nstatus.verbose = True\n',
  'a broken extension': '[extensions]\nnosuchthing =\nbroken = /nowhere/broken.py\n',
  blackbox: '[extensions]\nblackbox =\n[blackbox]\ntrack = *\n',
  'messages elsewhere':
    '[ui]\nmessage-output = stderr\n[cmdserver]\nmessage-encodings =\nlog = -\n[devel]\nall-warnings = True\n',
  profiling: '[profiling]\nenabled = True\nstatformat = byline\n',
};

for (const [name, config] of Object.entries(hostile)) {
  test(`a commit is what it should be with hostile configuration: ${name}`, async t => {
    const pwned = path.join(fs.mkdtempSync('/tmp/quicksilver-test-'), 'pwned');
    t.after(() => removeTree(path.dirname(pwned)));
    const served = await serve(t, sandbox =>
      fs.appendFileSync(sandbox.path('hgrc'), config.replaceAll('$PWNED', pwned)),
    );
    for (const file of FILES) served.write(file, 'changed\n');
    served.write('new.txt', 'new\n');
    await served.refresh();
    assert.equal(code(await served.run({ verb: 'add', files: ['new.txt'] })).split(' ')[0], '0');
    const result = await commit(served, '\u00dcber alles\n\n-- and "more"\n', ['a.txt', 'new.txt']);
    assert.equal(code(result).split(' ')[0], '0', code(result));
    assert.deepEqual(served.entries, ['M b.txt', 'M c.txt']);
    assert.deepEqual(served.entries, served.expected);
    assert.deepEqual(log(served), ['\u00dcber alles: a.txt new.txt', 'first: a.txt b.txt c.txt']);
    const read = await served.run({ ...PARENT_MESSAGE, kind: 'read' });
    assert.ok(read.kind === 'ended');
    assert.equal(read.output, '\u00dcber alles\n\n-- and "more"');
    // An editor that nobody sees is not opened, and nothing hangs.
    assert.notEqual(code(await served.run({ verb: 'commit' })).split(' ')[0], '0');
    assert.equal(fs.existsSync(pwned), false);
  });
}

test('commands are run in turn, each once, and the result is known when one has ended', async t => {
  const served = await serve(t);
  const ended: string[] = [];
  for (const file of FILES) served.write(file, 'changed\n');
  await served.refresh();
  await Promise.all(
    FILES.map(async file => {
      assert.equal(code(await commit(served, file, [file])), '0 ');
      // Of those that come after it, some may have ended as well.
      assert.ok(!served.entries.includes(`M ${file}`), served.entries.join());
      ended.push(file);
    }),
  );
  assert.deepEqual(ended, FILES);
  assert.deepEqual(served.entries, []);
  assert.deepEqual(log(served).slice(0, 3), ['c.txt: c.txt', 'b.txt: b.txt', 'a.txt: a.txt']);
  // The same once more is not the same command: it says that there is nothing to do.
  const again = await Promise.all([commit(served, 'x', ['a.txt']), commit(served, 'x', ['a.txt'])]);
  assert.deepEqual(again.map(code), ['1 ', '1 ']);
  assert.equal(served.commands.filter(text => text.startsWith('commit')).length, 5);
  assert.equal(served.calls.filter(call => call.startsWith('serve')).length, 1);
});

test('nothing runs where nobody has allowed it', async t => {
  const served = await serve(t);
  await served.setHgPolicy(false);
  assert.equal(code(await served.run({ verb: 'log', kind: 'read' })), 'hg runs only in a workspace that you trust.');
  assert.equal(
    code(await served.run({ verb: 'clone', operands: ['a', 'b'], root: null, cwd: '/' })),
    'hg runs only in a workspace that you trust.',
  );
  assert.doesNotMatch(await served.doctor(), /Comparison with hg/);
  assert.deepEqual(served.calls, []);
  await served.setHgPolicy(true);
  assert.match(await served.doctor(), /Comparison with hg/);
});

test('no file at all is not taken for all of them', async t => {
  const served = await serve(t);
  served.write('a.txt', 'changed\n');
  await assert.rejects(commit(served, 'none', []), /no file was named/);
  assert.equal(log(served).length, 1);
  assert.equal(code(await commit(served, 'one', ['a.txt'])), '0 ');
});

for (const how of ['server', 'process'] as const) {
  test(`names that are not UTF-8, names like options and patterns, and thousands of them, in a ${how}`, async t => {
    const names = ['-rf.txt', 'glob:*.txt', 'set:all()', 'a b\u00e9.txt', 'x\udcff.txt', ...many(1500)];
    const served = await serve(t, sandbox => {
      for (const name of names) sandbox.write('repo', Buffer.from(bytesOf(name)).toString('latin1'), 'new\n');
    });
    if (how === 'process') {
      const script = served.sandbox.path('bin/hg');
      const text = fs.readFileSync(script, 'utf8').replace('exec ', 'case "$*" in *cmdserver*) exit 1;; esac\nexec ');
      fs.writeFileSync(script, text);
    }
    await served.refresh();
    assert.equal(served.entries.length, names.length);
    assert.equal(code(await served.run({ verb: 'add', files: names })).split(' ')[0], '0');
    assert.deepEqual(served.entries, names.map(name => `A ${name}`).sort());
    assert.equal(code(await commit(served, 'odd', names.slice(0, 5))), '0 ');
    assert.deepEqual(
      served.entries,
      names
        .slice(5)
        .map(name => `A ${name}`)
        .sort(),
    );
    assert.deepEqual([...new Set(served.commands.map(text => text.split(' by ')[1]))], [how]);
  });
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `many/with a rather long name ${String(n).padStart(4, '0')}.txt`);
}

function bytesOf(name: string): number[] {
  return Array.from(name).flatMap(char => {
    const point = char.codePointAt(0)!;
    return point >= 0xdc80 && point <= 0xdcff ? [point - 0xdc00] : [...Buffer.from(char, 'utf8')];
  });
}

test('a merge asks what to do with a file, and takes the answer', async t => {
  const served = await serve(t, sandbox => {
    sandbox.write('repo', 'a.txt', 'one side\n');
    sandbox.hg('repo', ['commit', '-q', '-m', 'one']);
    sandbox.hg('repo', ['update', '-q', '0']);
    sandbox.write('repo', 'a.txt', 'other side\n', 1_000_000_100);
    sandbox.hg('repo', ['commit', '-q', '-m', 'other']);
  });
  served.answer = () => 'o';
  assert.equal(code(await served.run(MERGE_BY_PROMPT)), '0 ');
  assert.equal(served.asked.length, 1);
  assert.deepEqual(
    served.asked[0]!.choices?.map(({ key }) => key),
    ['l', 'o', 'u'],
  );
  assert.equal(served.asked[0]!.preset, 'u');
  assert.match(served.asked[0]!.text, /^file 'a\.txt' needs to be resolved\./);
  assert.equal(fs.readFileSync(path.join(served.root, 'a.txt'), 'utf8'), 'one side\n');
  assert.deepEqual(served.entries, ['M a.txt']);
  served.answer = () => null;
  await served.run({ verb: 'update', options: ['--clean', ['--rev', '.']] });
  assert.match(code(await served.run(MERGE_BY_PROMPT)), /^1 /);
  assert.equal(served.hg('resolve', '--list'), 'U a.txt\n');
});

test('a password is asked for as one, and is in no log', async t => {
  const seen: string[] = [];
  const http = await listen(t, (_, authorization) => void seen.push(authorization));
  const served = await serve(t);
  served.answer = ({ isPassword }) => (isPassword ? 'sesame' : 'joe');
  const result = await served.run({ verb: 'pull', operands: [`http://${http}/`], kind: 'network' });
  assert.equal(code(result), '255 abort: authorization failed');
  assert.deepEqual(
    served.asked.map(({ text, isPassword }) => `${text.trim()} ${isPassword}`),
    ['user: false', 'password: true'],
  );
  assert.match(served.asked[0]!.output, /http authorization required/);
  assert.ok(seen.includes(`Basic ${Buffer.from('joe:sesame').toString('base64')}`));
  await served.run({ verb: 'pull', operands: [`http://joe:sesame@${http}/`], kind: 'network' });
  assert.ok(served.log.some(line => line.includes('http://joe:***@')));
  assert.deepEqual(
    served.log.filter(line => line.includes('sesame')),
    [],
  );
});

test('commands that use the network run one at a time, and others do not wait for them elsewhere', async t => {
  let open = 0;
  let most = 0;
  const http = await listen(t, async () => {
    most = Math.max(most, ++open);
    await nextTurn();
    open--;
  });
  const served = await serve(t);
  const target = (name: string): string => served.sandbox.path(name);
  const clone = (name: string): Promise<HgRunResult> =>
    served.run({
      verb: 'clone',
      operands: [`http://${http}/`, target(name)],
      root: null,
      cwd: served.sandbox.directory,
      kind: 'network',
    });
  const results = await Promise.all([
    clone('one'),
    clone('two'),
    served.run({ verb: 'incoming', operands: [`http://${http}/`], kind: 'network' }),
  ]);
  assert.equal(results.length, 3);
  assert.equal(most, 1);
});

async function listen(
  t: TestContext,
  onRequest: (url: string, authorization: string) => void | Promise<void>,
): Promise<string> {
  const server: Server = createServer((request, response) => {
    void Promise.resolve(onRequest(request.url ?? '', request.headers.authorization ?? '')).then(() => {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="test"', 'Content-Length': '0' });
      response.end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test(
  'a command that is cancelled is taken back, and the next one runs',
  { skip: process.platform === 'win32' },
  async t => {
    const served = await serve(t, sandbox => {
      const started = sandbox.path('started');
      fs.appendFileSync(sandbox.path('hgrc'), `[hooks]\npretxncommit.slow = touch '${started}'; sleep 600\n`);
    });
    served.write('a.txt', 'changed\n');
    await served.refresh();
    const cancel = new AbortController();
    const running = commit(served, 'never', ['a.txt'], cancel.signal);
    await appears(served.sandbox.directory, 'started');
    const began = performance.now();
    cancel.abort();
    assert.equal(code(await running), 'cancelled');
    assert.ok(performance.now() - began < 300_000);
    fs.writeFileSync(served.sandbox.path('hgrc'), '[ui]\nusername = tester\n');
    assert.equal(code(await commit(served, 'then', ['a.txt'])), '0 ');
    assert.deepEqual(log(served), ['then: a.txt', 'first: a.txt b.txt c.txt']);
  },
);

function appears(directory: string, name: string): Promise<void> {
  return new Promise(resolve => {
    const check = (): void => {
      if (!fs.existsSync(path.join(directory, name))) return;
      watcher.close();
      resolve();
    };
    const watcher = fs.watch(directory, check);
    check();
  });
}

test(
  'a lock that another program holds is waited for a little, and named',
  { skip: process.platform === 'win32' },
  async t => {
    const served = await serve(t);
    const host = hostName(served);
    served.write('a.txt', 'changed\n');
    const lock = path.join(served.root, '.hg', 'wlock');
    fs.symlinkSync(`${host}:${process.pid}`, lock);
    const refused = await commit(served, 'later', ['a.txt']);
    assert.match(code(refused), new RegExp(`^\\d+ .*timed out waiting for lock held by '${host}:${process.pid}'`, 's'));
    fs.unlinkSync(lock);
    assert.equal(code(await commit(served, 'later', ['a.txt'])), '0 ');
  },
);

/** As hg writes it into locks. */
function hostName({ sandbox }: ServedRepository): string {
  const hook = 'hooks.precommit=readlink .hg/wlock > ../holder';
  sandbox.hg('repo', ['--config', hook, 'commit', '-q', '-m', 'x', '--config', 'ui.allowemptycommit=True', '--debug']);
  return fs.readFileSync(sandbox.path('holder'), 'utf8').trim().replace(/:\d+$/, '');
}

test('an hg that dies while it writes is not run again', { skip: process.platform === 'win32' }, async t => {
  const served = await serve(t, sandbox => {
    fs.appendFileSync(sandbox.path('hgrc'), '[hooks]\npretxncommit.kill = echo x >> ../ran; kill -9 $PPID\n');
  });
  served.write('a.txt', 'changed\n');
  assert.equal(code(await commit(served, 'never', ['a.txt'])), 'died');
  assert.equal(fs.readFileSync(served.sandbox.path('ran'), 'utf8'), 'x\n');
  const cutOff = await commit(served, 'then', ['a.txt']);
  assert.match(code(cutOff), /abandoned transaction found/);
  assert.equal(code(await served.run({ verb: 'recover' })).split(' ')[0], '0');
  fs.writeFileSync(served.sandbox.path('hgrc'), '[ui]\nusername = tester\n');
  assert.equal(code(await commit(served, 'then', ['a.txt'])).split(' ')[0], '0');
  assert.deepEqual(log(served)[0], 'then: a.txt');
});

/** True if programs that hg starts have the variables that hg was started with. */
function passesOnVariables(): boolean {
  const show = ['--config', 'alias.show=!printenv SSH_ASKPASS', 'show'];
  const env = { ...process.env, HGRCPATH: '', SSH_ASKPASS: '/passed/on' };
  return spawnSync('hg', show, { env, encoding: 'utf8' }).stdout === '/passed/on\n';
}

test('ssh asks for its password through the extension', { skip: process.platform === 'win32' }, async t => {
  const served = await serve(t, sandbox => {
    const ssh = [
      '#!/bin/sh',
      'password=$("$SSH_ASKPASS" "joe@host\'s password:") || exit 5',
      'known=$("$SSH_ASKPASS" "Are you sure (yes/no/[fingerprint])?") || exit 6',
      'test "$password $known" = "open sesame yes" || exit 7',
      'HGPLAIN= exec hg -R "$OTHER" serve --stdio',
    ].join('\n');
    fs.writeFileSync(sandbox.path('ssh'), ssh.replace('$OTHER', sandbox.path('other')), { mode: 0o755 });
    sandbox.hg('.', ['clone', '-q', 'repo', 'other']);
    sandbox.write('other', 'far.txt', 'far\n');
    sandbox.hg('other', ['commit', '-q', '-A', '-m', 'far']);
    fs.appendFileSync(sandbox.path('hgrc'), `ssh = ${sandbox.path('ssh')}\n`);
  });
  if (!passesOnVariables()) {
    t.skip('This hg runs where programs do not get our environment variables.');
    return;
  }
  served.answer = ({ isPassword }) => (isPassword ? 'open sesame' : 'yes');
  const pulled = await served.run({ verb: 'pull', operands: ['ssh://joe@host/x'], kind: 'network' });
  assert.equal(code(pulled).split(' ')[0], '0', code(pulled));
  assert.deepEqual(log(served)[0], 'far: far.txt');
  assert.deepEqual(
    served.asked.map(({ isPassword }) => isPassword),
    [true, false],
  );
  assert.deepEqual(
    served.log.filter(line => line.includes('sesame')),
    [],
  );
  served.answer = () => null;
  assert.notEqual(
    code(await served.run({ verb: 'pull', operands: ['ssh://joe@host/x'], kind: 'network' })).split(' ')[0],
    '0',
  );
});

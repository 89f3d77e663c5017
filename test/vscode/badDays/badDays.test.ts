import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { commands, ConfigurationTarget, workspace } from 'vscode';
import { Bench, hgAt } from '../agreement.ts';
import { answerInputs, cancelProgress, keepMessages } from '../messages.ts';
import { at, write } from '../outside.ts';

const MESSAGE = 'A message that took long to write';
const INCLUDED = { Included: ['a.txt', 'b.txt'], Changes: ['c.txt'] };

describe('a bad day', () => {
  let bench: Bench;
  const hgrc = at('work', '.hg', 'hgrc');

  before(async () => {
    bench = await Bench.at(at('work'));
    for (const name of ['a', 'b', 'c']) write(`work/${name}.txt`, `${name}, changed\n`);
    await bench.repository.settle();
    await bench.does('include', bench.uri('a.txt'), [bench.uri('a.txt'), bench.uri('b.txt')]);
    bench.inputBox.value = MESSAGE;
  });

  /** Tries to commit, and nothing is lost when that fails. Returns what was said, which is one thing: a question is enough. */
  async function commitFails(): Promise<string> {
    const messages = keepMessages();
    try {
      assert.notEqual(await bench.run('commit'), true);
    } finally {
      messages.dispose();
    }
    assert.equal(bench.inputBox.value, MESSAGE);
    assert.equal(bench.inputBox.enabled, true);
    assert.deepEqual(changes(), INCLUDED);
    assert.equal(messages.shown.length, 1, messages.shown.join('\n'));
    return messages.shown[0]!;
  }

  /** The rows but the one that shows that hg cannot run. */
  function changes(): Record<string, readonly string[]> {
    return Object.fromEntries(Object.entries(bench.rows()).filter(([group]) => group !== 'Commands Unavailable'));
  }

  async function usePath(path: string | undefined): Promise<void> {
    await workspace.getConfiguration('quicksilver').update('path', path, ConfigurationTarget.Global);
  }

  it('without hg: says so, and where to name one', async () => {
    await usePath(at('tools', 'nowhere'));
    assert.match(await commitFails(), /nowhere' \(quicksilver\.path\) was not found or is not executable/);
    // It is hidden when the engine has looked for hg, of which no event tells; each round lets that go on.
    for (let round = 0; bench.inputBox.visible; round++) {
      await commands.executeCommand('setContext', 'quicksilver.round', round);
    }
    assert.equal(bench.repository.state.kind, 'ready');
  });

  it('with an hg that is too old', async () => {
    await usePath(at('tools', 'old-hg'));
    assert.match(await commitFails(), /is Mercurial 4\.9, but 5\.2 or newer is required to change a repository/);
  });

  it('with a program that is not hg', async () => {
    await usePath(at('tools', 'other-hg'));
    assert.match(await commitFails(), /is not Mercurial: something else/);
    await usePath(undefined);
  });

  it('with a hook that fails', async () => {
    fs.writeFileSync(hgrc, '[hooks]\npretxncommit.no = exit 7\n');
    assert.match(await commitFails(), /^Rejected by a hook: .*pretxncommit\.no hook exited with status 7/);
  });

  it('with an hg that hangs: it can be cancelled', async () => {
    fs.writeFileSync(hgrc, '[hooks]\npretxncommit.long = sleep 30\n');
    const progress = cancelProgress();
    const messages = keepMessages();
    assert.notEqual(await bench.run('commit'), true);
    progress.dispose();
    messages.dispose();
    assert.deepEqual(messages.shown, [], 'who cancels knows');
    assert.deepEqual([bench.inputBox.value, bench.rows()], [MESSAGE, INCLUDED]);
    fs.writeFileSync(hgrc, '');
    await bench.comesToAgree('it was cancelled');
  });

  it('with an hg that is killed', async function () {
    if (process.platform === 'win32') this.skip();
    fs.writeFileSync(hgrc, '[hooks]\npretxncommit.kill = kill -9 $PPID\n');
    assert.match(await commitFails(), /ended before it had answered|abandoned/);
    fs.writeFileSync(hgrc, '');
    hgAt(bench.root, 'recover');
    await bench.comesToAgree('it was killed');
  });

  it('while another program has the lock', async function () {
    if (process.platform === 'win32') this.skip();
    // The one that was killed has left its own.
    fs.rmSync(at('work', '.hg', 'wlock'), { force: true });
    fs.symlinkSync('elsewhere:4711', at('work', '.hg', 'wlock'));
    try {
      assert.match(await commitFails(), /^The repository 'work' is locked by process 4711\./);
    } finally {
      fs.rmSync(at('work', '.hg', 'wlock'));
    }
  });

  it('with a hostile configuration: what it redefines is not used', async () => {
    fs.writeFileSync(
      hgrc,
      [
        '[defaults]\nlog = --follow\nstatus = --all\ncommit = --close-branch --message other\nupdate = --clean',
        '[alias]\ncommit = !echo hijacked\nstatus = !exit 3\nlog = log --removed\nupdate = update --clean\nadd = !exit 3',
        '[ui]\nverbose = True\neditor = sleep 1000\nmerge = nosuchtool\ncolor = always\npaginate = always',
        '[color]\nmode = ansi',
        '[pager]\npager = sleep 1000\nattend = status,log,commit',
        '[extensions]\nblackbox =\n[blackbox]\ntrack = *',
        '[commands]\nstatus.relative = True\nstatus.verbose = True',
      ].join('\n'),
    );
    assert.equal(await bench.does('commit'), true);
    assert.deepEqual(bench.rows(), { Changes: ['c.txt'] });
    assert.equal(bench.inputBox.value, '');
    assert.equal(
      bench.asked('log', '--rev', '.', '--template', '{desc} {branch} {extras}'),
      `${MESSAGE} default branch=default`,
    );
    await bench.does('update', { revision: '0', localChanges: 'keep' });
    assert.deepEqual(bench.rows(), { Changes: ['c.txt'] });
    await bench.does('update', { revision: 'tip', localChanges: 'keep' });
    fs.writeFileSync(hgrc, '');
  });

  it('with a server that asks for a password, and does not like it', async () => {
    const seen: string[] = [];
    const server = createServer(({ headers }, response) => {
      seen.push(headers.authorization ?? '');
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="vault"' });
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const inputs = answerInputs('ada', 'secret');
    const messages = keepMessages();
    await bench.does('pullFrom', { path: `http://127.0.0.1:${port}/` });
    inputs.dispose();
    messages.dispose();
    server.close();
    server.closeAllConnections();
    assert.deepEqual(
      inputs.asked.map(({ isPassword }) => isPassword),
      [false, true],
    );
    assert.match(inputs.asked[0]!.prompt, /vault/);
    assert.ok(seen.includes(`Basic ${Buffer.from('ada:secret').toString('base64')}`));
    assert.equal(messages.shown.length, 1);
    assert.match(messages.shown[0]!, /^Access denied: authorization failed/);
  });

  it('on a disk that is full', async function () {
    const folder = at('work', 'full');
    fs.mkdirSync(folder);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      fs.rmdirSync(folder);
      // A small disk can be made by root alone, on Linux.
      this.skip();
    }
    try {
      hgAt(folder, 'init');
      // Random: no compression makes it smaller.
      fs.writeFileSync(`${folder}/large.bin`, randomBytes(100_000));
      hgAt(folder, 'commit', '--addremove', '--message', 'First');
      const full = await Bench.at(folder);
      fs.writeFileSync(`${folder}/large.bin`, randomBytes(300_000));
      fill(`${folder}/.hg/filler`);
      await full.comesToAgree('an edit');
      full.inputBox.value = MESSAGE;
      await full.does('include', full.uri('large.bin'));
      const messages = keepMessages();
      assert.notEqual(await full.run('commit', full.uri('large.bin')), true);
      messages.dispose();
      assert.equal(messages.shown.length, 1, messages.shown.join('\n'));
      assert.match(messages.shown[0]!, /^No space left on disk: /);
      assert.deepEqual([full.inputBox.value, full.rows()], [MESSAGE, { Included: ['large.bin'] }]);
      fs.rmSync(`${folder}/.hg/filler`);
      const later = keepMessages();
      assert.equal(await full.run('commit', full.uri('large.bin')), true, later.shown.join());
      later.dispose();
      full.agrees('there was room again');
    } finally {
      execFileSync('umount', ['--lazy', folder]);
    }
  });
});

/** Writes until there is no room any more. */
function fill(file: string): void {
  const block = Buffer.alloc(4096);
  const descriptor = fs.openSync(file, 'w');
  try {
    for (;;) fs.writeSync(descriptor, block);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    fs.closeSync(descriptor);
  }
}

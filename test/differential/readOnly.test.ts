// A status and a watch session write, lock and rename nothing under the repository, and start no program: shown by
// the system calls they make.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { bundle } from '../support/bundle.ts';
import { hgEnvironment } from '../support/hgServer.ts';
import { startedPrograms, straceArguments, touchingCalls } from '../support/systemCalls.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const skip = process.platform === 'linux' ? false : 'system calls are traced on Linux only';

describe('what is read is not touched', { skip }, () => {
  let base = '';
  let cli = '';
  let root = '';

  before(() => {
    base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-readonly-')));
    cli = bundle('src/cli/main.ts', path.join(base, 'cli.cjs'));
    root = path.join(base, 'repository');
    hg(base, 'init', root);
    fs.mkdirSync(path.join(root, 'sub'));
    for (const name of ['clean', 'changed', 'gone', 'sub/deep']) fs.writeFileSync(path.join(root, name), `${name}\n`);
    fs.writeFileSync(path.join(root, '.hgignore'), 'syntax: glob\n*.o\n');
    hg(root, 'commit', '-q', '-A', '-m', 'first');
    fs.writeFileSync(path.join(root, 'changed'), 'chanGed\n');
    fs.unlinkSync(path.join(root, 'gone'));
    fs.writeFileSync(path.join(root, 'x.o'), '');
    fs.writeFileSync(path.join(root, 'new'), '');
  });
  after(() => removeTree(base));

  function hg(directory: string, ...args: string[]): void {
    const { status, stderr } = spawnSync('hg', args, { cwd: directory, env: hgEnvironment(), encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }

  test('the trace shows what a program that writes does', () => {
    const log = path.join(base, 'control.log');
    const script = `touch '${root}/new' && mv '${root}/new' '${root}/newer' && mv '${root}/newer' '${root}/new'`;
    spawnSync('strace', [...straceArguments(log), 'sh', '-c', script]);
    assert.equal(touchingCalls(log, root).filter(line => line.includes('rename')).length, 2);
    assert.ok(touchingCalls(log, root).some(line => line.includes('openat') && line.includes('O_CREAT')));
    assert.equal(startedPrograms(log).filter(line => line.includes('touch')).length, 1);
  });

  test('status', () => {
    const log = path.join(base, 'status.log');
    const before = fs.readdirSync(path.join(root, '.hg'), { recursive: true }).sort();
    const { stdout, status } = spawnSync(
      'strace',
      [...straceArguments(log), process.execPath, cli, 'status', '-A', '-R', root],
      { env: hgEnvironment(), encoding: 'utf8', cwd: base },
    );
    assert.equal(status, 0);
    assert.equal(stdout, 'M changed\n! gone\n? new\nI x.o\nC .hgignore\nC clean\nC sub/deep\n');
    assert.deepEqual(touchingCalls(log, root), []);
    assert.deepEqual(startedPrograms(log), []);
    assert.deepEqual(fs.readdirSync(path.join(root, '.hg'), { recursive: true }).sort(), before);
  });

  test('a watch session with changes, a commit and other ignore rules', async () => {
    const log = path.join(base, 'watch.log');
    const watch = spawn('strace', [...straceArguments(log), process.execPath, cli, 'watch', '-R', root], {
      env: hgEnvironment(),
      cwd: base,
      stdio: ['ignore', 'pipe', 'inherit'],
      // Of its own group, so that the interrupt below reaches the traced program and not only strace.
      detached: true,
    });
    const lines = createInterface({ input: watch.stdout })[Symbol.asyncIterator]();
    const seen = async (what: RegExp): Promise<void> => {
      for (let line = await lines.next(); !line.done; line = await lines.next()) if (what.test(line.value)) return;
      assert.fail(`the session ended before ${String(what)}`);
    };
    await seen(/"settled":true/);
    fs.writeFileSync(path.join(root, 'another'), '');
    await seen(/"another"/);
    fs.mkdirSync(path.join(root, 'fresh/er'), { recursive: true });
    fs.writeFileSync(path.join(root, 'fresh/er/file'), '');
    await seen(/"fresh\/er\/file"/);
    hg(root, 'commit', '-q', '-m', 'second', 'changed');
    await seen(/"cleared":\["changed"\]/);
    fs.writeFileSync(path.join(root, '.hgignore'), 'syntax: glob\n*.o\nfresh\n');
    await seen(/"path":"fresh","status":"ignored","directory":true/);
    process.kill(-watch.pid!, 'SIGINT');
    await once(watch, 'exit');
    assert.deepEqual(touchingCalls(log, root), []);
    assert.deepEqual(startedPrograms(log), []);
  });
});

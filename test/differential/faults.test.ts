// What the system can do to a session: no more descriptors, no more watches, no permission, no events, other clocks, and a
// repository that is moved, replaced or unmounted. Each has a stated outcome, and in the end the answer is that of `hg`.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test, type TestContext } from 'node:test';
import { nextTurn } from '../../src/base/async.ts';
import { NodeWatches, type DirectoryWatches, type WatchUser } from '../../src/workingCopy/watch/directoryWatches.ts';
import { bundle } from '../support/bundle.ts';
import { sampleRepository, type HgSandbox } from '../support/hgSandbox.ts';
import { hgEnvironment } from '../support/hgServer.ts';
import { LiveHarness, type LiveHarnessOptions } from '../support/liveHarness.ts';
import { RecordingLogger } from '../support/recordingLogger.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const isRoot = process.getuid?.() === 0;
const onLinux = process.platform === 'linux' ? false : 'what is simulated is Linux';
const asRoot = onLinux || (isRoot ? false : 'only root may mount');
/** Long enough for many of them to pass while a test waits. */
const AUDIT_MS = 100;
/** In the sample repository. */
const DIRECTORIES = 3;

let base = '';
let cli = '';

before(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-faults-')));
  cli = bundle('src/cli/main.ts', path.join(base, 'cli.cjs'));
});
after(() => removeTree(base));

interface Followed {
  readonly sandbox: HgSandbox;
  readonly root: string;
  readonly live: LiveHarness;
  readonly logger: RecordingLogger;
}

async function followed(t: TestContext, options: LiveHarnessOptions = {}): Promise<Followed> {
  const { sandbox, root } = sampleRepository(t);
  const logger = new RecordingLogger();
  const live = new LiveHarness(root, { logger, ...options });
  t.after(() => live.dispose());
  await live.model.settle();
  return { sandbox, root, live, logger };
}

/** Replaces functions of `fs` for every module until the test ends. */
function replaceInFs(t: TestContext, replaced: Partial<typeof fs>): void {
  const originals = Object.fromEntries(Object.keys(replaced).map(name => [name, fs[name as keyof typeof fs]]));
  const restore = (): void => {
    Object.assign(fs, originals);
    syncBuiltinESMExports();
  };
  Object.assign(fs, replaced);
  syncBuiltinESMExports();
  t.after(restore);
}

/** A watch that never says anything, as of a network file system that others write to. */
function silentWatch(): fs.FSWatcher {
  const watcher = new EventEmitter() as unknown as fs.FSWatcher;
  return Object.assign(watcher, { close: () => undefined, ref: () => watcher, unref: () => watcher });
}

/** Directories are watched by the `fs.watch` that a test has put in place of Node's; native code would watch without it. */
const replaced = (user: WatchUser): DirectoryWatches => new NodeWatches(user, (...args) => fs.watch(...args));

describe('watches', { skip: onLinux }, () => {
  test('a file system without events: audits find everything, and the log counts it', async t => {
    replaceInFs(t, { watch: silentWatch });
    const { sandbox, root, live, logger } = await followed(t, { auditMs: AUDIT_MS, watches: replaced });
    // What is found right after the first scan is not counted: nobody could have told of it yet.
    const read = live.model.outcome.directoriesRead;
    while (live.model.outcome.directoriesRead < read + 3 * DIRECTORIES) await nextTurn();
    sandbox.write('repository', 'changed', 'much longer than it was before\n');
    sandbox.write('repository', 'new/file', 'new\n');
    fs.rmSync(path.join(root, 'sub/deep'));
    await live.until(() => live.told.size === 3);
    live.assertSameAsHg();
    assert.equal(live.model.missedByEvents, 3);
    const counted = logger.lines.filter(line =>
      /^warn: The audit found \d+ changes that no event had told of/.test(line),
    );
    assert.ok(counted.length > 0);
    assert.ok(counted.at(-1)!.endsWith('(3 so far).'));
    sandbox.hg('repository', ['commit', '-qAm', 'second']);
    await live.until(() => live.told.size === 0);
    live.assertSameAsHg();
  });

  test('no watches left: it is said once, audits do the work, and later watches are taken', async t => {
    // The root's, that of .hg, and the one of this test.
    let left = 3;
    const { watch } = fs;
    replaceInFs(t, {
      watch: ((...args: Parameters<typeof fs.watch>) => {
        const message = 'ENOSPC: System limit for number of file watchers reached';
        if (left === 0) throw Object.assign(new Error(message), { code: 'ENOSPC' });
        left--;
        return watch(...args).once('close', () => left++);
      }) as typeof fs.watch,
    });
    const { sandbox, live, logger } = await followed(t, { auditMs: AUDIT_MS, watches: replaced });
    // Directories are watched after the first status was told.
    while (live.model.isCatchingUp) await nextTurn();
    assert.equal(live.model.watched.complete, false);
    sandbox.write('repository', 'sub/deeper/deepest', 'much longer than it was before\n');
    await live.until(() => live.told.size === 1);
    live.assertSameAsHg();
    assert.equal(logger.lines.filter(line => line.includes('Not every directory can be watched')).length, 1);
    left = Infinity;
    sandbox.write('repository', 'sub/deep', 'much longer than it was before\n');
    await live.until(() => live.told.size === 2);
    // The audit that found it, or the next one, has asked for the watches again.
    while (!live.model.watched.complete) await nextTurn();
    assert.equal(live.model.watched.directories, 3);
    assert.ok(logger.lines.includes('info: Every directory is watched again.'));
  });
});

describe('the clock', { skip: onLinux }, () => {
  for (const [what, when] of [
    ['set back: files from the future', new Date('2090-01-01')],
    ['set back by an hour', new Date(Date.now() - 3_600_000)],
    ['before 1970', new Date('1960-01-01')],
  ] as const) {
    test(what, async t => {
      const { sandbox, root, live } = await followed(t);
      const change = (name: string, content: string, time: Date): void => {
        fs.writeFileSync(path.join(root, name), content);
        fs.utimesSync(path.join(root, name), time, time);
      };
      change('changed', 'CHANGED\n', when);
      await live.quiet();
      live.assertSameAsHg();
      assert.deepEqual(live.entries, ['M changed']);
      sandbox.hg('repository', ['commit', '-qm', 'second']);
      fs.utimesSync(path.join(root, '.hg/dirstate'), when, when);
      await live.quiet();
      live.assertSameAsHg();
      // A later change at what the clock says is an earlier time.
      change('changed', 'changed\n', new Date(when.getTime() - 10_000));
      await live.quiet();
      live.assertSameAsHg();
      assert.deepEqual(live.entries, ['M changed']);
    });
  }

  test('set back while a session runs: what is unsure is read again', async t => {
    const { sandbox, live } = await followed(t);
    const { now } = Date;
    t.mock.method(Date, 'now', () => now() - 3_600_000);
    for (const [index, content] of ['CHANGED\n', 'changed\n', 'cHanged\n', 'chAnged\n'].entries()) {
      sandbox.write('repository', 'changed', content, 1_000_000_100 - index);
      await live.quiet();
      live.assertSameAsHg();
      assert.deepEqual(live.entries, content === 'changed\n' ? [] : ['M changed']);
    }
  });
});

describe('the repository', { skip: onLinux }, () => {
  test('is deleted, and comes back', async t => {
    const { sandbox, root, live } = await followed(t);
    fs.renameSync(root, sandbox.path('kept'));
    fs.cpSync(sandbox.path('kept'), sandbox.path('copy'), { recursive: true, preserveTimestamps: true });
    fs.rmSync(sandbox.path('kept'), { recursive: true });
    await live.until(() => live.state.kind === 'gone');
    assert.deepEqual(live.entries, []);
    fs.renameSync(sandbox.path('copy'), root);
    sandbox.write('repository', 'new', 'new\n');
    // Nothing is watched any more: it is looked for every five seconds.
    await live.until(() => live.state.kind === 'ready');
    await live.model.settle();
    assert.deepEqual(live.entries, ['? new']);
    live.assertSameAsHg();
  });

  test('is moved away, which is told without an audit', async t => {
    const { sandbox, root, live } = await followed(t);
    fs.renameSync(root, sandbox.path('elsewhere'));
    await live.until(() => live.state.kind === 'gone');
    assert.deepEqual(live.entries, []);
  });

  test('is replaced by another, and that one is followed', async t => {
    const { sandbox, root, live } = await followed(t);
    sandbox.hg('.', ['init', 'other']);
    sandbox.write('other', 'clean', 'of another size\n');
    sandbox.write('other', 'its-own', 'its own\n');
    sandbox.hg('other', ['commit', '-qAm', 'other']);
    sandbox.write('other', 'its-own', 'its own, changed\n');
    fs.renameSync(root, sandbox.path('old'));
    fs.renameSync(sandbox.path('other'), root);
    await live.until(() => live.told.size === 1 && live.told.has('its-own' as never));
    await live.model.settle();
    live.assertSameAsHg();
    sandbox.write('repository', 'later', 'later\n');
    await live.until(() => live.entries.length === 2);
    assert.deepEqual(live.entries, ['? later', 'M its-own']);
  });

  test('is unmounted, and mounted again', { skip: asRoot }, async t => {
    const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-mount-')));
    t.after(() => {
      spawnSync('umount', ['-l', root]);
      fs.rmSync(base, { recursive: true, force: true });
    });
    const root = path.join(base, 'disk');
    const image = path.join(base, 'kept');
    fs.mkdirSync(root);
    if (spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', root]).status !== 0) {
      t.skip('nothing can be mounted here');
      return;
    }
    const hg = (...args: string[]): void => {
      const { status, stderr } = spawnSync('hg', args, { cwd: root, env: hgEnvironment(), encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    };
    hg('init');
    fs.writeFileSync(path.join(root, 'file'), 'file\n');
    hg('commit', '-qAm', 'first');
    fs.writeFileSync(path.join(root, 'new'), 'new\n');
    fs.cpSync(root, image, { recursive: true, preserveTimestamps: true });
    const live = new LiveHarness(root);
    t.after(() => live.dispose());
    await live.model.settle();
    assert.deepEqual(live.entries, ['? new']);
    assert.equal(spawnSync('umount', ['-l', root]).status, 0);
    await live.until(() => live.state.kind === 'gone');
    assert.deepEqual(live.entries, []);
    assert.equal(spawnSync('mount', ['--bind', image, root]).status, 0);
    await live.until(() => live.state.kind === 'ready');
    await live.model.settle();
    assert.deepEqual(live.entries, ['? new']);
  });

  test('is on a read-only disk', { skip: asRoot }, async t => {
    const { root } = sampleRepository(t);
    fs.writeFileSync(path.join(root, 'new'), 'new\n');
    const mounted = path.join(path.dirname(root), 'read-only');
    fs.mkdirSync(mounted);
    const mount = spawnSync('sh', [
      '-c',
      `mount --bind '${root}' '${mounted}' && mount -o remount,bind,ro '${mounted}'`,
    ]);
    if (mount.status !== 0) {
      t.skip('nothing can be mounted here');
      return;
    }
    const live = new LiveHarness(mounted);
    try {
      assert.throws(() => fs.writeFileSync(path.join(mounted, 'x'), ''), { code: 'EROFS' });
      await live.model.settle();
      assert.deepEqual(live.entries, ['? new']);
      // Changed from the side that may.
      fs.writeFileSync(path.join(root, 'another'), 'another\n');
      await live.until(() => live.entries.length === 2);
      assert.deepEqual(live.entries, ['? another', '? new']);
    } finally {
      live.dispose();
      spawnSync('umount', ['-l', mounted]);
    }
  });

  test('is on a full disk', { skip: asRoot }, async t => {
    const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-full-')));
    const root = path.join(base, 'disk');
    t.after(() => {
      spawnSync('umount', ['-l', root]);
      fs.rmSync(base, { recursive: true, force: true });
    });
    fs.mkdirSync(root);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root]).status !== 0) {
      t.skip('nothing can be mounted here');
      return;
    }
    spawnSync('hg', ['init'], { cwd: root, env: hgEnvironment() });
    fs.writeFileSync(path.join(root, 'file'), 'file\n');
    spawnSync('hg', ['commit', '-qAm', 'first'], { cwd: root, env: hgEnvironment() });
    const live = new LiveHarness(root);
    t.after(() => live.dispose());
    await live.model.settle();
    assert.throws(() => fs.writeFileSync(path.join(root, 'full'), Buffer.alloc(1 << 21)), { code: 'ENOSPC' });
    // There is room for the name of a file, none for what is in it.
    await live.until(() => live.entries.length === 1);
    assert.deepEqual(live.entries, ['? full']);
    fs.rmSync(path.join(root, 'file'));
    await live.until(() => live.entries.length === 2);
    assert.deepEqual(live.entries, ['! file', '? full']);
  });
});

describe('files and directories', { skip: onLinux }, () => {
  test('vanish between the listing and the stat', t => {
    const { sandbox, root } = sampleRepository(t);
    // As if another program had removed everything that was just listed.
    const hook = sandbox.path('vanish.cjs');
    fs.writeFileSync(
      hook,
      `const fs = require('node:fs');
const { execFileSync } = require('node:child_process');
const { readdirSync } = fs;
fs.readdirSync = (directory, ...rest) => {
  const listing = readdirSync(directory, ...rest);
  if (String(directory).endsWith('/sub')) execFileSync('rm', ['-r', directory]);
  return listing;
};
`,
    );
    const status = (...hooks: string[]): string => {
      const args = [...hooks.flatMap(file => ['--require', file]), cli, 'status', '-A', '-R', root];
      const { stdout, stderr } = spawnSync(process.execPath, args, { env: hgEnvironment(), encoding: 'utf8' });
      assert.equal(stderr, '');
      return stdout;
    };
    assert.equal(status(hook), '! sub/deep\n! sub/deeper/deepest\nC changed\nC clean\n');
    assert.equal(fs.existsSync(path.join(root, 'sub')), false);
    assert.equal(status(), '! sub/deep\n! sub/deeper/deepest\nC changed\nC clean\n');
  });
});

describe('file descriptors', { skip: onLinux }, () => {
  before(() => {
    // Takes all descriptors there are when a signal comes (or at once), and gives them back with the next.
    fs.writeFileSync(
      path.join(base, 'exhaust.cjs'),
      `const fs = require('node:fs');
let held = [];
const toggle = () => {
  if (held.length > 0) for (const descriptor of held.splice(0)) fs.closeSync(descriptor);
  else try { for (;;) held.push(fs.openSync('/dev/null')); } catch (error) { if (error.code !== 'EMFILE') throw error; }
  fs.writeSync(2, 'toggled\\n');
};
process.on('SIGUSR2', toggle);
if (process.env.EXHAUST_AT_ONCE) process.nextTick(toggle);
`,
    );
  });

  const limited = (root: string, command: string): readonly [string, string[]] => [
    'sh',
    ['-c', `ulimit -n 64; exec '${process.execPath}' --require '${base}/exhaust.cjs' '${cli}' ${command} -R '${root}'`],
  ];

  test('there are none: a status says so, and makes nothing up', t => {
    const { root } = sampleRepository(t);
    const [program, args] = limited(root, 'status');
    const env = { ...hgEnvironment(), EXHAUST_AT_ONCE: '1' };
    const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
    assert.deepEqual([status, stdout], [255, '']);
    assert.match(stderr, /^abort: .*EMFILE: too many open files/m);
  });

  test('there are none for a while: a session says so, and recovers by itself', async t => {
    const { root } = sampleRepository(t);
    const [program, args] = limited(root, 'watch');
    const watch = spawn(program, args, { env: hgEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => watch.kill('SIGKILL'));
    const lines = createInterface({ input: watch.stdout })[Symbol.asyncIterator]();
    const seen = async (what: RegExp): Promise<string> => {
      for (let line = await lines.next(); !line.done; line = await lines.next())
        if (what.test(line.value)) return line.value;
      assert.fail(`the session ended before ${String(what)}: ${said}`);
    };
    let said = '';
    watch.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const toggle = async (): Promise<void> => {
      said = '';
      watch.kill('SIGUSR2');
      while (!said.includes('toggled')) await once(watch.stderr, 'data');
    };
    await seen(/"kind":"ready".*"settled":true/);
    await toggle();
    fs.writeFileSync(path.join(root, 'sub/new'), 'new\n');
    fs.appendFileSync(path.join(root, '.hg/dirstate'), '');
    fs.renameSync(path.join(root, 'sub'), path.join(root, 'bus'));
    assert.match(await seen(/"kind":"failed"/), /EMFILE/);
    await toggle();
    const recovered = JSON.parse(await seen(/"kind":"ready".*"settled":true/)) as { counts: Record<string, number> };
    assert.deepEqual([recovered.counts['deleted'], recovered.counts['unknown']], [2, 3]);
  });
});

// Windows share the models of a server: the second one costs no scan and no watch, and when the server is gone, or cannot
// follow a repository, each window goes on by itself.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { nextTurn } from '../../../src/base/async.ts';
import * as protocol from '../../../src/server/protocol.ts';
import { bundle } from '../../support/bundle.ts';
import { encodeV1, NULL } from '../../support/dirstateBytes.ts';
import { makeRevlog, writeRevlog } from '../mercurial/store/revlogWriter.ts';
import { bareRepository, DaemonRig } from '../../support/daemonRig.ts';
import { WindowRig } from '../../support/windowRig.ts';

const skip = process.platform === 'win32' ? 'there is no socket on Windows' : false;

function isBack(line: string): boolean {
  return line.includes('its model is in this window again (May be modified: ');
}

function prepare(t: TestContext): { readonly rig: DaemonRig; readonly root: string; readonly window: () => WindowRig } {
  const rig = new DaemonRig();
  t.after(() => rig.dispose());
  const root = bareRepository(path.join(rig.base, 'repo'));
  fs.writeFileSync(path.join(root, 'one'), '');
  return {
    rig,
    root,
    window: () => {
      const window = new WindowRig(rig);
      t.after(() => window.dispose());
      return window;
    },
  };
}

interface Model {
  readonly users: number;
  readonly watches: number;
}

/** The watches of inotify that this process has, with its windows and servers; 0 where there is no inotify. */
function watchesOfSystem(): number {
  if (process.platform !== 'linux') return 0;
  let sum = 0;
  for (const name of fs.readdirSync('/proc/self/fdinfo')) {
    // That of the directory itself is closed again.
    if (!fs.existsSync(`/proc/self/fdinfo/${name}`)) continue;
    sum += fs.readFileSync(`/proc/self/fdinfo/${name}`, 'latin1').match(/^inotify /gm)?.length ?? 0;
  }
  return sum;
}

async function models(rig: DaemonRig): Promise<Model[]> {
  const [, , ...lines] = (await rig.answer('info')).split('|');
  return lines.map(line => JSON.parse(line) as Model);
}

describe('windows', { skip }, () => {
  test('share one model, and the second one gets everything at once', async t => {
    const { rig, root, window } = prepare(t);
    await rig.daemon().start();
    const first = window();
    await first.open(root);
    await first.until(() => first.entries.get('one') === 'unknown' && first.state === 'ready');
    assert.ok(first.usesServer);
    const [before] = await models(rig);
    const watches = watchesOfSystem();
    const second = window();
    await second.open(root);
    await second.until(() => second.state === 'ready');
    assert.equal(second.causes[0], 'shared');
    assert.deepEqual([...second.entries], [['one', 'unknown']]);
    assert.equal(watchesOfSystem(), watches, 'the second window costs no watch');
    const [after, ...others] = await models(rig);
    assert.deepEqual([after?.users, after?.watches, others.length], [2, before?.watches, 0]);

    const report = await second.connection.sendRequest(protocol.Doctor, { root, compare: false });
    assert.match(
      report,
      /## Shared server\n\n- the shared server has version .*; it follows this repository for 2 users/,
    );
    fs.writeFileSync(path.join(root, 'two'), '');
    await Promise.all([first, second].map(each => each.until(() => each.entries.has('two'))));
    first.dispose();
    fs.writeFileSync(path.join(root, 'three'), '');
    await second.until(() => second.entries.has('three'));
    await second.connection.sendRequest(protocol.Close, { root });

    // It is kept for a while: a window that loads anew shows everything at once, also what happened meanwhile.
    const [kept] = await models(rig);
    assert.deepEqual([kept?.users, kept?.watches], [1, before?.watches]);
    fs.writeFileSync(path.join(root, 'meanwhile'), '');
    const third = window();
    await third.open(root);
    await third.until(() => third.state === 'ready' && third.entries.has('meanwhile'));
    assert.equal(third.causes[0], 'shared');
  });

  test('go on by themselves when the server ends', async t => {
    const { rig, root, window } = prepare(t);
    const daemon = rig.daemon();
    await daemon.start();
    const windows = [window(), window()];
    for (const each of windows) await each.open(root);
    await Promise.all(windows.map(each => each.until(() => each.entries.has('one'))));
    daemon.dispose();
    fs.writeFileSync(path.join(root, 'two'), '');
    await Promise.all(windows.map(each => each.until(() => each.entries.has('two') && each.state === 'ready')));
    assert.ok(windows.every(each => each.causes.includes('first scan')));
  });

  test('use no server where there is none, or none is wanted', async t => {
    const { rig, root, window } = prepare(t);
    const alone = window();
    await alone.open(root);
    await alone.until(() => alone.entries.has('one'));
    assert.ok(!alone.usesServer);
    const report = await alone.connection.sendRequest(protocol.Doctor, { root, compare: false });
    assert.match(report, /- no shared server runs/);
    await rig.daemon().start();
    const unwilling = window();
    await unwilling.open(root, 'off');
    await unwilling.until(() => unwilling.entries.has('one'));
    assert.ok(!unwilling.usesServer);
  });

  test('start a server if they may, and use it', async t => {
    const { rig, root } = prepare(t);
    const programs = path.join(rig.base, 'programs');
    bundle('src/server/main/workerMain.ts', path.join(programs, 'worker.cjs'));
    const window = new WindowRig(rig, programs);
    t.after(() => window.dispose());
    await window.open(root, 'on');
    await window.until(() => window.entries.has('one') && window.state === 'ready');
    // It may take longer to start than the window waits. Then it is there for the next one.
    while ((await rig.ask('info')).kind !== 'answer') await nextTurn();
    const next = new WindowRig(rig);
    t.after(() => next.dispose());
    await next.open(root);
    await next.until(() => next.entries.has('one'));
    assert.ok(next.usesServer);
    await rig.answer('stop');
    fs.writeFileSync(path.join(root, 'two'), '');
    await Promise.all([window, next].map(each => each.until(() => each.entries.has('two'))));
  });

  test('start one by themselves for a large repository only', async t => {
    const rig = new DaemonRig();
    t.after(() => rig.dispose());
    // In place of a server: a program that leaves the name of the folder it lies in.
    const script = "require('fs').writeFileSync(`${__dirname}/started`, '')";
    const opened = async (name: string, files: number, variables: Record<string, string> = {}): Promise<string> => {
      const root = bareRepository(path.join(rig.base, name));
      const entries = Array.from({ length: files }, (_, i) => ({ state: 'a', path: `${'directory/'.repeat(4)}${i}` }));
      fs.writeFileSync(path.join(root, '.hg', 'dirstate'), encodeV1(entries, NULL));
      const programs = path.join(rig.base, `programs-${name}`);
      fs.mkdirSync(programs);
      fs.writeFileSync(path.join(programs, 'worker.cjs'), script);
      const window = new WindowRig(rig, programs, variables);
      t.after(() => window.dispose());
      await window.open(root);
      await window.until(() => window.state === 'ready');
      return path.join(programs, 'started');
    };
    const small = await opened('small', 9);
    const forbidden = await opened('forbidden', 12_000, { QUICKSILVER_SERVER: 'off' });
    const large = await opened('large', 12_000);
    while (!fs.existsSync(large)) await nextTurn();
    assert.deepEqual(
      [small, forbidden].filter(file => fs.existsSync(file)),
      [],
    );
  });

  test('are declined by a model that another client has made, too', async t => {
    const { rig, root, window } = prepare(t);
    await rig.daemon().start();
    fs.writeFileSync(path.join(root, '.hg', 'hgrc'), '[ui]\nignore = $QUICKSILVER_NO_SUCH/ignore\n');
    // The server keeps this model for a while.
    assert.match(await rig.answer('status', root), /uses other variables/);
    const late = window();
    await late.open(root);
    await late.until(() => late.entries.has('one'));
    assert.ok(late.log.some(line => line.includes('uses other variables')));
    assert.equal((await models(rig))[0]?.users, 1);
    // The other way round: a second client of the same environment is refused, as the first one was.
    assert.match(await rig.answer('status', root), /uses other variables/);
  });

  test('keep for themselves what the server must not answer', async t => {
    const { rig, root, window } = prepare(t);
    await rig.daemon().start();
    const first = window();
    fs.writeFileSync(path.join(root, '.hg', 'hgrc'), '[ui]\nignore = $QUICKSILVER_NO_SUCH/ignore\n');
    await first.open(root);
    await first.until(() => first.entries.has('one'));
    assert.ok(first.log.some(line => line.includes('uses other variables')));
    assert.deepEqual(await models(rig), []);
    fs.writeFileSync(path.join(root, '.hg', 'hgrc'), '');
    fs.writeFileSync(path.join(root, '.hg', 'requires'), 'something-new\n');
    const second = window();
    await second.open(root);
    await second.until(() => second.state === 'refused');
    assert.ok(second.log.some(line => line.includes('in this window again')));
  });
});

test('a repository with a file that the server cannot compare moves to the window, where hg may run', async t => {
  const { rig, root, window } = prepare(t);
  await rig.daemon().start();
  // A changeset whose manifest is not there.
  const text = Buffer.from(`${'b'.repeat(40)}\nsomebody\n0 0\none\n\nfirst`);
  const changelog = makeRevlog([{ text }]);
  writeRevlog(path.join(root, '.hg', 'store'), '00changelog', changelog);
  const node = changelog.nodes[0]!.toString('hex');
  const entries = [{ state: 'n', size: 0, mtime: -1, path: 'one' }] as const;
  fs.writeFileSync(path.join(root, '.hg', 'dirstate'), encodeV1(entries, node));
  const first = window();
  await first.open(root);
  await first.until(() => first.entries.get('one') === 'modified' && first.log.some(isBack));
  assert.ok(first.usesServer);
});

describe('a JSON-RPC client', { skip }, () => {
  test('must say hello first, in lines of JSON of bounded length', async t => {
    const { rig, root } = prepare(t);
    await rig.daemon().start();
    const stat = fs.statSync(root, { bigint: true });
    const talk = (lines: readonly string[]): Promise<string[]> =>
      new Promise(resolve => {
        const socket = net.connect(rig.directory.address);
        let text = '';
        socket.on('error', () => socket.destroy());
        socket.on('data', (bytes: Buffer) => {
          text += bytes.toString();
          if (text.split('\n').length > lines.length) socket.end();
        });
        socket.on('close', () => resolve(text.split('\n').slice(0, -1)));
        for (const line of lines) socket.write(`${line}\n`);
      });
    const call = (id: number, method: string, params: unknown): string =>
      JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const hello = { protocol: [1, 0], mount: fs.readlinkSync('/proc/self/ns/mnt'), environment: { HGRCPATH: '' } };
    const id = `${stat.dev}:${stat.ino}`;
    const open = { root, rootId: id, auditSeconds: 0, watchShare: 0.1 };
    assert.match((await talk([call(1, 'repository/open', open)])).join(), /Unhandled method/);
    assert.match((await talk([call(1, 'hello', { ...hello, protocol: [9, 0] })])).join(), /speaks version 1/);
    assert.match((await talk([call(1, 'hello', { ...hello, mount: 'x' })])).join(), /other mounts/);
    const other = call(2, 'repository/open', { ...open, rootId: '1:1' });
    assert.match((await talk([call(1, 'hello', hello), other])).join(), /another directory here/);
    assert.match(
      (await talk([call(1, 'hello', hello), call(2, 'repository/open', open)])).join(),
      /"serverId".*"id":2/,
    );
    assert.deepEqual(await talk(['{ no json']), []);
    assert.deepEqual(await talk([`{"x":"${'x'.repeat(1 << 20)}"}`]), []);
    assert.match(await rig.answer('info'), /^info/);
  });
});

// The shared server's promises: one of many starters remains, requests are bounded, it ends when nobody needs it, and an
// answer is exact or refused with a reason.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { mountNamespace, runtimeDirectoryPath, RuntimeDirectory } from '../../../../src/daemon/runtimeDirectory.ts';
import { variablesToSend } from '../../../../src/daemon/shortForm.ts';
import { loadNative } from '../../../../src/status/bulk/native.ts';
import { bareRepository, DaemonRig, exchange } from '../../../support/daemonRig.ts';

/** START_ROUNDS=1000 is the long form. */
const START_ROUNDS = Number(process.env['START_ROUNDS'] ?? 3);
const skip = process.platform === 'win32' ? 'there is no socket on Windows' : false;
const hasNative = loadNative().module !== undefined;
const skipExact = process.platform === 'linux' ? skip : 'only Linux has exact answers';

function rigOf(t: TestContext): DaemonRig {
  const rig = new DaemonRig();
  t.after(() => rig.dispose());
  return rig;
}

describe('the start', { skip }, () => {
  test('of twenty servers at once leaves one, also over the socket of a dead one', async t => {
    const rig = rigOf(t);
    for (let round = 0; round < START_ROUNDS; round++) {
      const daemons = Array.from({ length: 20 }, () => rig.daemon());
      await Promise.all(daemons.map(daemon => daemon.start()));
      // A loser of the last step notices within a moment, and ends.
      const states = daemons.map(daemon => ({ daemon, isOver: false }));
      for (const state of states) void state.daemon.ended.then(() => (state.isOver = true));
      while (states.filter(({ isOver }) => !isOver).length > 1) {
        await Promise.race(states.filter(({ isOver }) => !isOver).map(({ daemon }) => daemon.ended));
      }
      const [survivor] = states.filter(({ isOver }) => !isOver);
      assert.ok(survivor !== undefined, 'one is left');
      assert.match(await rig.answer('info'), new RegExp(survivor.daemon.serverId));
      assert.deepEqual(fs.readdirSync(rig.directory.path).sort(), ['qs1.sock']);
      survivor.daemon.dispose();
    }
  });

  test('of two that both find nobody and rename at once leaves the last one', async t => {
    const rig = rigOf(t);
    let waiting = 0;
    let go: () => void = () => undefined;
    const both = new Promise<void>(resolve => (go = resolve));
    const beforeRename = (): Promise<void> => {
      if (++waiting === 2) go();
      return both;
    };
    const daemons = [rig.daemon({ beforeRename }), rig.daemon({ beforeRename })];
    assert.deepEqual(await Promise.all(daemons.map(daemon => daemon.start())), [true, true]);
    assert.equal(await Promise.race(daemons.map(daemon => daemon.ended)), 'superseded');
    assert.match(await rig.answer('info'), /^info\|/);
  });

  test('needs a directory that is closed to everybody else', t => {
    const rig = rigOf(t);
    const at = (name: string): RuntimeDirectory => new RuntimeDirectory(path.join(rig.base, name));
    fs.mkdirSync(at('open').path, { mode: 0o755 });
    fs.symlinkSync(rig.directory.path, at('link').path);
    fs.writeFileSync(at('file').path, '');
    for (const name of ['open', 'link', 'file']) assert.equal(at(name).make(), false, name);
    assert.equal(at('new').make(), true);
    if (process.geteuid?.() === 0) {
      fs.mkdirSync(at('foreign').path, { mode: 0o700 });
      fs.chownSync(at('foreign').path, 12345, 12345);
      assert.equal(at('foreign').make(), false);
      assert.equal(runtimeDirectoryPath({ ...rig.variables, HOME: '/home/other' }), undefined, 'by sudo');
    }
    const long = { ...rig.variables, QUICKSILVER_RUNTIME_DIRECTORY: `/${'x'.repeat(100)}` };
    assert.equal(runtimeDirectoryPath(long), undefined);
  });
});

describe('the end', { skip }, () => {
  test('comes when it is idle', async t => {
    const rig = rigOf(t);
    const daemon = rig.daemon({ idleMs: 20 });
    await daemon.start();
    assert.equal(await daemon.ended, 'idle');
    assert.equal((await rig.ask('info')).kind, 'absent');
  });

  test('comes when it is asked for, and a client of no server does without', async t => {
    const rig = rigOf(t);
    assert.equal((await rig.ask('info')).kind, 'absent');
    const daemon = rig.daemon();
    await daemon.start();
    assert.equal(await rig.answer('stop'), 'stopping');
    assert.equal(await daemon.ended, 'asked to stop');
    assert.equal((await rig.ask('info')).kind, 'absent');
  });

  test(
    'of a repository comes when nobody has asked for it, and then the server is idle',
    { skip: skipExact },
    async t => {
      const rig = rigOf(t);
      const root = bareRepository(path.join(rig.base, 'repo'));
      const daemon = rig.daemon({ unloadMs: 10, idleMs: 30 });
      await daemon.start();
      assert.match(await rig.answer('status', root), /^exact\|/);
      assert.equal(await daemon.ended, 'idle');
    },
  );
});

describe('a request', { skip }, () => {
  test('of a wrong form or size is refused, and the server lives on', async t => {
    const rig = rigOf(t);
    await rig.daemon().start();
    const { address } = rig.directory;
    assert.match(await exchange(address, 'GET / HTTP/1.0\r\n\r\n'), /^refused\0why=unknown form/);
    assert.match(await exchange(address, 'quicksilver/1\0\0'), /^refused\0why=/);
    assert.match(await exchange(address, 'quicksilver/1\0status\0=x\0\0'), /no name/);
    assert.match(await exchange(address, `quicksilver/1\0${'x'.repeat((1 << 20) + 1)}`), /too long|^$/);
    assert.match(await exchange(address, 'quicksilver/1\0nothing\0\0'), /unknown/);
    // A client that hangs up in the middle.
    await new Promise<void>(resolve => {
      const socket = net.connect(address, () => {
        socket.write('quicksilver/1\0sta');
        socket.destroy();
        resolve();
      });
    });
    assert.match(await rig.answer('info'), /^info/);
  });

  test('beyond the number of connections is dropped', async t => {
    const rig = rigOf(t);
    await rig.daemon().start();
    const sockets = Array.from({ length: 32 }, () => net.connect(rig.directory.address));
    t.after(() => sockets.forEach(socket => socket.destroy()));
    await Promise.all(sockets.map(socket => new Promise(resolve => socket.once('connect', resolve))));
    assert.equal((await rig.ask('info')).kind, 'silent');
    const closed = new Promise(resolve => sockets[0]!.once('close', resolve));
    sockets[0]!.destroy();
    await closed;
    // The server sees the end in a turn of its own.
    for (let asked = await rig.ask('info'); asked.kind !== 'answer';) asked = await rig.ask('info');
  });

  test('of a client that stops reading, or does not say hello, keeps no connection', async t => {
    const rig = rigOf(t);
    const root = bareRepository(path.join(rig.base, 'repo'));
    // More than the system keeps for a client.
    const long = 'x'.repeat(200);
    fs.mkdirSync(path.join(root, long));
    for (let i = 0; i < 1200; i++) fs.writeFileSync(path.join(root, long, `${long}${i}`), '');
    await rig.daemon({ patienceMs: 50 }).start();
    assert.match(await rig.answer('status', root), /^exact/);
    const { address } = rig.directory;
    const place = fs.statSync(root);
    const fields = [`root=${root}`, `id=${place.dev}:${place.ino}`, `mount=${mountNamespace()}`, 'deadline=60000'];
    const environment = Object.entries(variablesToSend(rig.variables)).map(([name, value]) => `env.${name}=${value}`);
    const status = `quicksilver/1\0${['status', ...fields, ...environment].join('\0')}\0\0`;
    for (const sent of ['quicksilver/1\0info\0\0', status, 'nonsense\0', '{', '{"jsonrpc":"2.0"']) {
      const sockets = Array.from({ length: 32 }, () => net.connect({ path: address, allowHalfOpen: true }));
      t.after(() => sockets.forEach(socket => socket.destroy()));
      for (const socket of sockets) {
        socket.on('error', () => socket.destroy());
        socket.pause();
        socket.write(sent, 'latin1');
      }
      await Promise.all(sockets.map(socket => new Promise(resolve => socket.once('connect', resolve))));
      for (let asked = await rig.ask('info'); asked.kind !== 'answer';) asked = await rig.ask('info');
    }
  });
});

describe('another user', { skip: process.geteuid?.() === 0 ? skip : 'only root can become another user' }, () => {
  const NOBODY = 65_534;
  const as = (uid: number, program: string): string => {
    return spawnSync(process.execPath, ['-e', program], { uid, gid: uid, encoding: 'utf8' }).stdout;
  };

  test('can neither connect, nor list the directory, nor put a socket into it', async t => {
    const rig = rigOf(t);
    await rig.daemon().start();
    // What is above the directory is open to all: only its own mode protects it.
    fs.chmodSync(rig.base, 0o755);
    const { path: directory, address } = rig.directory;
    const connect = `require('net').connect(${JSON.stringify(address)}).on('error', e => console.log(e.code))`;
    const list = `try { fs.readdirSync(${JSON.stringify(directory)}) } catch (e) { console.log(e.code) }`;
    const squat = `require('net').createServer().on('error', e => console.log(e.code)).listen(${JSON.stringify(`${directory}/x`)})`;
    for (const program of [connect, list, squat]) assert.equal(as(NOBODY, program), 'EACCES\n', program);
    // The same programs work for the user: they prove something.
    assert.equal(as(0, list), '');
    assert.match(await rig.answer('info'), /^info/);
  });

  test('is dropped even if somebody has opened the directory', { skip: !hasNative && 'no native code' }, async t => {
    const rig = rigOf(t);
    await rig.daemon().start();
    const { path: directory, address } = rig.directory;
    // It checks the directory's mode soon after its start, and then every five seconds.
    for (const start = performance.now(); performance.now() - start < 200;) await rig.answer('info');
    fs.chmodSync(rig.base, 0o755);
    fs.chmodSync(directory, 0o755);
    fs.chmodSync(address, 0o777);
    const talk =
      `require('net').connect(${JSON.stringify(address)}, function () { this.write('quicksilver/1\\0info\\0\\0') })` +
      `.on('data', d => console.log('data', d.length)).on('error', e => console.log(e.code)).on('close', () => console.log('closed'))`;
    // Asynchronously: the server is in this process.
    const said = async (uid: number): Promise<string> =>
      (await promisify(execFile)(process.execPath, ['-e', talk], { uid, gid: uid })).stdout;
    assert.match(await said(0), /^data \d+\nclosed\n$/);
    assert.doesNotMatch(await said(NOBODY), /data/);
    assert.match(await said(NOBODY), /closed/);
  });

  test('who owns the directory is not trusted', async t => {
    const rig = rigOf(t);
    await rig.daemon().start();
    fs.chownSync(rig.directory.path, NOBODY, NOBODY);
    assert.equal((await rig.ask('info')).kind, 'absent');
  });
});

describe('an answer', { skip: skipExact }, () => {
  test('is exact right after a change, and tells why if it is refused', async t => {
    const rig = rigOf(t);
    const root = bareRepository(path.join(rig.base, 'repo'));
    await rig.daemon().start();
    for (let i = 0; i < 50; i++) {
      fs.writeFileSync(path.join(root, `file${i}`), '');
      assert.match(await rig.answer('status', root), new RegExp(`\\|\\? file${i}(?:\\||$)`));
    }
    fs.mkdirSync(path.join(root, 'new', 'deep'), { recursive: true });
    fs.writeFileSync(path.join(root, 'new', 'deep', 'file'), '');
    assert.match(await rig.answer('status', root), /\|\? new\/deep\/file/);

    assert.equal(await rig.answer('status', root, { id: '1:2' }), 'refused|why=another directory is at the root');
    assert.equal(await rig.answer('status', root, { mount: 'mnt:[1]' }), 'refused|why=the client sees other mounts');
    assert.match(await rig.answer('status', rig.base), /no repository/);
    assert.match(await rig.answer('status', root, { root: 'repo' }), /no absolute path/);
    const link = path.join(rig.base, 'link');
    fs.symlinkSync(root, link);
    assert.match(await rig.answer('status', link), /no absolute path without symbolic links/);
    fs.symlinkSync(`host:${process.pid}`, path.join(root, '.hg', 'wlock'));
    assert.match(await rig.answer('status', root), /a command holds the lock|busy/);
    fs.unlinkSync(path.join(root, '.hg', 'wlock'));
    fs.writeFileSync(path.join(root, '.hg', 'requires'), 'something-new\n');
    assert.match(await rig.answer('status', root), /^refused\|why=.*something-new/);
    fs.writeFileSync(path.join(root, '.hg', 'requires'), 'dotencode\nfncache\ngeneraldelta\nrevlogv1\nstore\n');
    assert.match(await rig.answer('status', root), /^exact\|/);
  });

  test('follows another directory at the same place', async t => {
    const rig = rigOf(t);
    const root = bareRepository(path.join(rig.base, 'above', 'repo'));
    fs.writeFileSync(path.join(root, 'old'), '');
    await rig.daemon().start();
    assert.match(await rig.answer('status', root), /\? old/);
    fs.renameSync(path.join(rig.base, 'above'), path.join(rig.base, 'elsewhere'));
    bareRepository(root);
    fs.writeFileSync(path.join(root, 'young'), '');
    assert.match(await rig.answer('status', root), /another directory/);
    const answer = await rig.answer('status', root);
    assert.match(answer, /\? young/);
    assert.doesNotMatch(answer, /\? old/);
  });

  test('is refused where the configuration depends on what the client did not send', async t => {
    const rig = rigOf(t);
    const root = bareRepository(path.join(rig.base, 'repo'));
    await rig.daemon().start();
    fs.writeFileSync(path.join(root, '.hg', 'hgrc'), '[ui]\nignore = $HOME/quicksilver-no-such-file\n');
    assert.match(await rig.answer('status', root), /^exact\|/);
    fs.writeFileSync(path.join(root, '.hg', 'hgrc'), '[ui]\nignore = $QUICKSILVER_NO_SUCH/ignore\n');
    assert.match(await rig.answer('status', root), /uses other variables/);
  });

  test('has all changes since a token, or says that it has not', async t => {
    const rig = rigOf(t);
    const root = bareRepository(path.join(rig.base, 'repo'));
    fs.writeFileSync(path.join(root, '.hgignore'), 'syntax: glob\nbuild\n');
    fs.mkdirSync(path.join(root, 'build'));
    await rig.daemon().start();
    const changes = async (since?: string): Promise<{ token: string; fresh: boolean; paths: string[] }> => {
      const answer = await rig.answer('changes', root, since === undefined ? {} : { since });
      assert.match(answer, /\|incomplete=build\|/);
      const [, token = '', fresh] = /^changes\|token=([^|]*)\|fresh=(yes|no)\|/.exec(answer) ?? [];
      return {
        token,
        fresh: fresh === 'yes',
        paths: answer
          .slice(answer.indexOf('|paths=') + 7)
          .split('|')
          .slice(1),
      };
    };
    const first = await changes();
    assert.ok(first.fresh);
    assert.deepEqual(first.paths, []);
    fs.writeFileSync(path.join(root, 'file'), '');
    fs.mkdirSync(path.join(root, 'new', 'deep'), { recursive: true });
    const second = await changes(first.token);
    assert.ok(!second.fresh);
    assert.deepEqual(
      second.paths.filter(at => at === 'file' || at === 'new'),
      ['file', 'new'],
    );
    fs.renameSync(path.join(root, 'new'), path.join(root, 'newer'));
    const third = await changes(second.token);
    assert.deepEqual(
      third.paths.filter(at => !at.includes('/')),
      ['new', 'newer'],
    );
    assert.deepEqual((await changes(third.token)).paths, []);
    // The same file again and again, each time after a token.
    let { token } = third;
    for (let i = 0; i < 5; i++) {
      fs.writeFileSync(path.join(root, 'file'), String(i));
      const next = await changes(token);
      assert.deepEqual(next.paths, ['file'], `write ${i}`);
      token = next.token;
    }
    // The older token still has all that came after it.
    assert.ok((await changes(first.token)).paths.includes('newer'));
    for (const token of ['', 'qs1', 'qs1:x:1:0', `${third.token}:1`, third.token.replace(/\d+$/, '999999')]) {
      assert.ok((await changes(token)).fresh, token);
    }
    // More paths than are kept.
    fs.mkdirSync(path.join(root, 'many'));
    await changes();
    for (let i = 0; i < 11_000; i++) fs.writeFileSync(path.join(root, 'many', `f${i}`), '');
    assert.ok((await changes(third.token)).fresh);
  });

  test('gives the prompt its names and counts', async t => {
    const rig = rigOf(t);
    const root = bareRepository(path.join(rig.base, 'repo'));
    fs.writeFileSync(path.join(root, '.hg', 'branch'), 'red\x1b[31m\n');
    fs.writeFileSync(path.join(root, 'file'), '');
    await rig.daemon().start();
    const answer = await rig.answer('prompt', root);
    assert.equal(answer, 'prompt|b:red\\x1b[31m|m:|t:|o:|n:0 0 0 0 1 0|s:exact');
  });
});

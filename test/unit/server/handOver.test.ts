// Versions side by side: a newer server takes the name of an older one, and windows move when their models are ready.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { isNewer } from '../../../src/daemon/versions.ts';
import { bundle } from '../../support/bundle.ts';
import { bareRepository, DaemonRig } from '../../support/daemonRig.ts';
import { WindowRig } from '../../support/windowRig.ts';

const skip = process.platform === 'win32' ? 'there is no socket on Windows' : false;

function prepare(t: TestContext): { readonly rig: DaemonRig; readonly root: string } {
  const rig = new DaemonRig();
  t.after(() => rig.dispose());
  const root = bareRepository(path.join(rig.base, 'repo'));
  fs.writeFileSync(path.join(root, 'one'), '');
  return { rig, root };
}

async function runningVersion(rig: DaemonRig): Promise<string> {
  const [, server = ''] = (await rig.answer('info')).split('|');
  return (JSON.parse(server) as { readonly version: string }).version;
}

test('a version is newer by its numbers', () => {
  for (const [version, than] of [
    ['0.2.0', '0.1.9'],
    ['1.0.0', '0.99.99'],
    ['0.1.10', '0.1.9'],
    ['1.0.1-beta', '1.0.0'],
  ] as const) {
    assert.ok(isNewer(version, than), version);
    assert.ok(!isNewer(than, version), than);
  }
  for (const version of ['', '1', '1.2', 'x.y.z', '1.2.3.4', '99999999999.0.0'])
    assert.ok(!isNewer(version, '0.0.0'), version);
  assert.ok(!isNewer('1.0.0-beta', '1.0.0'));
});

describe('a server', { skip }, () => {
  test('makes room for a newer version alone', async t => {
    const { rig } = prepare(t);
    const older = rig.daemon({ version: '1.2.3' });
    assert.ok(await older.start());
    for (const version of ['1.2.3', '1.2.2', '0.9.9', 'nonsense']) {
      assert.equal(await rig.daemon({ version }).start(), false, version);
    }
    assert.match(await rig.answer('retire', undefined, { build: '1.2.3' }), /^refused\|why=version 1\.2\.3 runs$/);
    assert.equal(await runningVersion(rig), '1.2.3');
    assert.ok(await rig.daemon({ version: '1.3.0' }).start());
    assert.equal(await older.ended, 'superseded');
    assert.equal(await runningVersion(rig), '1.3.0');
  });

  test('goes on if the newer one never comes', async t => {
    const { rig, root } = prepare(t);
    await rig.daemon({ version: '1.0.0' }).start();
    assert.equal(await rig.answer('retire', undefined, { build: '2.0.0' }), 'retiring');
    assert.match(await rig.answer('prompt', root), /^prompt|refused/);
    assert.equal(await runningVersion(rig), '1.0.0');
  });
});

describe('windows', { skip }, () => {
  test('of a newer version start their server, and all move there without an empty list', async t => {
    const { rig, root } = prepare(t);
    const old = bundle('src/server/main/workerMain.ts', path.join(rig.base, 'old', 'worker.cjs'), '0.0.1');
    const programs = path.join(rig.base, 'new');
    bundle('src/server/main/workerMain.ts', path.join(programs, 'worker.cjs'));
    const env = { ...process.env, ...rig.variables };
    const server = spawn(process.execPath, [old, 'serve', '--foreground'], { env, stdio: 'ignore' });
    const ended = once(server, 'exit');
    t.after(() => server.kill('SIGKILL'));
    while ((await rig.ask('info')).kind !== 'answer');
    assert.equal(await runningVersion(rig), '0.0.1');
    // The first one has no newer server to start, as one of the older version would have none.
    const windows = [new WindowRig(rig), new WindowRig(rig, programs)] as const;
    for (const window of windows) t.after(() => window.dispose());
    for (const window of windows) {
      await window.open(root);
      await window.until(() => window.entries.has('one') && window.state === 'ready');
    }
    const moved = windows.map(window =>
      window.until(() => window.log.some(line => line.includes('its model is in the newer server'))),
    );
    for (let i = 0; i < 20; i++) {
      fs.writeFileSync(path.join(root, `during${i}`), '');
      await Promise.all(windows.map(window => window.until(() => window.entries.has(`during${i}`))));
      for (const window of windows) assert.ok(window.entries.has('one'), 'the list was never without it');
    }
    await Promise.all(moved);
    await ended;
    assert.notEqual(await runningVersion(rig), '0.0.1');
    fs.writeFileSync(path.join(root, 'after'), '');
    await Promise.all(windows.map(window => window.until(() => window.entries.has('after'))));
    for (const window of windows) {
      assert.ok(window.leastEntries >= 1, 'no update left the list empty');
    }
    assert.equal(await rig.answer('stop'), 'stopping');
  });
});

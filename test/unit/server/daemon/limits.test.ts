// Limits of the shared server: memory goes by the least recently used model, and whoever starts it sets the limits.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import * as protocol from '../../../../src/server/protocol.ts';
import { bundle } from '../../../support/bundle.ts';
import { bareRepository, DaemonRig } from '../../../support/daemonRig.ts';
import { WindowRig } from '../../../support/windowRig.ts';

const skip = process.platform === 'win32' ? 'there is no socket on Windows' : false;
const skipExact = process.platform === 'linux' ? skip : 'only Linux has exact answers';

interface Facts {
  readonly idleSeconds: number;
  readonly memoryLimitBytes: number;
}

interface Model {
  readonly root: string;
  readonly estimatedBytes: number;
}

async function info(rig: DaemonRig): Promise<{ readonly server: Facts; readonly models: readonly Model[] }> {
  const [, server = '', ...models] = (await rig.answer('info')).split('|');
  return { server: JSON.parse(server) as Facts, models: models.map(line => JSON.parse(line) as Model) };
}

/** The names of the repositories that it follows. */
async function followed(rig: DaemonRig): Promise<string[]> {
  return (await info(rig)).models.map(({ root }) => path.basename(root)).sort();
}

function prepare(t: TestContext): { readonly rig: DaemonRig; readonly repository: (name: string) => string } {
  const rig = new DaemonRig();
  t.after(() => rig.dispose());
  return {
    rig,
    repository: name => {
      const root = bareRepository(path.join(rig.base, name));
      fs.writeFileSync(path.join(root, 'file'), '');
      return root;
    },
  };
}

describe('memory', { skip: skipExact }, () => {
  test('goes by the least recently used model', async t => {
    const { rig, repository } = prepare(t);
    const [a, b, c] = [repository('a'), repository('b'), repository('c')];
    await rig.daemon().start();
    assert.match(await rig.answer('status', a), /\? file$/);
    const [{ estimatedBytes } = { estimatedBytes: 0 }] = (await info(rig)).models;
    assert.ok(estimatedBytes > 0);
    await rig.answer('stop');
    while ((await rig.ask('info')).kind !== 'absent');

    await rig.daemon({ memoryBytes: 2.5 * estimatedBytes }).start();
    for (const root of [a, b, c]) await rig.answer('status', root);
    assert.deepEqual(await followed(rig), ['b', 'c']);
    await rig.answer('status', b);
    await rig.answer('status', a);
    assert.deepEqual(await followed(rig), ['a', 'b']);
  });

  test('that a single model exceeds leaves this one', async t => {
    const { rig, repository } = prepare(t);
    const [a, b] = [repository('a'), repository('b')];
    await rig.daemon({ memoryBytes: 1 }).start();
    for (const root of [a, a, b]) assert.match(await rig.answer('status', root), /^exact/);
    assert.deepEqual(await followed(rig), ['b']);
  });

  test('has windows follow further repositories themselves', async t => {
    const { rig, repository } = prepare(t);
    const [a, b] = [repository('a'), repository('b')];
    await rig.daemon({ memoryBytes: 1 }).start();
    const window = new WindowRig(rig);
    t.after(() => window.dispose());
    await window.open(a);
    await window.until(() => window.state === 'ready' && window.entries.has('file'));
    await window.open(b);
    assert.ok(window.log.some(line => line.includes('/b: the shared server does not follow it (the limit of memory')));
    assert.deepEqual(await followed(rig), ['a']);
    // One that the server follows anyway costs nothing more.
    const second = new WindowRig(rig);
    t.after(() => second.dispose());
    await second.open(a);
    assert.ok(second.usesServer);
  });
});

test('a window that starts a server passes its limits on', { skip }, async t => {
  const { rig, repository } = prepare(t);
  const programs = path.join(rig.base, 'programs');
  bundle('src/server/main/workerMain.ts', path.join(programs, 'worker.cjs'));
  const window = new WindowRig(rig, programs);
  t.after(() => window.dispose());
  await window.connection.sendRequest(protocol.Open, {
    ...{ root: repository('a'), auditSeconds: 0, watchShare: 0.5, sharing: 'on' },
    serverLimits: { idleMinutes: 2.5, memoryMegabytes: 64 },
  });
  while ((await rig.ask('info')).kind !== 'answer');
  const { server } = await info(rig);
  assert.deepEqual([server.idleSeconds, server.memoryLimitBytes], [150, 64 << 20]);
  assert.equal(await rig.answer('stop'), 'stopping');
});

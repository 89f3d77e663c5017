// Limits of the shared server: memory goes by the least recently used model, and whoever starts it sets the limits.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import * as protocol from '../../../../src/server/protocol.ts';
import { LiveModel } from '../../../../src/workingCopy/liveModel.ts';
import { bundle } from '../../../support/bundle.ts';
import { bareRepository, DaemonRig } from '../../../support/daemonRig.ts';
import { RpcRig } from '../../../support/rpcRig.ts';
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
  readonly allWatched: boolean;
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

test('no client changes the share of watches, or has models checked all the time', { skip: skipExact }, async t => {
  const audits = t.mock.method(LiveModel.prototype, 'auditEvery');
  for (const [watchShare, sent, allWatched] of [
    [0.25, 0, true],
    [0.25, -1, true],
    [0, 1, false],
    [0, 5, false],
  ] as const) {
    const { rig, repository } = prepare(t);
    await rig.daemon({ watchShare }).start();
    const client = new RpcRig(rig);
    t.after(() => client.dispose());
    await client.hello();
    for (const [auditSeconds, used] of [
      [0.001, 10_000],
      [60, 60_000],
      [0, 0],
      [-1, 0],
      [1e12, 86_400_000],
    ] as const) {
      const root = repository(`audits${auditSeconds}`);
      audits.mock.resetCalls();
      await client.ask('repository/open', root, { auditSeconds, watchShare: sent });
      assert.deepEqual(
        audits.mock.calls.map(call => call.arguments[0]),
        [used],
      );
      await client.until(() => client.updates.some(update => update.root === root && update.settled));
    }
    const { models } = await info(rig);
    assert.deepEqual(
      models.map(model => model.allWatched),
      Array<boolean>(5).fill(allWatched),
    );
  }
});

test('a window that starts a server passes its limits on', { skip }, async t => {
  const { rig, repository } = prepare(t);
  const programs = path.join(rig.base, 'programs');
  bundle('src/server/main/workerMain.ts', path.join(programs, 'worker.cjs'));
  const window = new WindowRig(rig, programs);
  t.after(() => window.dispose());
  await window.connection.sendRequest(protocol.Open, {
    ...{ root: repository('a'), auditSeconds: 0, watchShare: 0.5, sharing: 'on' },
    serverLimits: { idleMinutes: 2.5, memoryMegabytes: 64, watchShare: 0 },
  });
  while ((await rig.ask('info')).kind !== 'answer');
  const { server } = await info(rig);
  assert.deepEqual([server.idleSeconds, server.memoryLimitBytes], [150, 64 << 20]);
  await rig.ask('status', repository('b'));
  const { models } = await info(rig);
  assert.deepEqual(new Set(models.map(({ allWatched }) => allWatched)), new Set([false]));
  assert.equal(await rig.answer('stop'), 'stopping');
});

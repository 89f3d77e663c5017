// Windows without a server: the second one on a repository starts one, and both move there. Until the server has
// everything, and whenever it cannot follow a repository, the engine of each window goes on.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { nextTurn } from '../../../src/base/async.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { WindowMarkers } from '../../../src/daemon/windowMarkers.ts';
import { SharedModels, type SharedModelsOptions } from '../../../src/server/sharedModels.ts';
import { bundle } from '../../support/bundle.ts';
import { bareRepository, DaemonRig } from '../../support/daemonRig.ts';
import { keepRunning } from '../../support/keepRunning.ts';
import { Random, seedFromEnvironment } from '../../support/random.ts';
import { WindowRig } from '../../support/windowRig.ts';

const skip = process.platform === 'win32' ? 'there is no socket on Windows' : false;
/** A window that has lost three servers uses none any more. */
const KILLS = 3;
/** Two processes that run. */
const [FIRST, SECOND] = [process.pid, process.ppid];

function prepare(t: TestContext): { readonly rig: DaemonRig; readonly root: string } {
  const rig = new DaemonRig();
  keepRunning(t);
  t.after(() => rig.dispose());
  const root = bareRepository(path.join(rig.base, 'repo'));
  fs.writeFileSync(path.join(root, 'one'), '');
  return { rig, root };
}

function markersOf(rig: DaemonRig): string[] {
  return fs.readdirSync(rig.directory.path).filter(name => name.startsWith('w'));
}

interface Model {
  readonly root: string;
  readonly state: string;
  readonly users: number;
}

/** The number of connections to the server, that of this question included, and its models. */
async function facts(rig: DaemonRig): Promise<{ readonly connections: number; readonly models: readonly Model[] }> {
  const [, server = '{}', ...models] = (await rig.answer('info')).split('|');
  const { connections } = JSON.parse(server) as { readonly connections: number };
  return { connections, models: models.map(line => JSON.parse(line) as Model) };
}

function hasMoved(window: WindowRig): boolean {
  return window.log.some(line => line.includes('its model is in the shared server now'));
}

describe('a second window', { skip }, () => {
  test('starts a server, to which both move without an empty list', async t => {
    const { rig, root } = prepare(t);
    const programs = path.join(rig.base, 'programs');
    bundle('src/server/main/workerMain.ts', path.join(programs, 'worker.cjs'));
    const open = async (process: number): Promise<WindowRig> => {
      const window = new WindowRig(rig, programs, {}, process);
      t.after(() => window.dispose());
      await window.open(root);
      await window.until(() => window.entries.has('one') && window.state === 'ready');
      assert.equal(window.causes[0], 'first scan');
      return window;
    };
    const first = await open(FIRST);
    assert.equal(markersOf(rig).length, 1);
    assert.equal((await rig.ask('info')).kind, 'absent');
    const windows = [first, await open(SECOND)];
    const moved = Promise.all(windows.map(window => window.until(() => hasMoved(window))));
    for (let i = 0; i < 20; i++) {
      fs.writeFileSync(path.join(root, `during${i}`), '');
      await Promise.all(windows.map(window => window.until(() => window.entries.has(`during${i}`))));
    }
    await moved;
    const { models } = await facts(rig);
    assert.deepEqual(
      models.map(model => [model.root, model.users]),
      [[root, 2]],
    );
    assert.deepEqual(markersOf(rig), []);
    fs.writeFileSync(path.join(root, 'after'), '');
    await Promise.all(windows.map(window => window.until(() => window.entries.has('after'))));
    for (const window of windows) assert.equal(window.leastEntries, 1, 'no update left the list empty');

    // After the end of the server each window goes on alone, and no window starts one again.
    assert.equal(await rig.answer('stop'), 'stopping');
    fs.writeFileSync(path.join(root, 'alone'), '');
    const isAlone = (window: WindowRig): boolean => window.log.some(line => line.includes('the shared server is gone'));
    await Promise.all(windows.map(window => window.until(() => isAlone(window) && window.entries.has('alone'))));
    assert.equal(markersOf(rig).length, 2);
    for (const window of windows) window.dispose();
    assert.deepEqual(markersOf(rig), []);
  });

  test('on another repository starts none, nor does one where no server may be started', async t => {
    const { rig, root } = prepare(t);
    const other = bareRepository(path.join(rig.base, 'other'));
    // In place of a server: a program that cannot start.
    const programs = path.join(rig.base, 'programs');
    const open = async (at: string, process: number, variables: Record<string, string> = {}): Promise<WindowRig> => {
      const window = new WindowRig(rig, programs, variables, process);
      t.after(() => window.dispose());
      await window.open(at);
      await window.until(() => window.state === 'ready');
      return window;
    };
    const started = (window: WindowRig): boolean => window.log.some(line => line.includes('another window follows it'));
    const windows = [
      await open(root, FIRST),
      await open(root, FIRST),
      await open(other, SECOND),
      await open(root, SECOND, { QUICKSILVER_SERVER: 'off' }),
    ];
    assert.deepEqual(windows.map(started), [false, false, false, false]);
    assert.equal(markersOf(rig).length, 2);
    assert.ok(started(await open(root, SECOND)));
  });

  test('moves to a server that somebody else starts', async t => {
    const { rig, root } = prepare(t);
    const window = new WindowRig(rig);
    t.after(() => window.dispose());
    await window.open(root);
    await window.until(() => window.entries.has('one'));
    await rig.daemon().start();
    await window.until(() => hasMoved(window));
    fs.writeFileSync(path.join(root, 'two'), '');
    await window.until(() => window.entries.has('two'));
    assert.equal(window.leastEntries, 1);
  });

  test('stays alone where the server declines, and does not keep the server running', async t => {
    const { rig, root } = prepare(t);
    fs.writeFileSync(path.join(root, '.hg', 'hgrc'), '[ui]\nignore = $QUICKSILVER_NO_SUCH/ignore\n');
    const refused = bareRepository(path.join(rig.base, 'refused'));
    fs.writeFileSync(path.join(refused, '.hg', 'requires'), 'something-new\n');
    const window = new WindowRig(rig);
    t.after(() => window.dispose());
    for (const each of [root, refused]) await window.open(each);
    await window.until(() => window.entries.has('one'));
    await rig.daemon().start();
    const declined = (at: string): boolean =>
      window.log.some(line => line.startsWith(`${at}: `) && line.includes('does not follow it'));
    await window.until(() => declined(root) && declined(refused));
    while ((await facts(rig)).connections > 1) await nextTurn();
    assert.ok(!window.log.some(line => line.includes('its model is in')), 'its own engine went on');
    assert.deepEqual(markersOf(rig), []);
    fs.writeFileSync(path.join(root, 'two'), '');
    await window.until(() => window.entries.has('two'));
  });
});

describe('two windows', { skip }, () => {
  const seed = seedFromEnvironment('KILL_SEED');

  test(`show every file when servers are killed, seed ${seed} (KILL_SEED=${seed} repeats it)`, async t => {
    const random = new Random(seed);
    const { rig, root } = prepare(t);
    const program = bundle('src/server/main/workerMain.ts', path.join(rig.base, 'programs', 'worker.cjs'));
    const windows = [FIRST, SECOND].map(process => new WindowRig(rig, undefined, {}, process));
    for (const window of windows) {
      t.after(() => window.dispose());
      await window.open(root);
    }
    const shown = (name: string): Promise<unknown> =>
      Promise.all(windows.map(window => window.until(() => window.entries.has(name) && window.state === 'ready')));
    await shown('one');
    const expected = ['one'];
    for (let kill = 0; kill < KILLS; kill++) {
      const env = { ...process.env, ...rig.variables };
      const server = spawn(process.execPath, [program, 'serve', '--foreground'], { env, stdio: 'ignore' });
      t.after(() => server.kill('SIGKILL'));
      const ended = once(server, 'exit');
      while ((await rig.ask('info')).kind !== 'answer') await nextTurn();
      // It dies before, while or after the windows move there: at one of these writes.
      const [last, turns] = [random.below(6), random.below(20)];
      for (let i = 0; i <= last; i++) {
        const name = `file${kill}-${i}`;
        fs.writeFileSync(path.join(root, name), '');
        expected.push(name);
        if (i < last) await shown(name);
      }
      for (let i = 0; i < turns; i++) await nextTurn();
      server.kill('SIGKILL');
      await shown(expected.at(-1)!);
      await ended;
    }
    fs.writeFileSync(path.join(root, 'end'), '');
    await shown('end');
    for (const window of windows) {
      assert.deepEqual([...window.entries.keys()].sort(), [...expected, 'end'].sort());
      assert.equal(window.leastEntries, 1, 'no list was empty');
    }
  });
});

describe('the models of a window', { skip }, () => {
  /** What the window was asked to do, in order. */
  function shared(
    rig: DaemonRig,
    t: TestContext,
    options: Partial<SharedModelsOptions> = {},
  ): [SharedModels, string[]] {
    const events: string[] = [];
    const models = new SharedModels({
      variables: rig.variables,
      logger: silentLogger,
      window: FIRST,
      mayStart: (_, hasOtherWindow) => hasOtherWindow,
      startServer: () => void events.push('start'),
      relay: () => void events.push('relay'),
      takeOver: () => void events.push('take over'),
      release: () => void events.push('release'),
      ...options,
    });
    t.after(() => models.dispose());
    return [models, events];
  }

  const openOptions = (root: string) => ({ root, auditSeconds: 0, watchShare: 0.5, sharing: 'auto' }) as const;

  function idOf(root: string): string {
    const { dev, ino } = fs.statSync(root, { bigint: true });
    return `${dev}:${ino}`;
  }

  test('do not move while the own engine answers a request', async t => {
    const { rig, root } = prepare(t);
    const [models, events] = shared(rig, t);
    assert.equal(await models.open(openOptions(root), idOf(root)), false);
    let finish: (answer: string) => void = () => undefined;
    const answer = models.doAlone(root, () => new Promise<string>(resolve => (finish = resolve)));
    await rig.daemon().start();
    while (!(await facts(rig)).models.some(({ state }) => state === 'ready')) await nextTurn();
    // A later state comes after the first one: so that one has arrived.
    fs.writeFileSync(path.join(root, 'two'), '');
    for (let i = 0; i < 3; i++) await rig.answer('status', root);
    assert.deepEqual(events, []);
    finish('answered');
    assert.equal(await answer, 'answered');
    while (events.length === 0) await nextTurn();
    assert.deepEqual(events.slice(0, 2), ['release', 'relay']);
    assert.ok(models.serves(root));
  });

  test('start a server for the repository that needs one, also if another one asks first', async t => {
    const { rig, root } = prepare(t);
    const large = bareRepository(path.join(rig.base, 'large'));
    const [models, events] = shared(rig, t, { mayStart: options => options.root === large });
    await Promise.all([root, large].map(each => models.open(openOptions(each), idOf(each))));
    assert.deepEqual(events, ['start']);
  });
});

describe('markers', { skip }, () => {
  test('of windows that have ended count for nothing, and are removed', t => {
    const { rig } = prepare(t);
    const { pid } = spawnSync(process.execPath, ['--version']);
    const put = (window: number, root: string): [WindowMarkers, boolean] => {
      const markers = new WindowMarkers(rig.variables, window, () => undefined);
      return [markers, markers.put(root)];
    };
    const [, alone] = put(pid, '/a');
    const [first, besideEnded] = put(FIRST, '/a');
    const [second, besideFirst] = put(SECOND, '/a');
    const [, elsewhere] = put(SECOND, '/b');
    assert.deepEqual([alone, besideEnded, besideFirst, elsewhere], [false, false, true, false]);
    assert.equal(markersOf(rig).filter(name => name.startsWith(`w${pid}-`)).length, 0);
    for (const markers of [first, second]) markers.dispose();
    assert.equal(markersOf(rig).length, 1);
  });

  test('are left in no directory that others can enter', t => {
    const { rig } = prepare(t);
    fs.chmodSync(rig.directory.path, 0o755);
    const markers = new WindowMarkers(rig.variables, FIRST, () => undefined);
    t.after(() => markers.dispose());
    assert.equal(markers.put('/a'), false);
    assert.deepEqual(markersOf(rig), []);
  });
});

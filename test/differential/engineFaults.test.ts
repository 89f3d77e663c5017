// The real engine in its thread, ended in the ways in which a thread ends: out of memory, by an error, from outside. It is
// started again, reads everything anew, and the process that it is in goes on.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { ResourceLimits } from 'node:worker_threads';
import { toDisposable } from '../../src/base/lifecycle.ts';
import { EngineClient } from '../../src/extension/engine/engineClient.ts';
import { restartDelay } from '../../src/extension/engine/engineSupervisor.ts';
import { startWorker } from '../../src/extension/engine/engineTransport.ts';
import type { RepositoryUpdate } from '../../src/server/protocol.ts';
import { bundle } from '../support/bundle.ts';
import { HgSandbox } from '../support/hgSandbox.ts';
import { RecordingLogger } from '../support/recordingLogger.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const UNKNOWN_FILES = 40_000;

describe('the engine', () => {
  let base = '';
  let worker = '';

  before(() => {
    base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-engine-')));
    worker = bundle('src/server/main/workerMain.ts', path.join(base, 'worker.cjs'));
  });
  after(() => removeTree(base));

  interface Engine {
    readonly client: EngineClient;
    readonly deaths: string[];
    /** How long was waited before each start after a death, in milliseconds. */
    readonly delays: number[];
    readonly starts: () => number;
    readonly logger: RecordingLogger;
    /** Resolves with the next update that fulfils the condition. */
    readonly update: (condition: (update: RepositoryUpdate) => boolean) => Promise<RepositoryUpdate>;
  }

  /** @param limits of the first, second, … start; none for those after */
  function engine(t: TestContext, limits: readonly ResourceLimits[] = []): Engine {
    const logger = new RecordingLogger();
    const deaths: string[] = [];
    const delays: number[] = [];
    let starts = 0;
    const client = new EngineClient({
      start: () => startWorker(worker, logger, limits[starts++]),
      log: logger,
      ask: () => Promise.resolve(null),
      schedule: (milliseconds, callback) => {
        delays.push(milliseconds);
        // At once: how long it is has been noted.
        const handle = setImmediate(callback);
        return toDisposable(() => clearImmediate(handle));
      },
      now: () => performance.now(),
    });
    t.after(() => client.dispose());
    client.onDidDie(({ reason }) => deaths.push(reason));
    const update: Engine['update'] = condition =>
      new Promise(resolve => {
        const listener = client.onDidUpdate(next => {
          if (!condition(next)) return;
          listener.dispose();
          resolve(next);
        });
      });
    return { client, deaths, delays, starts: () => starts, logger, update };
  }

  function repository(t: TestContext, unknown: number): string {
    const sandbox = new HgSandbox();
    t.after(() => sandbox.dispose());
    sandbox.hg('.', ['init', 'repository']);
    sandbox.write('repository', 'tracked', 'tracked\n');
    sandbox.hg('repository', ['commit', '-qAm', 'first']);
    sandbox.write('repository', 'tracked', 'tracked, and changed\n');
    fs.mkdirSync(sandbox.path('repository/many'));
    for (let i = 0; i < unknown; i++)
      fs.closeSync(fs.openSync(sandbox.path(`repository/many/${'name-'.repeat(20)}${i}`), 'w'));
    return sandbox.path('repository');
  }

  const isReady = ({ state, settled }: RepositoryUpdate): boolean => state.kind === 'ready' && settled;
  const open = (root: string): { root: string; auditSeconds: number; watchShare: number } => ({
    root,
    auditSeconds: 0,
    watchShare: 0.25,
  });

  test('out of memory: it is started again, later each time, until there is enough', async t => {
    const root = repository(t, UNKNOWN_FILES);
    const small = { maxOldGenerationSizeMb: 12, maxYoungGenerationSizeMb: 2 };
    const { client, deaths, delays, starts, logger, update } = engine(t, [small, small]);
    const ready = update(isReady);
    // What was asked of an engine that died has no answer; that it is asked again is the client's matter.
    client.open(open(root)).catch(() => undefined);
    const { counts, reset } = await ready;
    assert.deepEqual([counts.modified, counts.unknown, counts.tracked], [1, UNKNOWN_FILES, 1]);
    assert.equal(reset || starts() === 3, true);
    assert.equal(deaths.length, 2);
    for (const reason of deaths) assert.match(reason, /memory limit/);
    assert.deepEqual(delays, [restartDelay(1), restartDelay(2)]);
    const told = logger.lines.filter(line => line.includes('the engine ended unexpectedly'));
    assert.equal(told.length, 2);
  });

  test('ended from outside: what changed meanwhile is found', async t => {
    const root = repository(t, 1);
    const { client, deaths, update } = engine(t);
    const first = update(isReady);
    await client.open(open(root));
    await first;
    const again = update(isReady);
    client.crash();
    fs.writeFileSync(path.join(root, 'meanwhile'), '');
    const { counts } = await again;
    assert.deepEqual([counts.modified, counts.unknown], [1, 2]);
    assert.equal(deaths.length, 1);
  });
});

// Scanner threads: they say what the same code says on this thread, and their death is no disaster.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { createScanners } from '../../../src/status/bulk/createScanners.ts';
import { planScan } from '../../../src/status/bulk/plan.ts';
import { WorkerScanners } from '../../../src/status/bulk/workerScanners.ts';
import { runStatus } from '../../../src/status/status.ts';
import type { StatusInput } from '../../../src/status/types.ts';
import { inThread, withoutNative } from '../../support/bulkForms.ts';
import { fakeInput } from '../../support/fakeStatCache.ts';
import { RecordingLogger } from '../../support/recordingLogger.ts';
import { OLD_SECONDS, temporaryDirectory } from '../../support/temporaryDirectory.ts';

/** The thread's code as one script, made from the sources that are there now. */
const MAIN = buildSync({
  entryPoints: [fileURLToPath(new URL('../../../src/status/bulk/scannerMain.ts', import.meta.url))],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  write: false,
}).outputFiles[0]!.text;

const start = (): Worker => new Worker(MAIN, { eval: true });

function someInput(t: TestContext): StatusInput {
  const directory = temporaryDirectory(t);
  const entries = [];
  for (let i = 0; i < 20; i++) {
    directory.write(`d${i}/a`, i % 5 === 0 ? '22' : '1');
    directory.write(`d${i}/sub/\xe4`, '1');
    entries.push(...[`d${i}/a`, `d${i}/sub/\xe4`].map(path => ({ path, size: 1, mtime: OLD_SECONDS })));
  }
  directory.write('d7/new', '');
  return fakeInput({ root: directory.root, entries });
}

const EXPECTED = ['modified d0/a', 'modified d10/a', 'modified d15/a', 'modified d5/a', 'unknown d7/new'];

async function statusBy(scanners: WorkerScanners, input: StatusInput, failures: unknown[]): Promise<string[]> {
  const { entries } = await runStatus(input, {
    ignored: 'none',
    clean: false,
    bulk: { scanners, minimumNodes: 0, unitNodes: 4, onFailure: error => failures.push(error) },
  });
  return entries.map(({ path, status }) => `${status} ${path}`).sort();
}

test('threads find what this thread finds, in one scan after the other', async t => {
  const scanners = new WorkerScanners(start);
  t.after(() => scanners.dispose());
  const input = someInput(t);
  const plan = planScan(input, 4);
  const columns = input.statCache.columns!;
  const threads = scanners.prepare(input, columns, plan);
  const here = inThread.prepare(input, columns, plan);
  assert.ok(plan.units.length > 5);
  for (const unit of plan.units) assert.deepEqual(await threads.scan(unit), await here.scan(unit));
  const failures: unknown[] = [];
  for (let i = 0; i < 3; i++) assert.deepEqual(await statusBy(scanners, input, failures), EXPECTED);
  assert.deepEqual(failures, []);
});

test('scans of several repositories at the same time do not meet', async t => {
  const scanners = new WorkerScanners(start);
  t.after(() => scanners.dispose());
  const failures: unknown[] = [];
  const other = temporaryDirectory(t);
  const entries = [];
  for (let i = 0; i < 30; i++) {
    for (const path of [`e${i}/a`, `e${i}/b/c`]) {
      other.write(path, '1');
      entries.push({ path, size: 1, mtime: OLD_SECONDS });
    }
    if (i % 10 === 9) other.write(`e${i}/new`, '');
  }
  const inputs = [someInput(t), fakeInput({ root: other.root, entries }), someInput(t)];
  const found = await Promise.all(inputs.map(input => statusBy(scanners, input, failures)));
  assert.deepEqual(found, [EXPECTED, ['unknown e19/new', 'unknown e29/new', 'unknown e9/new'], EXPECTED]);
  assert.deepEqual(failures, []);
});

test('a thread that dies ends in a scan by this thread; the next scan has new threads', async t => {
  const workers: Worker[] = [];
  const scanners = new WorkerScanners(() => {
    const worker = workers.length < 2 ? new Worker('process.exit(7)', { eval: true }) : start();
    workers.push(worker);
    return worker;
  });
  t.after(() => scanners.dispose());
  const input = someInput(t);
  const failures: unknown[] = [];
  assert.deepEqual(await statusBy(scanners, input, failures), EXPECTED);
  assert.ok(failures.length > 0);
  assert.match(String(failures[0]), /ended with code 7/);
  assert.deepEqual(await statusBy(scanners, input, ((failures.length = 0), failures)), EXPECTED);
  assert.deepEqual(failures, []);
  assert.equal(workers.length, 4);
});

test('disposing of the threads ends a scan that runs, by this thread alone', async t => {
  const scanners = new WorkerScanners(start);
  const failures: unknown[] = [];
  const run = statusBy(scanners, someInput(t), failures);
  scanners.dispose();
  assert.deepEqual(await run, EXPECTED);
  assert.match(String(failures[0]), /were stopped/);
});

test('without native code threads are used, and the log says so', t => {
  withoutNative(t);
  const logger = new RecordingLogger();
  const scanners = createScanners(logger);
  t.after(() => scanners.dispose());
  assert.ok(scanners instanceof WorkerScanners);
  assert.deepEqual(logger.lines, ['info: Scanning in JavaScript: no native code (QUICKSILVER_NATIVE is 0).']);
});

// Several windows on one repository: each with its own model, and all with that of the shared server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { projectRoot } from '../lib/processes.mjs';
import { processorOf } from './processor.mjs';
import { makeRow } from './report.mjs';

const WORKER = path.join(projectRoot, 'dist', 'worker.cjs');
const WINDOWS = 3;
const MEGABYTE = 1 << 20;
/** Targets are for repositories of so many files. */
const TARGETED = 300_000;

/**
 * @param root of a large repository
 * @param small root of a small repository, which each window opens first
 * @param env that of the server, and of windows that use it
 * @param startServer starts a server that follows nothing yet; returns the process, when it listens
 * @param untilWatched waits until the server watches every directory of the root
 */
export async function measureWindows({ root, small, files, env, startServer, untilWatched }) {
  const own = await openWindows([small, root], env, 'off');
  await closeWindows(own);
  const server = await startServer();
  try {
    const shared = await openWindows([small, root], env, 'auto', { server: server.pid, untilWatched });
    const serverBytes = memoryOf(server.pid);
    await closeWindows(shared);
    return rowsOf(files, own, shared, serverBytes);
  } finally {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  }
}

function rowsOf(files, own, shared, serverBytes) {
  const [first, second] = shared;
  const ofFirst = what => ({ name: "the first one's", value: what(first) });
  const row = (id, title, value, target, unit) => {
    const targets = target === undefined || files < TARGETED ? [] : [{ of: 'median', ...target }];
    return makeRow({ id: `server.window-${id}`, files, title, values: [value], unit, targets });
  };
  const bytesOf = windows => windows.reduce((sum, window) => sum + window.bytes, 0);
  const alone = { name: 'three models', value: bytesOf(own) / MEGABYTE };
  const processor = window => window.processor + window.serverProcessor;
  return [
    row('first', 'first window, model in the server', first.milliseconds),
    row('second', 'second window', second.milliseconds, { limit: 0.1, base: ofFirst(each => each.milliseconds) }),
    row('first-processor', 'first window: processor, with the server', processor(first)),
    row('second-processor', 'second window: processor, with the server', processor(second), {
      limit: 0.1,
      base: ofFirst(processor),
    }),
    row('watches', 'watches of the server and one window', first.watches, undefined, 'watches'),
    row('watches-second', 'watches that the second window adds', second.watches - first.watches, { limit: 0 }, 'more'),
    row('memory-second', 'memory of the server that the second window adds', second.serverGrowth, { limit: 5 }, 'MB'),
    row('memory-own', 'memory of three windows, each with its model', alone.value, undefined, 'MB'),
    row('memory-one', 'memory of a window whose model is in the server', second.bytes / MEGABYTE, undefined, 'MB'),
    row('memory-server', 'memory of the server', serverBytes / MEGABYTE, undefined, 'MB'),
    row(
      'memory-shared',
      'memory of the server and three windows',
      (bytesOf(shared) + serverBytes) / MEGABYTE,
      { limit: 0.65, base: alone },
      'MB',
    ),
  ];
}

/**
 * Opens windows one after the other. Each has
 * - `milliseconds` from opening the last root to its first status, and the `processor` time of the window meanwhile;
 * - `serverProcessor` and `serverGrowth`, the server's milliseconds and megabytes meanwhile;
 * - `bytes` of its engine;
 * - `watches` of all windows and the server, when everything is watched.
 */
async function openWindows(roots, env, sharing, { server, untilWatched } = {}) {
  const windows = [];
  for (let i = 0; i < WINDOWS; i++) {
    const program = path.join(import.meta.dirname, 'windowMain.mjs');
    const child = spawn(process.execPath, [program, WORKER, sharing, ...roots], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value);
    await next();
    const before = memoryOf(child.pid);
    const ofServer = what => (server === undefined ? 0 : what(server));
    let facts;
    let [serverBytes, serverProcessor] = [0, 0];
    for (let opened = 0; opened < roots.length; opened++) {
      [serverBytes, serverProcessor] = [ofServer(memoryOf), ofServer(processorOf)];
      child.stdin.write('\n');
      facts = await next();
    }
    const { milliseconds, processor } = facts;
    serverProcessor = ofServer(processorOf) - serverProcessor;
    const serverGrowth = (ofServer(memoryOf) - serverBytes) / MEGABYTE;
    windows.push({ child, milliseconds, processor, serverProcessor, serverGrowth, before });
    if (server !== undefined) await untilWatched();
    const all = [...windows.map(window => window.child.pid), ...(server === undefined ? [] : [server])];
    windows.at(-1).watches = all.reduce((sum, pid) => sum + watchesOf(pid), 0);
  }
  return windows.map(window => ({ ...window, bytes: memoryOf(window.child.pid) - window.before }));
}

async function closeWindows(windows) {
  for (const { child } of windows) {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  }
}

/** The bytes of a process; of pages that several share, its part. */
function memoryOf(pid) {
  const [, kilobytes] = /^Pss:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
  return Number(kilobytes) * 1024;
}

/** The watches of inotify that a process has. */
function watchesOf(pid) {
  let count = 0;
  for (const name of fs.readdirSync(`/proc/${pid}/fdinfo`)) {
    const file = `/proc/${pid}/fdinfo/${name}`;
    // It may have been closed meanwhile.
    if (fs.existsSync(file)) count += fs.readFileSync(file, 'latin1').match(/^inotify /gm)?.length ?? 0;
  }
  return count;
}

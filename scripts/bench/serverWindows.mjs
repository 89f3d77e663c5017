// Several windows on one repository: each with its own model, and all with that of the shared server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { projectRoot } from '../lib/processes.mjs';
import { makeRow } from './report.mjs';

const WORKER = path.join(projectRoot, 'dist', 'worker.cjs');
const WINDOWS = 3;
const MEGABYTE = 1 << 20;

/**
 * @param root of a large repository
 * @param env that of the server, and of windows that use it
 * @param startServer starts a server that follows nothing yet; returns the process, when it listens
 */
export async function measureWindows(root, files, env, startServer) {
  const own = await openWindows(root, env, 'off');
  await closeWindows(own);
  const server = await startServer();
  try {
    const shared = await openWindows(root, env, 'auto');
    const serverBytes = memoryOf(server.pid);
    await closeWindows(shared);
    const [first, second] = shared;
    const bytesOf = windows => windows.reduce((sum, window) => sum + window.bytes, 0);
    const row = (id, title, value, base, limit, unit) => {
      const targets = base === undefined ? [] : [{ of: 'median', limit, base }];
      return makeRow({ id: `server.${id}`, files, title, values: [value], unit, targets });
    };
    const alone = { name: 'three models', value: bytesOf(own) / MEGABYTE };
    return [
      row('window-first', 'first window, model in the server', first.milliseconds),
      row(
        'window-second',
        'second window',
        second.milliseconds,
        { name: "the first one's", value: first.milliseconds },
        0.1,
      ),
      row('window-memory-own', 'memory of three windows, each with its model', alone.value, undefined, undefined, 'MB'),
      row(
        'window-memory-shared',
        'memory of the server and three windows',
        (bytesOf(shared) + serverBytes) / MEGABYTE,
        alone,
        0.65,
        'MB',
      ),
    ];
  } finally {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  }
}

/** Opens windows one after the other. Each has the milliseconds to its first status, and the bytes of its engine. */
async function openWindows(root, env, sharing) {
  const windows = [];
  for (let i = 0; i < WINDOWS; i++) {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'windowMain.mjs'), WORKER, root, sharing], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value);
    await next();
    const before = memoryOf(child.pid);
    child.stdin.write('\n');
    const { milliseconds } = await next();
    windows.push({ child, milliseconds, before });
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

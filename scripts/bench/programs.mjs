// Other programs, started and timed.
import { fork } from 'node:child_process';
import { PlainError, findProgram } from '../lib/processes.mjs';

/** The environment in which hg is run: free of this machine's configuration. */
export const hgEnvironment = { ...process.env, HGRCPATH: '', HGPLAIN: '1' };

/** The options of `hg status`, so that its answer can be compared. */
export const COMPARED = ['status', '-mardu', '-0'];

export async function runHg(cwd, args) {
  return (await timed(findHg(), args, { cwd, env: hgEnvironment })).stdout;
}

/** The answer of `hg status`: 'M path' and so on, ordered. */
export async function hgStatus(root) {
  return linesOf(await runHg(root, COMPARED));
}

/** The lines of an answer whose items are ended by NUL. */
export function linesOf(stdout) {
  return stdout.split('\0').slice(0, -1).sort();
}

export function findHg() {
  const hg = findProgram(['hg']);
  if (hg === undefined) throw new PlainError('hg is not on the PATH: there is nothing to compare with.');
  return hg;
}

let starter;

/**
 * Runs a program to its end, started by a small process. Resolves and rejects as {@link run} does there.
 */
export function timed(command, args, options = {}) {
  starter ??= startStarter();
  return starter(command, args, options);
}

/** Returns a function as {@link run} that asks another process, which ends with this one. */
function startStarter() {
  const child = fork(new URL('startMain.mjs', import.meta.url), { execArgv: [] });
  const waiting = new Map();
  let last = 0;
  child.on('message', ({ id, result, message }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) child.channel.unref();
    if (message === undefined) resolve(result);
    else reject(new PlainError(message));
  });
  child.once('exit', code => {
    for (const { reject } of waiting.values()) reject(new PlainError(`the starting process ended with ${code}`));
  });
  child.unref();
  return (command, args, options) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      child.channel.ref();
      child.send({ id, command, args, options });
    });
}

export async function outputWithInput(command, args, input, options) {
  return (await timed(command, args, { input, ...options })).stdout;
}

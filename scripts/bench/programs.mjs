// Other programs, started and timed.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
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

/**
 * Runs a program to its end. Resolves to { milliseconds, stdout }, from the start of the process until it has ended and
 * all its output has been read. Rejects with its error output when it fails.
 */
export async function timed(command, args, { input, ...options } = {}) {
  const started = performance.now();
  const child = spawn(command, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], ...options });
  const stdout = [];
  const stderr = [];
  child.stdout.on('data', chunk => stdout.push(chunk));
  child.stderr.on('data', chunk => stderr.push(chunk));
  const ended = new Promise((resolve, reject) => {
    child.once('error', error => reject(new PlainError(`cannot start ${command}: ${error.message}`)));
    child.once('close', code => resolve(code));
  });
  let inputFailure;
  if (input !== undefined) {
    // A program that ends before it has read everything gives the reason by its exit code.
    child.stdin.once('error', error => (inputFailure = error));
    child.stdin.end(input, 'latin1');
  }
  const code = await ended;
  const milliseconds = performance.now() - started;
  if (code !== 0) {
    const message = Buffer.concat(stderr).toString('utf8').trimEnd();
    throw new PlainError(`${[command, ...args].join(' ')} ended with ${code}\n${message}`);
  }
  if (inputFailure) throw new PlainError(`${command} did not read its input: ${inputFailure.message}`);
  return { milliseconds, stdout: Buffer.concat(stdout).toString('utf8') };
}

export async function outputWithInput(command, args, input, options) {
  return (await timed(command, args, { input, ...options })).stdout;
}

// Starts a program and waits for its end.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { PlainError } from '../lib/processes.mjs';
import { processorOfChildren } from './processor.mjs';

/**
 * Resolves to { milliseconds, processor, stdout }. The milliseconds are from the start of the process until it has
 * ended and all its output has been read. The processor time, too in milliseconds, is that of all programs that ended
 * meanwhile. Rejects with its error output when it fails.
 */
export async function run(command, args, { input, ...options }) {
  const before = processorOfChildren();
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
  const processor = processorOfChildren() - before;
  return { milliseconds, processor, stdout: Buffer.concat(stdout).toString('utf8') };
}

// Starting other programs. Built-ins of Node only: this runs before `npm ci`.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

if (import.meta.dirname === undefined) {
  console.error(`Node.js 20.11 or newer is needed; this is ${process.version}.`);
  process.exit(1);
}

/** The folder of the checkout. */
export const projectRoot = path.resolve(import.meta.dirname, '..', '..');

/** A failure whose message is enough for the user; the scripts print it without a stack. */
export class PlainError extends Error {}

/**
 * Runs a program with this terminal's input and output.
 * Resolves to its exit code; rejects with a PlainError when it cannot be started.
 */
export function exitCodeOf(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: 'inherit', ...options });
    child.once('error', error => reject(new PlainError(`cannot start ${command}: ${error.message}`)));
    child.once('close', (code, signal) => resolve(code ?? `signal ${signal}`));
  });
}

/** Like exitCodeOf, but anything other than exit code 0 is a PlainError. */
export async function run(command, args, options = {}) {
  const code = await exitCodeOf(command, args, options);
  if (code !== 0) throw new PlainError(`${[path.basename(command), ...args].join(' ')} ended with ${code}`);
}

/**
 * Runs a program and resolves to its standard output, as UTF-8. With `tee`, this terminal shows the output, too.
 * Rejects as `run` does, with the standard error in the message.
 */
export async function outputOf(command, args, { tee = false, ...options } = {}) {
  const { code, stdout, stderr } = await outcomeOf(command, args, { tee, ...options });
  if (code !== 0) {
    throw new PlainError(`${[path.basename(command), ...args].join(' ')} ended with ${code}\n${stderr}`.trimEnd());
  }
  return stdout;
}

/** Runs a program to its end; resolves to { code, stdout, stderr } whatever the code is. */
export function outcomeOf(command, args, { tee = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const stdout = [];
    const stderr = [];
    child.stdout.on('data', chunk => {
      stdout.push(chunk);
      if (tee) process.stdout.write(chunk);
    });
    child.stderr.on('data', chunk => {
      stderr.push(chunk);
      if (tee) process.stderr.write(chunk);
    });
    child.once('error', error => reject(new PlainError(`cannot start ${command}: ${error.message}`)));
    child.once('close', (code, signal) =>
      resolve({
        code: code ?? `signal ${signal}`,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      }),
    );
  });
}

/**
 * How to start npm: through the npm that runs this script where there is one, because npm.cmd needs a shell. All
 * packages are pinned, so npm takes what its cache holds, and needs no network for it.
 */
export function npmCommand(args) {
  const script = process.env.npm_execpath;
  const all = [...args, '--prefer-offline'];
  if (script?.endsWith('.js')) return { command: process.execPath, args: [script, ...all], options: {} };
  return { command: 'npm', args: all, options: { shell: process.platform === 'win32' } };
}

/** The first of `names` that is an executable file on the PATH, as an absolute path; undefined when there is none. */
export function findProgram(names, searchPath = process.env.PATH ?? '') {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const name of names) {
    for (const folder of searchPath.split(path.delimiter)) {
      for (const suffix of suffixes) {
        const candidate = path.join(folder || '.', name + suffix);
        if (isExecutable(candidate)) return path.resolve(candidate);
      }
    }
  }
  return undefined;
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    // Not there, or not ours to start: either way it is not the program we look for.
    return false;
  }
}

/** Prints a PlainError as one sentence and anything else with its stack, and sets the exit code. */
export function reportFailure(error) {
  console.error(error instanceof PlainError ? error.message : error);
  process.exitCode = 1;
}

// The native client of the shared server, compiled from the source that is there now.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

const SOURCE = path.join(import.meta.dirname, '..', '..', 'native', 'client.c');

/** True if a program can be started. */
export function has(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

const compiler = ['cc', 'gcc', 'clang'].find(has);

/** Why there is no client for tests; false if there is one. */
export const skipClient =
  process.platform !== 'linux' ? 'only Linux has exact answers' : compiler === undefined && 'no C compiler';

/** Returns the path of the program, which is made in `directory`. */
export function compileClient(directory: string): string {
  const client = path.join(directory, 'client');
  const { status, stderr } = spawnSync(compiler ?? '', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', client, SOURCE]);
  assert.equal(status, 0, stderr.toString());
  return client;
}

// The short form of `npm run soak`, in a process of its own: what others leave behind would be measured, too.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROJECT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

test('a session of 20,000 file operations', { skip: process.platform === 'win32' }, t => {
  const args = ['--expose-gc', '--import', 'tsx', 'test/soak/main.ts', '--events', '20000', '--seed', '7'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: PROJECT, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^20\d{3} file operations and \d+ hg commands in \d+ s, \d+ comparisons with hg status$/m);
  t.diagnostic(stdout.trimEnd().split('\n').slice(-3).join('; '));
});

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { nextTurn } from '../../../src/base/async.ts';
import { constantArguments } from '../../../src/hgCommand/constantArguments.ts';
import { runProcess } from '../../../src/hgCommand/runProcess.ts';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';

/** Ends at once. The process that it leaves behind writes when "go" is there, and keeps the output open. */
const PROGRAM = `#!/bin/sh
(while [ ! -e go ]; do sleep 0.05; done; echo late; : > done; exec sleep 600) &
echo early
echo "$! $$ end" > pids
`;
/** Milliseconds in which this thread is busy: longer than output is waited for. */
const BUSY_MS = 700;
const TIMEOUT_MS = 120_000;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const options = { skip: process.platform === 'win32' && 'needs sh', timeout: TIMEOUT_MS };

test('what was written in time is read by a busy thread, though another process keeps the pipe', options, async t => {
  const directory = temporaryDirectory(t);
  directory.write('program', PROGRAM);
  directory.chmod('program', 0o755);
  const at = (name: string): string => path.join(directory.root, name);
  const running = runProcess({
    hg: at('program'),
    args: constantArguments('run'),
    cwd: directory.root,
    variables: process.env,
  });
  const pids = (): readonly string[] =>
    (fs.existsSync(at('pids')) ? fs.readFileSync(at('pids'), 'utf8') : '').split(' ');
  while (pids().length < 3) await nextTurn();
  const [left, ended] = pids().map(Number) as [number, number];
  t.after(() => isAlive(left) && process.kill(left));
  // Until the process is reaped, which is the moment of its event.
  while (isAlive(ended)) await nextTurn();
  fs.writeFileSync(at('go'), '');
  const end = performance.now() + BUSY_MS;
  while (performance.now() < end || !fs.existsSync(at('done')));
  const result = await running;
  assert.ok(result.kind === 'ended');
  assert.equal(result.output.toString(), 'early\nlate\n');
});

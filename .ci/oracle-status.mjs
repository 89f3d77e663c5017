#!/usr/bin/env node
// `oracle-status.mjs ROOT`: the whole status of the repository at ROOT as JSON entries { path, status, copy? }, taken
// from the command line program. Its exit code and its message are passed on when it has no answer.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const cli = path.join(import.meta.dirname, '..', 'dist', 'cli.cjs');
const args = [cli, 'status', '-A', '-C', '-T', 'json', '-R', process.argv[2]];
const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 30 });
process.stderr.write(stderr);
if (status === 0) {
  const entries = JSON.parse(stdout).map(({ path: name, status: letter, source }) => ({
    path: name,
    status: letter,
    copy: source,
  }));
  process.stdout.write(JSON.stringify(entries));
}
process.exitCode = status ?? 1;

// A Bazaar working tree and a branch of it that conflicts, and programs on the PATH that must not be called.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findProgram } from '../../../scripts/lib/processes.mjs';
import { programsThatRecord } from '../programs.mjs';

export function prepare({ directory, writeFiles, fakeHg }) {
  const root = path.join(directory, 'work');
  const other = path.join(directory, 'other');
  const real = findProgram(['brz']);
  const home = path.join(directory, 'brz-home');
  fs.mkdirSync(root, { recursive: true });
  const own = { BRZ_HOME: home, BRZ_EMAIL: 'Test <test@example.org>', BRZ_PLUGIN_PATH: '-site' };
  const lines = changed => Array.from({ length: 12 }, (_, i) => `${changed?.[i + 1] ?? `line ${i + 1}`}\n`).join('');
  if (real !== undefined) {
    const brz = (cwd, ...args) => execFileSync(real, args, { cwd, stdio: 'ignore', env: { ...process.env, ...own } });
    brz(root, 'init', '--quiet');
    writeFiles(root, { 'a.txt': lines(), 'src/b.txt': lines(), '.bzrignore': '*.log\n' });
    brz(root, 'add', '--quiet');
    brz(root, 'commit', '--quiet', '--message', 'first');
    brz(directory, 'branch', '--quiet', root, other);
    writeFiles(other, { 'a.txt': lines({ 3: 'theirs' }) });
    brz(other, 'commit', '--quiet', '--message', 'theirs');
    writeFiles(root, { 'x.log': 'ignored\n' });
  }
  const { log, env } = programsThatRecord(directory, ['brz', 'bzr'], fakeHg());
  return {
    open: root,
    env,
    settings: { 'git.enabled': false },
    data: { brz: real, other, log, ...own },
  };
}

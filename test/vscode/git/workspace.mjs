// A Git repository with two branches that conflict, and programs on the PATH that must not be called.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findProgram } from '../../../scripts/lib/processes.mjs';
import { programsThatRecord } from '../programs.mjs';

export function prepare({ directory, writeFiles, fakeHg }) {
  const root = path.join(directory, 'work');
  const real = findProgram(['git']);
  const git = (...args) => execFileSync(real, args, { cwd: root, stdio: 'ignore' });
  const lines = changed => Array.from({ length: 12 }, (_, i) => `${changed?.[i + 1] ?? `line ${i + 1}`}\n`).join('');
  fs.mkdirSync(root, { recursive: true });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Test');
  git('config', 'user.email', 'test@example.org');
  writeFiles(root, { 'a.txt': lines(), 'src/b.txt': lines(), '.gitignore': '*.log\n' });
  git('add', '--all');
  git('commit', '--quiet', '--message', 'first');
  git('checkout', '--quiet', '-b', 'other');
  writeFiles(root, { 'a.txt': lines({ 3: 'theirs' }) });
  git('commit', '--quiet', '--all', '--message', 'theirs');
  git('checkout', '--quiet', 'main');
  writeFiles(root, { 'x.log': 'ignored\n' });
  const { log, env } = programsThatRecord(directory, ['git'], fakeHg());
  return {
    open: root,
    env,
    settings: { 'quicksilver.systems': ['hg', 'bzr', 'git'], 'git.enabled': false },
    data: { git: real, log },
  };
}

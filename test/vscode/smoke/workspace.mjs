// One small repository with one file of each kind, and an hg that must not be called.
import fs from 'node:fs';
import path from 'node:path';

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  initRepository(directory, {
    '.hgignore': 'syntax: glob\n*.log\n',
    'clean.txt': 'clean\n',
    'modified.txt': 'before\n',
    'removed.txt': 'removed\n',
    'missing.txt': 'missing\n',
  });
  writeFiles(directory, {
    'modified.txt': 'after, and longer\n',
    'added.txt': 'added\n',
    'unknown.txt': 'unknown\n',
    'ignored.log': 'ignored\n',
  });
  hg(directory, 'add', 'added.txt');
  hg(directory, 'remove', 'removed.txt');
  fs.rmSync(path.join(directory, 'missing.txt'));
  return { open: directory, env: fakeHg() };
}

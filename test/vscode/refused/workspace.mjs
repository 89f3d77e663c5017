// One repository that needs what nobody knows, with changes in it that must not be shown as long as it does.
import fs from 'node:fs';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  initRepository(directory, { 'modified.txt': 'before\n', 'removed.txt': 'removed\n' });
  writeFiles(directory, { 'modified.txt': 'after, and longer\n', 'unknown.txt': 'unknown\n' });
  hg(directory, 'remove', 'removed.txt');
  fs.appendFileSync(path.join(directory, '.hg', 'requires'), 'exp-unheard-of\n');
  return {
    open: directory,
    // This is about what is shown when nobody can answer.
    settings: { 'quicksilver.fallbackToHg': false },
    env: fakeHg(),
    data: { hg: findHg() },
  };
}

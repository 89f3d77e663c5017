// A repository in the middle of a merge: one file that both sides changed in the same lines, one that both changed in
// different ones, one that one side changed and the other deleted, and a file that comes with the merge.
import fs from 'node:fs';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

const lines = (...changed) => Array.from({ length: 12 }, (_, n) => `${changed[n] || `line ${n + 1}`}\n`).join('');

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  initRepository(directory, { 'both.txt': lines(), 'merged.txt': lines(), 'deleted.txt': lines(), 'plain.txt': 'a\n' });
  writeFiles(directory, {
    'both.txt': lines('other'),
    'merged.txt': lines('other'),
    'deleted.txt': lines('other'),
    'new.txt': 'comes with the merge\n',
  });
  hg(directory, 'commit', '--addremove', '--message', 'Other side, first');
  writeFiles(directory, { 'new.txt': 'comes with the merge, changed\n' });
  hg(directory, 'commit', '--message', 'Other side, second\n\nwith more to say');
  hg(directory, 'update', '0');
  writeFiles(directory, {
    'both.txt': lines('local'),
    'merged.txt': lines('', '', '', '', '', '', '', '', '', 'local'),
  });
  fs.rmSync(path.join(directory, 'deleted.txt'));
  hg(directory, 'commit', '--addremove', '--message', 'This side');
  try {
    hg(directory, 'merge', '--tool', 'internal:merge');
  } catch (error) {
    // hg ends with 1 when there are conflicts.
    if (error.status !== 1) throw error;
  }
  return { open: directory, env: fakeHg(), data: { hg: findHg() } };
}
